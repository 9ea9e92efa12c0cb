"""Photos as they come from telephones, and the copies of them that people are shown.

A file from outside is opened only as JPEG or PNG, which is what cameras and screenshots are, and
only after its size in pixels is known from its header: a picture of a few kilobytes can claim a
billion pixels. What people see is drawn anew: upright, without the place and time that a camera
writes into its file, without anything hidden behind the picture. HEIC is not among the formats:
telephones send JPEG when a page asks for JPEG. Neither is WebP: its decoder takes the memory for
the whole picture before anybody could ask how large it is.
"""

import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png"}
MOST_PIXELS = 50_000_000  # the largest telephones of today; as a PNG it takes 200 MB for a moment
SHOWN_SIDE, SMALL_SIDE = 2048, 320
QUALITY = 82


class NotAPicture(Exception):
    """Not one of our formats, larger than we draw, or damaged."""


@dataclass(frozen=True, slots=True)
class Copies:
    """What people are shown of a photo: JPEG, for a screen and for a list."""

    content_type: str
    shown: bytes
    small: bytes


def copies_of(stream: BinaryIO) -> Copies:
    """Draw the copies of a photo. Raises NotAPicture."""
    stream.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd metadata, and sizes that we judge ourselves
            return _drawn(stream)
    except NotAPicture:
        raise
    except Exception as why:  # whatever a decoder stumbles over, it is not a picture for us
        raise NotAPicture(type(why).__name__) from why


def _drawn(stream: BinaryIO) -> Copies:
    with Image.open(stream, formats=list(FORMATS)) as picture:
        kind = str(picture.format)
        if picture.width * picture.height > MOST_PIXELS:
            raise NotAPicture("too many pixels")
        picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE))  # of a JPEG, reads a fraction of the pixels
        upright = _on_white(ImageOps.exif_transpose(picture))
    shown = _jpeg(upright)
    upright.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Copies(FORMATS[kind], shown, _jpeg(upright))


def _on_white(picture: Image.Image) -> Image.Image:
    """JPEG knows no transparency: what can be seen through lies on white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")


def _jpeg(picture: Image.Image) -> bytes:
    """The picture alone, without a word of metadata."""
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
