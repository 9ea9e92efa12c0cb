"""What a client may wish about a drawn picture (PS3.18 8.3.5): viewport, window, quality,
annotation."""

import math
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import BadQuestion
from gateway.dicomweb.finding import Stored

LARGEST = 8192  # pixels of a side
USUAL_QUALITY = 90
FARTHEST = 1_000_000.0  # pixels from the image's corner
ANNOTATIONS = ("patient", "technique")
LONGEST_ANNOTATION = 200
# The standard's words here, and as objects write them (PS3.3 C.11.2.1.2-3).
FUNCTIONS = {"": "", "linear": "LINEAR", "linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """Viewport in pixels (None: the image's own size), window in the modality's units."""

    viewport: tuple[int, int] | None
    region: tuple[float, float, float | None, float | None] | None  # None: the whole image
    window: tuple[float, float] | None
    function: str
    quality: int
    annotation: tuple[str, ...]

    @property
    def are_plain(self) -> bool:
        """Nothing is wished but how large the picture is."""
        others = (self.region, self.window, self.function, self.annotation)
        return not any(others) and self.quality == USUAL_QUALITY

    def longer_side(self, stored: Stored) -> int | None:
        """How long the picture's longer side is when what is shown of it fits the viewport."""
        if self.viewport is None:
            return None
        width, height = self.viewport
        part = self.part_of(stored) or (0, 0, stored.columns, stored.rows)
        columns, rows = max(abs(part[2]), 1), max(abs(part[3]), 1)
        scale = min(width / columns, height / rows)
        return max(1, min(round(max(columns, rows) * scale), LARGEST))

    def part_of(self, stored: Stored) -> tuple[int, int, int, int] | None:
        """The region in whole pixels of this image, cut to it: left, top, width, height; negative
        ones mirror. Raises BadQuestion when nothing of it lies inside."""
        if self.region is None:
            return None
        left, top, width, height = self.region
        columns = _stretch(left, width, stored.columns)
        rows = _stretch(top, height, stored.rows)
        return columns[0], rows[0], columns[1], rows[1]


def _stretch(start: float, length: float | None, most: int) -> tuple[int, int]:
    """Start and length along one side, inside the image."""
    asked = most - start if length is None else length
    first = max(round(start), 0)
    last = min(round(start + abs(asked)), most)
    if last <= first:
        raise BadQuestion(_("viewport: that part lies outside of the image."))
    return first, (last - first if asked > 0 else first - last)


def wishes_in(request: HttpRequest, quality: int = USUAL_QUALITY) -> Wishes:
    """Read the query parameters. Raises BadQuestion with the name of the one that is wrong."""
    viewport, region = _viewport(request.GET.get("viewport", ""))
    window, function = _window(request.GET.get("window", ""))
    return Wishes(
        viewport=viewport,
        region=region,
        window=window,
        function=function,
        quality=_quality(request.GET.get("quality", ""), quality),
        annotation=_annotation(request.GET.get("annotation", "")),
    )


Region = tuple[float, float, float | None, float | None]


def _viewport(text: str) -> tuple[tuple[int, int] | None, Region | None]:
    """`vw,vh[,sx,sy[,sw,sh]]`: the size of the picture, and which part of the image it shows."""
    if not text:
        return None, None
    members = text.split(",")
    try:
        width, height = int(members[0]), int(members[1])
        part = [float(member) if member.strip() else None for member in members[2:]]
    except (ValueError, IndexError):
        raise BadQuestion(_("viewport: width and height, then perhaps a part.")) from None
    if not (0 < width <= LARGEST and 0 < height <= LARGEST):
        raise BadQuestion(_("viewport: from 1 to %(most)s pixels.") % {"most": LARGEST})
    if not part:
        return (width, height), None
    if len(part) not in {2, 4} or not all(one is None or abs(one) <= FARTHEST for one in part):
        raise BadQuestion(_("viewport: a part is left, top, width and height in pixels."))
    left, top, wide, high = [*part, None, None][:4]
    return (width, height), (left or 0.0, top or 0.0, wide, high)


def _window(text: str) -> tuple[tuple[float, float] | None, str]:
    """`centre,width[,function]`."""
    if not text:
        return None, ""
    members = [member.strip() for member in text.split(",")]
    try:
        center, width = float(members[0]), float(members[1])
    except (ValueError, IndexError):
        raise BadQuestion(_("window: centre, width and function.")) from None
    if not (math.isfinite(center) and math.isfinite(width) and width > 0):
        raise BadQuestion(_("window: the width is a number greater than 0."))
    function = (members[2:] or ["linear"])[0].lower()
    if function not in FUNCTIONS:
        raise BadQuestion(_("window: the function is linear, linear-exact or sigmoid."))
    return (center, width), FUNCTIONS[function]


def _annotation(text: str) -> tuple[str, ...]:
    """`patient` and `technique`; words that mean nothing here are left out, as 8.3.5.1.1 has it."""
    words = {word.strip().lower() for word in text[:LONGEST_ANNOTATION].split(",")}
    return tuple(word for word in ANNOTATIONS if word in words)


def _quality(text: str, usual: int) -> int:
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 100:  # noqa: PLR2004
        raise BadQuestion(_("quality: a whole number from 1 to 100."))
    return int(text)
