"""Chance that looks natural: smooth blobs, and the grain of a detector."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


def smooth_noise(shape: tuple[int, ...], grain: float, seed: int) -> Values:
    """Noise of mean 0 and deviation 1 whose blobs are about `grain` samples wide."""
    chance = np.random.default_rng(seed)
    coarse = chance.standard_normal([max(2, int(side / grain) + 2) for side in shape], np.float32)
    coarse = (coarse - coarse.mean()) / coarse.std()
    for axis, side in enumerate(shape):
        coarse = stretched(coarse, side, axis)
    return coarse


def stretched(values: Values, side: int, axis: int) -> Values:
    """Interpolated to `side` samples along one axis, without corners."""
    places = np.linspace(0, values.shape[axis] - 1.001, side)
    low = places.astype(int)
    part = (places - low).astype(np.float32)
    part = part * part * (3 - 2 * part)
    part = part.reshape([-1 if a == axis else 1 for a in range(values.ndim)])
    first = np.take(values, low, axis)
    between: Values = first + part * (np.take(values, low + 1, axis) - first)
    return between


def enlarged(values: Values, rows: int, columns: int) -> Values:
    """A picture at another size, between its samples in straight lines."""
    for axis, side in enumerate((rows, columns)):
        places = np.linspace(0, values.shape[axis] - 1.001, side)
        low = places.astype(int)
        part = (places - low).astype(np.float32).reshape((-1, 1) if axis == 0 else (1, -1))
        first = np.take(values, low, axis)
        values = first + part * (np.take(values, low + 1, axis) - first)
    return values


def softened(values: Values, times: int = 1) -> Values:
    """Each sample mixed with its neighbours along the last two axes, as every detector does."""
    values = values.copy()
    for plane in values.reshape(-1, *values.shape[-2:]):  # one after the other stays in the cache
        for _ in range(times):
            soften(plane)
            soften(plane.T)
    return values


def soften(plane: Values) -> None:
    """Mix each row with its neighbours, in place."""
    middle = plane[:-2] + plane[2:]
    middle *= np.float32(0.25)
    plane[1:-1] *= np.float32(0.5)
    plane[1:-1] += middle


def clouds(rows: int, columns: int, steepness: float, seed: int) -> Values:
    """Noise whose power falls with frequency, as in soft tissue; mean 0, deviation 1."""
    chance = np.random.default_rng(seed)
    white = np.fft.rfft2(chance.standard_normal((rows, columns), np.float32))
    down = np.fft.fftfreq(rows)[:, None] * rows
    along = np.fft.rfftfreq(columns)[None, :] * rows
    falling = np.maximum(np.hypot(down, along), 1.5) ** (-steepness / 2)
    cloud = np.fft.irfft2(white * falling, (rows, columns)).astype(np.float32)
    cloudy: Values = (cloud - cloud.mean()) / cloud.std()
    return cloudy


def grain(shape: tuple[int, ...], deviation: float, seed: int) -> Values:
    """The noise of a detector for pictures of this shape, slightly blurred as noise is.

    A few sheets are drawn and laid at changing places: drawing every sample takes far longer.
    """
    chance = np.random.default_rng(seed)
    *frames, rows, columns = shape
    count = int(np.prod(frames)) if frames else 1
    sheets = min(count, 2)
    sheet = softened(chance.standard_normal((sheets, rows + 64, columns + 64), np.float32))
    sheet *= np.float32(deviation / sheet.std())
    out = np.empty((count, rows, columns), np.float32)
    for number in range(count):
        down, along = chance.integers(0, 64, 2)
        out[number] = sheet[number % sheets, down : down + rows, along : along + columns]
    return out.reshape(shape)
