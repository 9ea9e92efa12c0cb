"""One frame of an object as samples, wherever and however it is written."""

import functools

import numpy as np

from studies.dicom import Header
from studies.dicom.encapsulation import (
    ENCAPSULATED_UNCOMPRESSED,
    VIDEO,
    frames_of,
    is_native,
)
from studies.dicom.reader import PixelElement
from studies.facts import DecodedFrame, NotUsable
from studies.pixels import codecs
from studies.pixels.codecs import Decoded
from studies.pixels.native import Array, native_frame
from studies.pixels.shape import NoPicture, Shape


def frame_samples(header: Header, shape: Shape, frame: int, reduce: int = 1) -> Decoded:
    """Decode one frame, counted from 0. Raises NoPicture when that cannot be done."""
    pixels = header.pixels
    if pixels is None:
        raise NoPicture("The object has no pixel data.")
    if not 0 <= frame < shape.frames:
        raise NotUsable("no_such_frame", f"There is no frame {frame + 1}.", refuse=False)
    if pixels.fragments is not None:
        return _decompressed(header, pixels, shape, (frame, reduce))
    if not is_native(header.transfer_syntax):
        raise NoPicture("The pixel data is not compressed, although the file says so.")
    return Decoded(native_frame(header, shape, frame), shape.photometric, shape)


def _decompressed(
    header: Header, pixels: PixelElement, shape: Shape, wanted: tuple[int, int]
) -> Decoded:
    """A compressed frame; `wanted` is its number and by how much it may be reduced."""
    if header.transfer_syntax in VIDEO:
        raise NoPicture("This is a video.")
    frame, reduce = wanted
    data = frame_bytes(header, pixels, shape.frames, frame)
    syntax = header.transfer_syntax
    if is_native(syntax):
        syntax = ENCAPSULATED_UNCOMPRESSED
    try:
        return codecs.decode(syntax, data, shape, reduce)
    except (NoPicture, MemoryError):
        raise
    except Exception as surprise:
        raise NoPicture("The compressed frame is damaged.") from surprise


def frame_bytes(header: Header, pixels: PixelElement, frames: int, frame: int) -> bytes:
    """The compressed bytes of one frame."""
    grouped = frames_of(header, pixels, frames)
    if not grouped:
        raise NoPicture("Nothing says which part of the pixel data is which frame.")
    return b"".join(header.buffer[at : at + length] for at, length in grouped[frame])


def decoded_frame(header: Header, frame: int) -> DecodedFrame:
    """One frame as Explicit VR Little Endian would hold it, pixel-interleaved."""
    try:
        shape = Shape.of(header)
        decoded = frame_samples(header, shape, frame)
    except NoPicture as why:
        raise NotUsable("no_picture", str(why), refuse=False) from why
    array, allocated = decoded.array, _allocated(decoded, shape)
    photometric = decoded.photometric
    if photometric == "YBR_FULL_422":
        photometric = "YBR_FULL"  # it was unfolded to three samples a pixel
    return DecodedFrame(
        data=_packed(array, allocated),
        rows=array.shape[0],
        columns=array.shape[1],
        samples=1 if array.ndim == 2 else array.shape[2],  # noqa: PLR2004
        bits_allocated=allocated,
        bits_stored=decoded.shape.bits_stored,
        is_signed=shape.is_signed,
        photometric=photometric,
    )


def _allocated(decoded: Decoded, shape: Shape) -> int:
    """What the header allocates, or more when the compressed frame holds more."""
    if shape.bits_allocated == 1:
        return 1
    held = decoded.shape.bits_stored
    return max(shape.bits_allocated, next(width for width in (8, 16, 32, 64) if held <= width))


def _packed(array: Array, allocated: int) -> bytes:
    """Little-endian bytes in the allocated width; single bits eight to a byte."""
    if allocated == 1:
        return np.packbits(array.astype(bool), bitorder="little").tobytes()
    return np.ascontiguousarray(array, f"<{array.dtype.kind}{allocated // 8}").tobytes()


@functools.cache
def candidates(frames: int, is_cine: bool) -> tuple[int, ...]:
    """Frames worth showing, best first: the middle, a third into a film, then here and there."""
    best = frames // 3 if is_cine else frames // 2
    spread = [frames * part // 8 for part in (4, 3, 5, 2, 6, 1, 7)]
    return tuple(dict.fromkeys([best, *spread, 0, frames - 1]))
