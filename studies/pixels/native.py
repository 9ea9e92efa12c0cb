"""Frames that lie in the file as they are: views into it, no copy where none is needed."""

from typing import Any

import numpy as np
import numpy.typing as npt

from studies.dicom import Header
from studies.pixels.shape import NoPicture, Shape

Array = npt.NDArray[Any]


def native_frame(header: Header, shape: Shape, frame: int) -> Array:
    """One frame as rows × columns (× samples), samples as stored."""
    pixels = header.pixels
    first_bit = shape.frame_bits * frame
    if pixels is None or (first_bit + shape.frame_bits + 7) // 8 > pixels.length:
        raise NoPicture("The pixel data is shorter than its rows and columns.")
    swapped = header.order == ">" and pixels.vr == "OW" and shape.bits_allocated <= 8  # noqa: PLR2004
    buffer: Any = header.buffer
    offset = pixels.offset
    if swapped:  # bytes were put into big-endian words of two
        words = np.frombuffer(buffer, ">u2", pixels.length // 2, offset)
        buffer, offset = words.astype("<u2").tobytes(), 0
    if shape.bits_allocated == 1:
        return _bits(buffer, offset, first_bit, shape)
    return samples_at(buffer, offset + first_bit // 8, shape, header.order)


def samples_at(buffer: Any, offset: int, shape: Shape, order: str = "<") -> Array:
    """A frame of whole bytes at `offset` of the buffer."""
    count = shape.frame_bits // shape.bits_allocated
    flat = np.frombuffer(buffer, order + shape.dtype, count, offset)
    return arranged(flat, shape)


def arranged(flat: Array, shape: Shape) -> Array:
    """Samples in the order of the file, as rows × columns × samples."""
    rows, columns = shape.rows, shape.columns
    if not shape.is_colour:
        return flat.reshape(rows, columns)
    if shape.photometric == "YBR_FULL_422":
        return _full_from_422(flat, rows, columns)
    if shape.is_planar:
        return np.moveaxis(flat.reshape(3, rows, columns), 0, 2)
    return flat.reshape(rows, columns, 3)


def _full_from_422(flat: Array, rows: int, columns: int) -> Array:
    """Y Y Cb Cr for every two pixels of a row (PS3.3 C.7.6.3.1.2)."""
    if columns % 2:
        raise NoPicture("YBR_FULL_422 with an odd number of columns.")
    pairs = flat.reshape(rows, columns // 2, 4)
    full = np.empty((rows, columns, 3), flat.dtype)
    full[:, 0::2, 0] = pairs[:, :, 0]
    full[:, 1::2, 0] = pairs[:, :, 1]
    full[:, :, 1] = pairs[:, :, 2].repeat(2, axis=1)
    full[:, :, 2] = pairs[:, :, 3].repeat(2, axis=1)
    return full


def _bits(buffer: Any, offset: int, first_bit: int, shape: Shape) -> Array:
    """One bit a pixel, least significant first; frames need not start on a byte (PS3.5 8.1.1)."""
    start, skip = divmod(first_bit, 8)
    count = shape.rows * shape.columns
    packed = np.frombuffer(buffer, "u1", (skip + count + 7) // 8, offset + start)
    bits = np.unpackbits(packed, bitorder="little")[skip : skip + count]
    return bits.reshape(shape.rows, shape.columns)


def stored_values(array: Array, shape: Shape) -> Array:
    """Samples as the numbers they stand for: foreign bits removed, sign extended (PS3.5 8.1.1).

    Old objects keep overlays in the bits above High Bit; the numbers must not see them.
    """
    if array.dtype.kind != "u" or shape.bits_allocated == 1:
        return array
    shift = shape.high_bit + 1 - shape.bits_stored
    if 0 < shift < shape.bits_allocated:
        array = array >> shift
    if shape.bits_stored < array.dtype.itemsize * 8:
        array = array & array.dtype.type((1 << shape.bits_stored) - 1)
    if not shape.is_signed:
        return array
    sign = 1 << (shape.bits_stored - 1)
    wide: Array = array.astype(np.int64 if shape.bits_stored > 31 else np.int32)  # noqa: PLR2004
    return np.bitwise_xor(wide, sign) - sign
