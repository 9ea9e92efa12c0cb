"""A part of a frame, perhaps mirrored (PS3.18 8.3.5.1.3)."""

import dataclasses

from PIL import Image

from studies.pixels.codecs import Decoded
from studies.pixels.shape import NoPicture

Region = tuple[int, int, int, int]  # left, top, width, height; negative ones mirror


def cropped(decoded: Decoded, region: Region) -> Decoded:
    """The part of a decoded frame, of which at least a pixel must lie inside."""
    left, top, width, height = region[0], region[1], abs(region[2]), abs(region[3])
    array = decoded.array[top : top + height, left : left + width]
    if not array.size:
        raise NoPicture("That part lies outside of the image.")
    rows, columns = array.shape[:2]
    shape = dataclasses.replace(decoded.shape, rows=rows, columns=columns)
    return dataclasses.replace(decoded, array=array, shape=shape)


def mirrored(image: Image.Image, region: Region) -> Image.Image:
    if region[2] < 0:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if region[3] < 0:
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return image
