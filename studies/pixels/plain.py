"""An object with its pixels uncompressed: which attributes change, and what the pixels become."""

import struct
from typing import Any

from studies.dicom import Header
from studies.dicom.encapsulation import is_native
from studies.dicom.opening import BIG_ENDIAN, DEFLATED
from studies.dicom.rewriting import Changes, element_head, rewritten
from studies.dicom.vrs import BINARY
from studies.facts import DecodedFrame, NotUsable
from studies.pixels.codecs import JPEG_LOSSY
from studies.pixels.frames import decoded_frame
from studies.pixels.shape import NoPicture, Shape

NEAR_LOSSLESS = "1.2.840.10008.1.2.4.81"
LARGEST_VALUE = 0xFFFFFFFE  # bytes a value of known length can have (PS3.5 7.1.1)
_RGB = 3
_BYTE = 8
_PIXEL_VRS = {0x7FE00008: "OF", 0x7FE00009: "OD"}
_LOSSY = 0x00282110
PLANAR = 0x00280006


def plain(header: Header, *, explicit: bool) -> tuple[dict[str, Any], bytes]:
    """Everything but the pixels, and how to come by these (`pixels`).

    "none": there are none. "file": they lie in the file as they are wanted. "buffer": they lie in
    the child's buffer (inflated, or words to be swapped). "frames": decode them; the first one is
    the end of the bytes returned.
    """
    pixels = header.pixels
    if pixels is None:
        whole = rewritten(header, {}, explicit=explicit)
        return _facts("none", whole.head, whole.tail), whole.head + whole.tail
    if pixels.fragments is not None:
        return _decoded(header, explicit=explicit)
    if not is_native(header.transfer_syntax):
        raise NotUsable("no_picture", "The pixel data is not what the file says.", refuse=False)
    vr = _vr(header, pixels.vr)
    whole = rewritten(header, {}, explicit=explicit)
    length = pixels.length + pixels.length % 2
    head = whole.head + element_head(pixels.tag, vr, length, explicit=explicit)
    how = "buffer" if header.transfer_syntax == DEFLATED or header.order == ">" else "file"
    facts = _facts(how, head, whole.tail)
    facts |= {"offset": pixels.offset, "length": pixels.length, "word": _word(header, vr)}
    return facts, head + whole.tail


def _facts(how: str, head: bytes, tail: bytes) -> dict[str, Any]:
    return {"pixels": how, "head": len(head), "tail": len(tail)}


def _vr(header: Header, stored: str) -> str:
    """Pixel data is OW unless the source said OB (PS3.5 8.2, A.2)."""
    tag = header.pixels.tag if header.pixels else 0
    return _PIXEL_VRS.get(tag) or (stored if stored in ("OB", "OW") else "OW")


def _word(header: Header, vr: str) -> int:
    """Bytes to be swapped together; 1 when nothing has to be."""
    if header.transfer_syntax != BIG_ENDIAN and header.order == "<":
        return 1
    if vr != "OW":
        return BINARY[vr]
    allocated = header.elements.get("00280100", {}).get("Value", [16])[0]
    return 4 if allocated == 32 else 2  # noqa: PLR2004 - bits


def _decoded(header: Header, *, explicit: bool) -> tuple[dict[str, Any], bytes]:
    first = decoded_frame(header, 0)
    frames = frames_of(header)
    bits = first.rows * first.columns * first.samples * first.bits_allocated
    length = (bits * frames + _BYTE - 1) // _BYTE
    if length > LARGEST_VALUE:
        raise NotUsable(
            "too_large", "Uncompressed it would be larger than DICOM allows.", refuse=False
        )
    changes = changes_for(header, first)
    whole = rewritten(header, changes, explicit=explicit)
    vr = "OB" if first.bits_allocated <= _BYTE else "OW"
    pixel_head = element_head(0x7FE00010, vr, length + length % 2, explicit=explicit)
    head = whole.head + pixel_head
    facts = _facts("frames", head, whole.tail)
    facts |= {"frames": frames, "frame_bits": bits, "length": length}
    return facts, head + whole.tail + first.data


def frames_of(header: Header) -> int:
    """How many frames there are. Raises NotUsable when nobody knows."""
    try:
        return Shape.of(header).frames
    except NoPicture as why:
        raise NotUsable("no_picture", str(why), refuse=False) from why


def changes_for(header: Header, frame: DecodedFrame) -> Changes:
    """The Image Pixel module as frames of this shape need it (PS3.3 C.7.6.3)."""
    changes: dict[int, tuple[str, bytes] | None] = {
        0x00280002: _us(frame.samples),
        0x00280004: ("CS", frame.photometric.encode("ascii", "replace")),
        PLANAR: _us(0) if frame.samples == _RGB else None,
        0x00280100: _us(frame.bits_allocated),
    }
    if header.elements.get("00280100", {}).get("Value") != [frame.bits_allocated]:
        changes[0x00280101] = _us(frame.bits_stored)
        changes[0x00280102] = _us(max(frame.bits_stored - 1, 0))
    if header.transfer_syntax in JPEG_LOSSY | {NEAR_LOSSLESS}:
        changes[_LOSSY] = ("CS", b"01")  # once lossy, always lossy (C.7.6.1.1.5)
    return changes


def _us(number: int) -> tuple[str, bytes]:
    return "US", struct.pack("<H", number)
