"""Stored samples to grey levels: modality, then values of interest, then polarity (PS3.4 N.2)."""

import dataclasses
import math
from typing import Self

import numpy as np

from studies.dicom import Header
from studies.dicom import values as v
from studies.pixels.luts import Table, functional_group, table_of
from studies.pixels.native import Array
from studies.pixels.shape import Shape

LOW, HIGH = 0.5, 99.5  # percentiles of the window when the object brings none
_EIGHT = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Centre and width in modality units, and the function between (PS3.3 C.11.2.1.2-3)."""

    centre: float
    width: float
    function: str = "LINEAR"

    @property
    def is_usable(self) -> bool:
        return math.isfinite(self.centre) and 0 < self.width < math.inf

    @property
    def is_linear(self) -> bool:
        return self.function != "SIGMOID"

    def grey(self, values: Array) -> Array:
        """Modality values to 0–255, not yet rounded."""
        if self.function == "SIGMOID":
            power = np.clip(-4 * (values - self.centre) / self.width, -60, 60)
            return np.asarray(255.0 / (1 + np.exp(power)))
        if self.function == "LINEAR_EXACT" or self.width <= 1:
            low, span = self.centre - self.width / 2, self.width
        else:
            low, span = self.centre - 0.5 - (self.width - 1) / 2, self.width - 1
        return np.clip((values - low) * (255.0 / span), 0, 255)

    @classmethod
    def between(cls, low: float, high: float) -> Self:
        return cls((low + high) / 2, max(high - low, 1e-12), "LINEAR_EXACT")


@dataclasses.dataclass(frozen=True, slots=True)
class GreyRules:
    """How one frame's stored values become grey levels."""

    slope: float = 1.0
    intercept: float = 0.0
    modality: Table | None = None
    window: Window | None = None
    voi: Table | None = None
    is_inverse: bool = False
    padding: tuple[float, float] | None = None

    @classmethod
    def of(cls, header: Header, shape: Shape, frame: int) -> Self:
        """The rules of one frame: its own functional groups first, then the object's."""
        elements = header.elements
        rescale, _ = functional_group(header, frame, "00289145")
        voi_group, voi_path = functional_group(header, frame, "00289132")
        modality = None
        if item := v.item(elements, "00283000"):
            modality = table_of(header, item, "00283000/0/", is_signed=shape.is_signed)
        slope, intercept = _rescale(rescale or elements)
        voi_source, voi_path = (voi_group, voi_path) if voi_group else (elements, "")
        voi = None
        if item := v.item(voi_source, "00283010"):
            signed = shape.is_signed or intercept < 0
            voi = table_of(header, item, f"{voi_path}00283010/0/", is_signed=signed)
        shape_of_levels = v.text(elements, "20500020")
        return cls(
            slope=slope,
            intercept=intercept,
            modality=modality,
            window=_window(voi_source) or _fixed_window(header, shape),
            voi=voi,
            is_inverse=shape.photometric == "MONOCHROME1" or shape_of_levels == "INVERSE",
            padding=_padding(elements),
        )

    @property
    def is_linear(self) -> bool:
        """May pixels be averaged before these rules are applied?"""
        has_tables = self.modality is not None or self.voi is not None
        return not has_tables and (self.window is None or self.window.is_linear)

    def modality_values(self, stored: Array) -> Array:
        if self.modality is not None:
            return self.modality.look_up(stored).astype(np.float32)
        if self.slope == 1 and not self.intercept:
            return stored
        return stored * np.float32(self.slope) + np.float32(self.intercept)

    def grey(self, stored: Array) -> Array:
        """Stored values to levels 0–255, not yet rounded. A window or table must be there."""
        values = self.modality_values(stored)
        if self.voi is not None:
            levels = self.voi.look_up(np.rint(values)) * np.float32(255 / self.voi.top)
        else:
            levels = (self.window or Window(128, 256)).grey(values)
        return 255 - levels if self.is_inverse else levels

    def asked(self, centre: float, width: float, function: str = "") -> Self:
        """The same rules with a window somebody asked for."""
        function = function or (self.window.function if self.window else "LINEAR")
        return dataclasses.replace(self, window=Window(centre, width, function), voi=None)

    def with_robust_window(self, stored: Array) -> Self:
        """The same rules with a window that shows nearly all of `stored`, padding left out."""
        if self.padding is not None:
            low, high = self.padding
            real = stored[(stored < low) | (stored > high)]
            if real.size and real.min() < real.max():  # else only padding tells light from dark
                stored = real
        values = np.asarray(self.modality_values(stored), np.float64).ravel()
        values = values[np.isfinite(values)]
        if not values.size:
            return dataclasses.replace(self, window=Window(0, 1), voi=None)
        low, high = np.percentile(values, (LOW, HIGH))
        if high <= low:
            low, high = values.min(), values.max()
        if high <= low:
            high = low + 1  # all the same: dark, not grey
        window = Window.between(float(low), float(high))
        return dataclasses.replace(self, window=window, voi=None)


def _rescale(source: v.Elements) -> tuple[float, float]:
    slope, intercept = v.number(source, "00281053"), v.number(source, "00281052")
    return slope or 1.0, intercept or 0.0


def _window(source: v.Elements) -> Window | None:
    """The first window given, when it can be used."""
    centre, width = v.number(source, "00281050"), v.number(source, "00281051")
    if centre is None or width is None:
        return None
    window = Window(centre, width, v.text(source, "00281056").upper() or "LINEAR")
    return window if window.is_usable else None


def _fixed_window(header: Header, shape: Shape) -> Window | None:
    """Objects whose whole range is meant to be seen: bits, fractions, plain eight-bit pictures."""
    if shape.bits_allocated == 1:
        return Window.between(0, 1)
    top = v.number(header.elements, "0062000E")  # Maximum Fractional Value of a segmentation
    if top:
        return Window.between(0, top)
    is_plain = shape.bits_stored == _EIGHT and not shape.is_signed
    is_labelmap = v.text(header.elements, "00620001") == "LABELMAP"
    has_rescale = "00281053" in header.elements or "00283000" in header.elements
    if is_plain and not has_rescale and not is_labelmap:
        return Window.between(0, 255)
    return None


def _padding(elements: v.Elements) -> tuple[float, float] | None:
    """(0028,0120) Pixel Padding Value, and (0028,0121) its other end when there is a range."""
    value = v.number(elements, "00280120")
    if value is None:
        return None
    other = v.number(elements, "00280121")
    ends = sorted((value, value if other is None else other))
    return ends[0], ends[1]
