"""Compressed frames to samples, one function for each family of transfer syntaxes.

Pillow, openjpeg, pyjpegls and pylibjpeg-rle never crashed on damaged frames; gdcm did, so it is
asked last and for what nobody else reads: lossless and twelve-bit JPEG. All of it only ever runs
in the limited child.
"""

import dataclasses
import io
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PIL import Image

from studies.dicom.encapsulation import ENCAPSULATED_UNCOMPRESSED, RLE
from studies.pixels.native import Array, samples_at
from studies.pixels.shape import NoPicture, Shape

JPEG = "1.2.840.10008.1.2.4."
JPEG_LOSSY = frozenset(JPEG + number for number in ("50", "51", "53", "55"))
JPEG_LOSSLESS = frozenset(JPEG + number for number in ("57", "70"))
JPEG_LS = frozenset(JPEG + number for number in ("80", "81"))
JPEG_2000 = frozenset(JPEG + number for number in ("90", "91", "201", "202", "203"))
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
_SIXTEEN, _EIGHT = 16, 8
_LARGEST_REDUCTION = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded frame, perhaps at a fraction of its size."""

    array: Array  # rows × columns (× 3), integers
    photometric: str
    shape: Shape  # of what the array holds


def decode(syntax: str, data: bytes, shape: Shape, reduce: int = 1) -> Decoded:
    """Decode one frame; at up to 1/`reduce` of its size where the codec can.

    Raises NoPicture for syntaxes nobody here reads; codecs raise what they like.
    """
    decoder = _DECODERS.get(syntax)
    if decoder is None:
        raise NoPicture(f"Nobody here reads the transfer syntax {syntax}.")
    decoded = decoder(data, shape, reduce, syntax)
    rows, columns = decoded.array.shape[:2]
    if rows * columns * reduce * reduce < shape.rows * shape.columns // 4:
        raise NoPicture("The compressed frame is smaller than its rows and columns.")
    return decoded


def _jpeg(data: bytes, shape: Shape, reduce: int, syntax: str) -> Decoded:
    """Baseline and eight-bit extended by Pillow, at 1/2, 1/4 or 1/8 if wanted."""
    if shape.bits_stored > _EIGHT or _precision(data) > _EIGHT:
        return _gdcm(data, shape, reduce, syntax)
    image = _opened(data, shape)
    is_colour = len(image.getbands()) == 3  # noqa: PLR2004
    mode = "YCbCr" if is_colour and not _libjpeg_knows_colour(image, shape) else None
    image.draft(mode, (max(image.width // reduce, 1), max(image.height // reduce, 1)))
    array = np.asarray(image)
    if not is_colour:
        return Decoded(array, shape.photometric, _eight_bits(shape, 1))
    return Decoded(array, "RGB", _eight_bits(shape, 3))


def _libjpeg_knows_colour(image: Image.Image, shape: Shape) -> bool:
    """May libjpeg turn the components into RGB by its own rules?

    Without JFIF or Adobe marker it guesses YCbCr; when the header then says RGB, no colour
    transform was made and none must be undone.
    """
    return shape.photometric != "RGB" or "adobe_transform" in image.info or "jfif" in image.info


def _eight_bits(shape: Shape, samples: int) -> Shape:
    return dataclasses.replace(
        shape, bits_allocated=8, bits_stored=8, high_bit=7, is_signed=False, samples=samples
    )


def _precision(data: bytes) -> int:
    """Bits a sample in the JPEG frame header (SOFn); 8 when none is found."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:  # noqa: PLR2004
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004
            return data[at + 4]
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return _EIGHT


def _opened(data: bytes, shape: Shape) -> Image.Image:
    """A Pillow image whose size agrees with the header, so that no bomb is unpacked."""
    image = Image.open(io.BytesIO(data), formats=["JPEG", "JPEG2000"])
    if image.width * image.height > 4 * shape.rows * shape.columns + 4096:
        raise NoPicture("The compressed frame is larger than its rows and columns.")
    return image


def _jpeg_2000(data: bytes, shape: Shape, reduce: int, _: str) -> Decoded:
    """JPEG 2000 and HTJ2K, decoding only the resolution that is needed."""
    from openjpeg import utils as openjpeg  # noqa: PLC0415

    facts: dict[str, Any] = openjpeg.get_parameters(data)
    precision, is_signed = facts["precision"], facts["is_signed"]
    stored = dataclasses.replace(
        shape,
        bits_allocated=_EIGHT if precision <= _EIGHT else _SIXTEEN,
        bits_stored=precision,
        high_bit=precision - 1,
        samples=facts["samples_per_pixel"],
    )
    photometric = "RGB" if shape.photometric in {"YBR_RCT", "YBR_ICT"} else shape.photometric
    try:
        image = _opened(data, shape)
        if stored.is_colour and precision > _EIGHT:  # of which Pillow keeps eight bits
            array = _whole_j2k(data, facts)
        else:
            if reduce > 1:
                image.reduce = min(reduce.bit_length() - 1, _LARGEST_REDUCTION)  # type: ignore[method-assign,assignment]
            array = _unscaled(np.asarray(image), precision, is_signed=is_signed)
    except (OSError, ValueError):
        array = _whole_j2k(data, facts)
    return Decoded(array, photometric, stored)


