"""A picture of one frame: decode, reduce, grey levels or colours, size, JPEG or PNG."""

import dataclasses
import io
import math

import numpy as np
from PIL import Image

from studies.dicom import Header
from studies.dicom import values as v
from studies.facts import Picture
from studies.pixels.annotation import annotated
from studies.pixels.codecs import Decoded
from studies.pixels.colour import red_green_blue, seer
from studies.pixels.frames import candidates, frame_samples
from studies.pixels.grey import GreyRules
from studies.pixels.luts import functional_group
from studies.pixels.native import Array, stored_values
from studies.pixels.reduction import block_mean, sampled
from studies.pixels.region import cropped, mirrored
from studies.pixels.shape import Shape

MAX_SIDE = 8192
MAX_ASPECT = 10.0  # a spacing that stretches more is a mistake of the machine
FLAT = 4  # levels: a picture with less between dark and bright shows nothing
TRIES_ENCAPSULATED = 4
TRIES_SPARSE = 200
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}
_PIXELATED_BELOW = 64


@dataclasses.dataclass(frozen=True, slots=True)
class PictureOrder:
    """What is asked for; `frame` None means one that shows something."""

    frame: int | None = None
    size: int | None = 256
    window: tuple[float, float] | None = None
    image_format: str = "JPEG"
    quality: int = 85
    region: tuple[int, int, int, int] | None = None  # left, top, width, height; negative: mirrored
    function: str = ""  # of the window that is asked for; blank: the object's own
    annotation: tuple[str, ...] = ()  # "patient", "technique"


def picture(header: Header, order: PictureOrder) -> Picture:
    """Draw. Raises NoPicture when the pixels cannot be shown."""
    shape = Shape.of(header)
    if order.frame is not None:
        image = _image(header, shape, order.frame, order)
        return finished(image, order, order.frame, "MADE")
    frame = telling_frame(header, shape)
    return finished(_image(header, shape, frame, order), order, frame, "MADE")


def finished(image: Image.Image, order: PictureOrder, frame: int, kind: str) -> Picture:
    """The image as bytes of the wanted format."""
    out = io.BytesIO()
    if order.image_format == "PNG":
        image.save(out, "PNG", compress_level=3)
    else:
        image.convert("RGB" if image.mode not in ("L", "RGB") else image.mode).save(
            out, "JPEG", quality=order.quality
        )
    media_type = MEDIA_TYPES[order.image_format]
    return Picture(out.getvalue(), image.width, image.height, frame, kind, media_type)


