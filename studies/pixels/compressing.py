"""Frames compressed without loss: RLE, JPEG-LS and JPEG 2000 (PS3.5 8.2.2, 8.2.3, 8.2.4).

What was encoded is decoded again and compared before anybody gets it: an archive that says
"lossless" has to be believed. All of it only ever runs in the limited child.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from studies.dicom import Header
from studies.dicom.encapsulation import JPEG_2000_LOSSLESS, JPEG_LS_LOSSLESS, LOSSLESS, RLE
from studies.facts import DecodedFrame, NotUsable
from studies.pixels import codecs
from studies.pixels.frames import decoded_frame
from studies.pixels.native import Array, stored_values
from studies.pixels.plain import frames_of
from studies.pixels.shape import Shape

_SAMPLES = {"MONOCHROME1": 1, "MONOCHROME2": 1, "PALETTE COLOR": 1, "RGB": 3, "YBR_FULL": 3}
_RGB_IN = 1  # as the codec is told, so that it takes the components apart reversibly
_BY_PIXEL = 2  # JPEG-LS interleave mode
_LEAST_BITS = 2  # of a JPEG-LS sample (ISO 14495-1, C.2.2)
_FEWEST_PIXELS = 256  # of a JPEG-LS image: for smaller ones the encoder gives itself no room
_SHORTEST_SIDE = 32  # that the JPEG 2000 encoder takes: it halves the image five times
_EIGHT, _SIXTEEN = 8, 16
LOOKED_THROUGH = 256 << 20  # bytes of later frames, before anything is compressed


def encodings(header: Header, numbers: Sequence[int] = ()) -> list[str]:
    """In which of our lossless syntaxes these frames can be had; none named: all of them.

    By what the header says, the first of them, and what lies uncompressed of the others.
    """
    first, *others = numbers or range(frames_of(header))
    frame = _declared(header, first)
    found = [syntax for syntax in LOSSLESS if _can_be(syntax, header, frame)]
    if any(one != RLE for one in found) and not later_fit(header, others):
        return [one for one in found if one == RLE]
    return found


def later_fit(header: Header, numbers: Sequence[int]) -> bool:
    """Whether these frames, too, have nothing but values in their cells, as far as that costs
    little: the standard's shape is the header's, and those that are compressed are not decoded."""
    shape = Shape.of(header)
    is_native = header.pixels is not None and header.pixels.fragments is None
    if not is_native or shape.bits_stored == shape.bits_allocated:
        return True
    most = LOOKED_THROUGH // max(shape.frame_bits // 8, 1)
    return all(_holds_only_values(_declared(header, one)) for one in numbers[:most])


def compressed_frame(header: Header, number: int, syntax: str) -> DecodedFrame:
    """One frame (from 0) in a lossless syntax, with the shape that the data set has to say.

    Raises NotUsable, `not_exact` when it would not come back as it is.
    """
    frame = _declared(header, number)
    if not _can_be(syntax, header, frame):
        raise not_exact()
    samples = _samples_of(frame)
    sent = samples if syntax == RLE else _values_of(frame, samples)
    try:
        data = _ENCODERS[syntax](frame, sent)
        back = codecs.decode(syntax, data, _shape_of(frame)).array
    except MemoryError:
        raise
    except Exception as surprise:  # codecs raise what they like
        raise not_exact() from surprise
    if not np.array_equal(_values_of(frame, back), _values_of(frame, samples)):
        raise not_exact()
    is_rct = syntax == JPEG_2000_LOSSLESS and frame.photometric == "RGB"
    photometric = "YBR_RCT" if is_rct else frame.photometric
    return dataclasses.replace(frame, data=data + b"\0" * (len(data) % 2), photometric=photometric)


def _declared(header: Header, number: int) -> DecodedFrame:
    """A frame with the bits that the data set says of it, whatever a codestream said: receivers
    find the sign where Bits Stored ends."""
    frame = decoded_frame(header, number)
    if header.elements.get("00280100", {}).get("Value") != [frame.bits_allocated]:
        return frame  # `plain.changes_for` declares them anew
    return dataclasses.replace(frame, bits_stored=Shape.of(header).bits_stored)


def not_exact() -> NotUsable:
    """Why an image is not to be had in a lossless syntax."""
    sentence = "It cannot be compressed that way without changing it."
    return NotUsable("not_exact", sentence, refuse=False)


def _can_be(syntax: str, header: Header, frame: DecodedFrame) -> bool:
    """Whether the standard has that kind of image in that syntax, and no bit would be left out."""
    if _SAMPLES.get(frame.photometric) != frame.samples or _is_folded(header):
        return False
    if frame.bits_allocated not in (_EIGHT, _SIXTEEN):
        return False
    if frame.is_signed and not frame.photometric.startswith("MONOCHROME"):
        return False
    if frame.photometric == "YBR_FULL" and frame.bits_allocated > _EIGHT:
        return False
    if syntax == JPEG_2000_LOSSLESS and min(frame.rows, frame.columns) < _SHORTEST_SIDE:
        return False
    return syntax == RLE or _has_only_values(syntax, header, frame)


def _is_folded(header: Header) -> bool:
    """Two pixels share their colour in the file; unfolded it would be another image."""
    is_native = header.pixels is not None and header.pixels.fragments is None
    return is_native and Shape.of(header).photometric == "YBR_FULL_422"


def _has_only_values(syntax: str, header: Header, frame: DecodedFrame) -> bool:
    """Bits above the stored ones (old overlays) and below them have no place in a codestream."""
    shape = Shape.of(header)
    if shape.high_bit != shape.bits_stored - 1:
        return False
    is_tiny = frame.rows * frame.columns < _FEWEST_PIXELS
    if syntax == JPEG_LS_LOSSLESS and (is_tiny or frame.bits_stored < _LEAST_BITS):
        return False
    return _holds_only_values(frame)


def _holds_only_values(frame: DecodedFrame) -> bool:
    samples = _samples_of(frame)
    values = _values_of(frame, samples)
    unsigned = values.astype(samples.dtype)
    mask = samples.dtype.type((1 << frame.bits_stored) - 1)
    return np.array_equal(samples, unsigned) or np.array_equal(samples, unsigned & mask)


def _samples_of(frame: DecodedFrame) -> Array:
    """The cells as they lie, unsigned: rows × columns (× samples)."""
    cells: Array = np.frombuffer(frame.data, f"<u{frame.bits_allocated // 8}")
    extent = (frame.rows, frame.columns)
    return cells.reshape(extent if frame.samples == 1 else (*extent, frame.samples))


def _values_of(frame: DecodedFrame, samples: Array) -> Array:
    """The numbers that the cells stand for."""
    return stored_values(samples, _shape_of(frame))


def _shape_of(frame: DecodedFrame) -> Shape:
    return Shape(
        rows=frame.rows,
        columns=frame.columns,
        samples=frame.samples,
        frames=1,
        bits_allocated=frame.bits_allocated,
        bits_stored=frame.bits_stored,
        high_bit=frame.bits_stored - 1,
        is_signed=frame.is_signed,
        is_float=False,
        photometric=frame.photometric,
        is_planar=False,
    )


def _in_bytes(values: Array, frame: DecodedFrame, kind: str) -> bytes:
    """As codecs want them: one byte a sample up to eight bits, else two."""
    width = 1 if frame.bits_stored <= _EIGHT else 2
    return values.astype(f"<{kind}{width}").tobytes()


def _rle(frame: DecodedFrame, cells: Array) -> bytes:
    from rle import rle  # noqa: PLC0415

    data: bytes = rle.encode_frame(
        cells.tobytes(), frame.rows, frame.columns, frame.samples, frame.bits_allocated, "<"
    )
    return bytes(data)


def _jpeg_ls(frame: DecodedFrame, values: Array) -> bytes:
    import jpeg_ls  # noqa: PLC0415

    mask = (1 << frame.bits_stored) - 1  # it knows no signs: the bits as they are (8.2.3)
    data: bytearray = jpeg_ls.encode_buffer(
        _in_bytes(values & mask, frame, "u"),
        rows=frame.rows,
        columns=frame.columns,
        samples_per_pixel=frame.samples,
        bits_stored=frame.bits_stored,
        interleave_mode=_BY_PIXEL if frame.samples > 1 else None,
    )
    return bytes(data)


def _jpeg_2000(frame: DecodedFrame, values: Array) -> bytes:
    from openjpeg import utils as openjpeg  # noqa: PLC0415

    data: bytes = openjpeg.encode_buffer(
        _in_bytes(values, frame, "i" if frame.is_signed else "u"),
        columns=frame.columns,
        rows=frame.rows,
        samples_per_pixel=frame.samples,
        bits_stored=frame.bits_stored,
        is_signed=frame.is_signed,
        photometric_interpretation=_RGB_IN if frame.photometric == "RGB" else 0,
    )
    return data


_ENCODERS: Mapping[str, Callable[[DecodedFrame, Array], bytes]] = {
    JPEG_LS_LOSSLESS: _jpeg_ls,
    JPEG_2000_LOSSLESS: _jpeg_2000,
    RLE: _rle,
}
