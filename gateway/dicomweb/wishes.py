"""What a client may wish about a drawn picture (PS3.18 8.3.5): viewport, window, quality."""

import math
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import BadQuestion
from gateway.dicomweb.finding import Stored

LARGEST = 8192  # pixels of a side
USUAL_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Wishes:
    """Viewport in pixels (None: the image's own size), window in the modality's units."""

    viewport: tuple[int, int] | None
    window: tuple[float, float] | None
    quality: int

    def longer_side(self, stored: Stored) -> int | None:
        """How long the picture's longer side is when the whole of it fits the viewport."""
        if self.viewport is None:
            return None
        width, height = self.viewport
        columns, rows = max(stored.columns, 1), max(stored.rows, 1)
        scale = min(width / columns, height / rows)
        return max(1, min(round(max(columns, rows) * scale), LARGEST))


def wishes_in(request: HttpRequest, quality: int = USUAL_QUALITY) -> Wishes:
    """Read the query parameters. Raises BadQuestion with the name of the one that is wrong."""
    return Wishes(
        viewport=_viewport(request.GET.get("viewport", "")),
        window=_window(request.GET.get("window", "")),
        quality=_quality(request.GET.get("quality", ""), quality),
    )


def _viewport(text: str) -> tuple[int, int] | None:
    """`vw,vh`. A part of the image (`sx,sy,sw,sh`) is not cut out here."""
    if not text:
        return None
    members = text.split(",")
    if any(members[2:]):
        raise BadQuestion(_("viewport: cutting out a part of the image is not supported."))
    try:
        width, height = int(members[0]), int(members[1])
    except (ValueError, IndexError):
        raise BadQuestion(_("viewport: two whole numbers, width and height.")) from None
    if not (0 < width <= LARGEST and 0 < height <= LARGEST):
        raise BadQuestion(_("viewport: from 1 to %(most)s pixels.") % {"most": LARGEST})
    return width, height


def _window(text: str) -> tuple[float, float] | None:
    """`centre,width,function`."""
    if not text:
        return None
    members = [member.strip() for member in text.split(",")]
    try:
        center, width = float(members[0]), float(members[1])
    except (ValueError, IndexError):
        raise BadQuestion(_("window: centre, width and function.")) from None
    if not (math.isfinite(center) and math.isfinite(width) and width > 0):
        raise BadQuestion(_("window: the width is a number greater than 0."))
    if len(members) > 2 and members[2].lower() not in {"", "linear", "linear-exact"}:  # noqa: PLR2004
        raise BadQuestion(_("window: only the function linear is supported."))
    return center, width


def _quality(text: str, usual: int) -> int:
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 100:  # noqa: PLR2004
        raise BadQuestion(_("quality: a whole number from 1 to 100."))
    return int(text)