def telling_frame(header: Header, shape: Shape) -> int:
    """A frame that shows something: not the first, which is often black.

    Of tiles and segments, most of which are empty, the liveliest of a few.
    """
    if shape.frames == 1:
        return 0
    elements = header.elements
    tried = candidates(shape.frames, "00181063" in elements or "00181065" in elements)
    is_sparse = "00480006" in elements or "00620001" in elements
    if header.pixels is not None and header.pixels.fragments is not None:
        tried = tried[:TRIES_ENCAPSULATED]
    elif is_sparse:
        tried += tuple(range(0, shape.frames, shape.frames // TRIES_SPARSE + 1))
    spreads: dict[int, float] = {}
    for frame in tried:
        spreads[frame] = _spread(frame_samples(header, shape, frame, 4))
        if spreads[frame] >= FLAT and not is_sparse:
            return frame
    return max(spreads, key=lambda frame: spreads[frame])


def _spread(decoded: Decoded) -> float:
    """How much the stored values differ from one another."""
    values = stored_values(sampled(decoded.array, 4000), decoded.shape)
    return float(np.nan_to_num(values).std(axis=(0, 1)).max())


def _image(header: Header, shape: Shape, frame: int, order: PictureOrder) -> Image.Image:
    image = _plain_image(header, shape, frame, order)
    if order.region is not None:
        image = mirrored(image, order.region)
    return annotated(image, header, order.annotation) if order.annotation else image


def _plain_image(header: Header, shape: Shape, frame: int, order: PictureOrder) -> Image.Image:
    rows, columns = shape.rows, shape.columns
    if order.region is not None:
        columns, rows = abs(order.region[2]), abs(order.region[3])
    width, height = _target((columns, rows), _aspect(header, frame), order.size)
    reduce = min(rows // height, columns // width) if order.size and not order.region else 1
    decoded = frame_samples(header, shape, frame, max(reduce, 1))
    if order.region is not None:
        decoded = cropped(decoded, order.region)
    rows, columns = decoded.array.shape[:2]
    factors = (max(rows // height, 1), max(columns // width, 1))
    if decoded.array.ndim == 3 or decoded.photometric == "PALETTE COLOR":  # noqa: PLR2004
        small = _coloured(header, decoded, factors)
    else:
        rules = GreyRules.of(header, decoded.shape, frame)
        small = _grey(decoded, rules, factors, order)
    return _sized(Image.fromarray(small), width, height)


def _coloured(header: Header, decoded: Decoded, factors: tuple[int, int]) -> Array:
    see = seer(header, decoded.shape, decoded.photometric)
    return red_green_blue(block_mean(decoded.array, factors, see), decoded.photometric)


def _grey(
    decoded: Decoded,
    rules: GreyRules,
    factors: tuple[int, int],
    order: PictureOrder,
) -> Array:
    """Grey levels of the reduced frame; averaged before a linear window, after anything else."""
    if order.window is not None:
        return _levels(decoded, rules.asked(*order.window, order.function), factors)
    if rules.window is None and rules.voi is None:
        rules = rules.with_robust_window(_stored_sample(decoded))
        return _levels(decoded, rules, factors)
    levels = _levels(decoded, rules, factors)
    if int(levels.max()) - int(levels.min()) < FLAT:
        # The object's own window shows nothing of this frame: better something than black.
        robust = rules.with_robust_window(_stored_sample(decoded))
        levels = _levels(decoded, robust, factors)
    return levels


def _stored_sample(decoded: Decoded) -> Array:
    return stored_values(sampled(decoded.array), decoded.shape)


def _levels(decoded: Decoded, rules: GreyRules, factors: tuple[int, int]) -> Array:
    shape = decoded.shape
    if rules.is_linear:
        mean = block_mean(decoded.array, factors, lambda part: stored_values(part, shape))
        levels = rules.grey(mean)
    else:
        levels = block_mean(
            decoded.array, factors, lambda part: rules.grey(stored_values(part, shape))
        )
    # Not a number (parametric maps) counts as nothing there.
    return (np.nan_to_num(levels) + np.float32(0.5)).astype(np.uint8)


def _sized(image: Image.Image, width: int, height: int) -> Image.Image:
    if image.size == (width, height):
        return image
    if image.width < width and max(image.size) < _PIXELATED_BELOW:
        return image.resize((width, height), Image.Resampling.BILINEAR)
    return image.resize((width, height), Image.Resampling.BICUBIC)


def _target(own: tuple[int, int], aspect: float, size: int | None) -> tuple[int, int]:
    """Width and height of the picture: pixels of unequal sides are drawn as they lie."""
    columns, rows = own
    if size is None:
        return columns, rows
    size = min(max(size, 1), MAX_SIDE)
    width, height = float(columns), rows * aspect
    scale = size / max(width, height)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _aspect(header: Header, frame: int) -> float:
    """Height of a pixel by its width (PS3.3 C.7.6.3.1.7): the ratio, else the spacing."""
    elements = header.elements
    measures, _ = functional_group(header, frame, "00289110")
    sources = ((elements, "00280034"), (measures, "00280030"), (elements, "00280030"))
    for source, tag in (*sources, (elements, "00181164"), (elements, "00182010")):
        pair = v.numbers(source, tag)
        if len(pair) == 2 and min(pair) > 0 and all(map(math.isfinite, pair)):  # noqa: PLR2004
            ratio = pair[0] / pair[1]
            return ratio if 1 / MAX_ASPECT <= ratio <= MAX_ASPECT else 1.0
    return 1.0
