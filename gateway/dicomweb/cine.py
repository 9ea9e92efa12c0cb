"""A loop of frames as one moving picture, `image/gif` (PS3.18 table 8.7.4-1)."""

import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from gateway.dicomweb.doors import BadQuestion, CannotBeShown
from gateway.dicomweb.finding import Stored
from gateway.dicomweb.wishes import Wishes
from studies import limited
from studies.headers import unpack
from studies.models import InstanceHeader

GIF = "image/gif"
LARGEST_SIDE = 512  # unless a viewport says otherwise
MOST_PIXELS = 32_000_000  # of all frames together: they are in memory at once
USUAL_MILLISECONDS = 100.0
SHORTEST, LONGEST = 20.0, 10_000.0  # faster than that browsers do not play
FRAME_TIME, RATES = "00181063", ("00082144", "00180040")  # recommended rate, cine rate


def moving(stored: Stored, numbers: Sequence[int], wishes: Wishes) -> bytes:
    """These frames (from 1) as a GIF that plays for ever, at the object's own speed.

    Raises BadQuestion when there are too many of that size, NotUsable when one cannot be drawn.
    """
    wishes = fitting(stored, len(numbers), wishes)
    frames = _frames(stored, numbers, wishes)
    out = io.BytesIO()
    next(frames).save(
        out,
        "GIF",
        save_all=True,
        append_images=frames,
        duration=round(milliseconds(header_of(stored))),
        loop=0,
    )
    return out.getvalue()


def fitting(stored: Stored, count: int, wishes: Wishes) -> Wishes:
    """The same wishes with a size in which so many frames fit."""
    if wishes.viewport is None:
        side = min(LARGEST_SIDE, max(stored.columns, stored.rows), math.isqrt(MOST_PIXELS // count))
        return replace(wishes, viewport=(max(side, 1), max(side, 1)))
    if (wishes.longer_side(stored) or 0) ** 2 * count > MOST_PIXELS:
        raise BadQuestion(_("viewport: so many frames are too much at that size."))
    return wishes


def _frames(stored: Stored, numbers: Sequence[int], wishes: Wishes) -> Iterator[Image.Image]:
    for number in numbers:
        picture = limited.draw(
            stored.place,
            frame=number - 1,
            size=wishes.longer_side(stored),
            window=wishes.window,
            image_format="PNG",
            region=wishes.part_of(stored),
            function=wishes.function,
            annotation=wishes.annotation,
        )
        if picture.kind != "MADE":
            raise CannotBeShown(picture.fault or _("This frame cannot be shown."))
        yield Image.open(io.BytesIO(picture.data))


def header_of(stored: Stored) -> dict[str, Any]:
    packed = InstanceHeader.objects.filter(instance=stored.pk).values_list("json", flat=True)
    found = packed.first()
    told: dict[str, Any] = json.loads(unpack(found)) if found else {}
    return told


def milliseconds(header: dict[str, Any]) -> float:
    """How long a frame is shown: what the object says, within what can be played."""
    rate = next((one for one in (_number(header, tag) for tag in RATES) if one > 0), 0.0)
    own = _number(header, FRAME_TIME) or (1000 / rate if rate else 0.0)
    return min(max(own, SHORTEST), LONGEST) if own > 0 else USUAL_MILLISECONDS


def _number(header: dict[str, Any], tag: str) -> float:
    values = header.get(tag, {}).get("Value") or [0]
    try:
        number = float(values[0] or 0)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0