def _unscaled(array: Array, precision: int, *, is_signed: bool) -> Array:
    """Pillow spreads samples over eight or sixteen unsigned bits: undo that."""
    width = array.dtype.itemsize * 8
    if not is_signed:
        return array >> (width - precision) if width > precision else array
    return (array.astype(np.int32) - (1 << (width - 1))) >> (width - precision)


def _whole_j2k(data: bytes, facts: dict[str, Any]) -> Array:
    """What Pillow does not take (more than 16 bits, odd boxes), at full size."""
    from openjpeg import utils as openjpeg  # noqa: PLC0415

    rows, columns, samples = facts["rows"], facts["columns"], facts["samples_per_pixel"]
    raw = openjpeg.decode_pixel_data(data, version=2)
    width = len(raw) // (rows * columns * samples)
    flat = np.frombuffer(raw, f"<{'i' if facts['is_signed'] else 'u'}{width}")
    return flat.reshape((rows, columns, samples) if samples > 1 else (rows, columns))


def _jpeg_ls(data: bytes, shape: Shape, _: int, __: str) -> Decoded:
    import jpeg_ls  # noqa: PLC0415

    raw, facts = jpeg_ls.decode_buffer(data)
    rows, columns, samples = facts["height"], facts["width"], facts["components"]
    precision = facts["bits_per_sample"]
    flat = np.frombuffer(raw, "<u2" if precision > _EIGHT else "u1")
    stored = dataclasses.replace(
        shape,
        bits_allocated=flat.dtype.itemsize * 8,
        bits_stored=precision,
        high_bit=precision - 1,
        samples=samples,
    )
    if samples == 1:
        return Decoded(flat.reshape(rows, columns), shape.photometric, stored)
    if facts["interleave_mode"] == 0:
        array = np.moveaxis(flat.reshape(samples, rows, columns), 0, 2)
    else:
        array = flat.reshape(rows, columns, samples)
    return Decoded(array, shape.photometric, stored)


def _rle(data: bytes, shape: Shape, _: int, __: str) -> Decoded:
    from rle import rle  # noqa: PLC0415

    if shape.bits_allocated == 1:
        return Decoded(_rle_bits(data, shape), shape.photometric, shape)
    raw = rle.decode_frame(data, shape.rows * shape.columns, shape.bits_allocated, "<")
    flat: Array = np.frombuffer(raw, f"<u{shape.bits_allocated // 8}")
    if shape.samples == 1:
        array = flat.reshape(shape.rows, shape.columns)
    else:  # one plane after another, whatever the header says (PS3.5 annex G)
        planes: Array = flat.reshape(shape.samples, shape.rows, shape.columns)
        array = np.moveaxis(planes, 0, 2)
    photometric = "YBR_FULL" if shape.photometric == "YBR_FULL_422" else shape.photometric
    return Decoded(array, photometric, shape)


def _rle_bits(data: bytes, shape: Shape) -> Array:
    """Single bits: run lengths over packed bytes, or over one byte a pixel."""
    from rle import rle  # noqa: PLC0415

    count = shape.rows * shape.columns
    try:
        return _native(bytes(rle.decode_frame(data, (count + 7) // 8, 8, "<")), shape)
    except ValueError:
        raw = rle.decode_frame(data, count, 1, "<")
        return np.frombuffer(raw, "u1").reshape(shape.rows, shape.columns)


def _uncompressed(data: bytes, shape: Shape, _: int, __: str) -> Decoded:
    return Decoded(_native(data, shape), shape.photometric, shape)


def _deflated(data: bytes, shape: Shape, _: int, __: str) -> Decoded:
    size = (shape.frame_bits + 7) // 8
    inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, size + 1)
    return Decoded(_native(inflated, shape), shape.photometric, shape)


def _native(data: bytes, shape: Shape) -> Array:
    if len(data) * 8 < shape.frame_bits:
        raise NoPicture("The pixel data is shorter than its rows and columns.")
    if shape.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(data, "u1"), bitorder="little")
        return bits[: shape.rows * shape.columns].reshape(shape.rows, shape.columns)
    return samples_at(data, 0, shape)


def _gdcm(data: bytes, shape: Shape, _: int, syntax: str) -> Decoded:
    """The last resort."""
    from studies.pixels.last_resort import gdcm_samples  # noqa: PLC0415

    array, precision = gdcm_samples(data, shape, syntax, _precision(data))
    stored = dataclasses.replace(
        shape,
        bits_allocated=array.dtype.itemsize * 8,
        bits_stored=min(max(precision, 1), array.dtype.itemsize * 8),
        high_bit=precision - 1,
    )
    lossy_colour = shape.is_colour and syntax in JPEG_LOSSY
    return Decoded(array, "RGB" if lossy_colour else shape.photometric, stored)


_DECODERS: Mapping[str, Callable[[bytes, Shape, int, str], Decoded]] = (
    dict.fromkeys(JPEG_LOSSY, _jpeg)
    | dict.fromkeys(JPEG_LOSSLESS, _gdcm)
    | dict.fromkeys(JPEG_LS, _jpeg_ls)
    | dict.fromkeys(JPEG_2000, _jpeg_2000)
    | {RLE: _rle, DEFLATED_FRAMES: _deflated, ENCAPSULATED_UNCOMPRESSED: _uncompressed}
)
