"""The real traces of a waveform object, as a pictogram (PS3.3 C.10.9)."""

import numpy as np
import numpy.typing as npt

from studies.dicom import Header
from studies.dicom import values as v
from studies.pictograms.canvas import ACCENT, FAINT, INK, LIGHT, PAPER, Canvas

LEADS = 4
SECONDS = 4.0
POINTS = 400
_TYPES = {"SS": "<i2", "US": "<u2", "SB": "i1", "UB": "u1", "SL": "<i4", "UL": "<u4"}
_TOP, _BOTTOM, _LEFT, _RIGHT = 12.0, 78.0, 12.0, 88.0

Trace = npt.NDArray[np.float64]


def waveform(canvas: Canvas, header: Header, label: str) -> None:
    """Paper with a grid, and on it the first leads; a drawn beat when they cannot be read."""
    canvas.box((_LEFT - 2, _TOP - 2), (_RIGHT + 2, _BOTTOM + 2), PAPER, radius=3)
    for step in range(1, 10):
        x, y = _LEFT + step * (_RIGHT - _LEFT) / 10, _TOP + step * (_BOTTOM - _TOP) / 10
        canvas.line([(x, _TOP), (x, _BOTTOM)], FAINT, 0.4)
        canvas.line([(_LEFT, y), (_RIGHT, y)], FAINT, 0.4)
    traces = _traces(header) or [_drawn_beat()]
    height = (_BOTTOM - _TOP) / len(traces)
    for place, trace in enumerate(traces):
        middle = _TOP + height * (place + 0.5)
        xs = np.linspace(_LEFT, _RIGHT, len(trace))
        points = [
            (float(x), float(middle - y * height * 0.45)) for x, y in zip(xs, trace, strict=True)
        ]
        canvas.line(points, INK if place % 2 == 0 else ACCENT, 0.9)
    canvas.text((50, 90), label, 9, LIGHT)


def _traces(header: Header) -> list[Trace]:
    """The first leads of the first group, each scaled to -1…1; empty when there are none."""
    group = v.item(header.elements, "54000100")
    channels = v.integer(group, "003A0005") or 0
    dtype = _TYPES.get(v.text(group, "54001006"))
    path = "54000100/0/54001010"
    if not channels or dtype is None or path not in header.bulk:
        return []
    raw = header.bytes_of(path)
    rate = v.number(group, "003A001A") or 500.0
    count = min(len(raw) // (np.dtype(dtype).itemsize * channels), int(rate * SECONDS))
    if count < 2:  # noqa: PLR2004 - a line has two points
        return []
    samples = np.frombuffer(raw, dtype, count * channels).reshape(count, channels)
    return [_scaled(samples[:, lead].astype(np.float64)) for lead in range(min(channels, LEADS))]


def _scaled(trace: Trace) -> Trace:
    """About `POINTS` points around the median, peaks kept."""
    step = max(len(trace) // POINTS, 1)
    if step > 1:
        whole = trace[: len(trace) // step * step].reshape(-1, step)
        middle = np.median(trace)
        farthest = np.abs(whole - middle).argmax(axis=1)
        trace = whole[np.arange(len(whole)), farthest]
    trace = trace - np.median(trace)
    reach = float(np.abs(trace).max())
    return trace / reach if reach else trace


def _drawn_beat() -> Trace:
    beat = np.interp(
        np.linspace(0, 10, 100), [0, 2, 2.5, 3, 4, 4.3, 4.7, 5.1, 6.5, 7.2, 8, 10],
        [0, 0, 0.15, 0, 0, -0.15, 1, -0.3, 0, 0.3, 0, 0],
    )  # fmt: skip
    return np.tile(beat, 3)
