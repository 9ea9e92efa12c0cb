"""Where the bytes of every frame lie in the file (PS3.5 A.4, 8.2; PS3.3 C.7.6.3)."""

import struct
from typing import Any

from studies.dicom.opening import NATIVE, Header
from studies.dicom.reader import Bulk, PixelElement
from studies.facts import NotUsable

EXTENDED_OFFSETS, EXTENDED_LENGTHS = 0x7FE00001, 0x7FE00002
VIDEO = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in range(100, 109)) | frozenset(
    f"1.2.840.10008.1.2.4.{number}.1" for number in range(100, 107)
)
RLE = "1.2.840.10008.1.2.5"
JPEG_LS_LOSSLESS = "1.2.840.10008.1.2.4.80"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
LOSSLESS = (JPEG_LS_LOSSLESS, JPEG_2000_LOSSLESS, RLE)  # what we compress to, the better first
ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
# How the first bytes of a compressed frame look: JPEG and JPEG-LS, JPEG 2000, its file format.
_STARTS = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  ")

Frames = list[list[list[int]]]


def frame_bits(rows: int, columns: int, samples: int, bits: int, photometric: str) -> int:
    """Size of one native frame in bits. YBR_FULL_422 keeps two samples a pixel (C.7.6.3.1.2)."""
    if photometric == "YBR_FULL_422":
        samples = 2
    return rows * columns * samples * bits


def native_layout(header: Header, bits_a_frame: int, frames: int) -> dict[str, Any] | None:
    """Offset and size when every frame is a slice of the file, else None."""
    pixels = header.pixels
    if pixels is None or not bits_a_frame or bits_a_frame % 8:
        return None
    if header.is_deflated or (header.order == ">" and pixels.vr != "OB"):
        return None
    size = bits_a_frame // 8
    if size * frames > pixels.length:
        return None
    return {"offset": pixels.offset, "frame_size": size}


def encapsulated_layout(header: Header, frames: int) -> dict[str, Any] | None:
    """The fragments of every frame, by whichever table or sign tells them apart."""
    pixels = header.pixels
    if pixels is None or not pixels.fragments:
        return None
    if header.transfer_syntax in VIDEO:
        return {"stream": [list(piece) for piece in pixels.fragments]}
    found = frames_of(header, pixels, frames)
    return {"frames": found} if found else None


def frames_of(header: Header, pixels: PixelElement, frames: int) -> Frames | None:
    """Fragments grouped into frames; None when nothing says where one frame ends."""
    fragments = [list(piece) for piece in pixels.fragments or ()]
    if frames == 1:
        return [fragments]
    if len(fragments) == frames:
        return [[piece] for piece in fragments]
    for starts in (_extended(header), _basic(header, pixels)):
        grouped = _by_offsets(fragments, starts)
        if grouped and len(grouped) == frames:
            return grouped
    grouped = _by_signatures(header, fragments)
    return grouped if len(grouped) == frames else None


def missing_fragments(header: Header, frames: int) -> None:
    """Raise when the file was cut between two fragments: no delimiter, too few frames."""
    pixels = header.pixels
    if pixels is None or pixels.fragments is None or pixels.is_closed:
        return
    if header.transfer_syntax in VIDEO or not frames_of(header, pixels, frames):
        there = len(pixels.fragments)
        sentence = f"The file ends in the middle of its pixel data: {there:,} fragments are there"
        raise NotUsable("truncated", f"{sentence} for {frames:,} frames, and no end mark.")


def is_native(transfer_syntax: str) -> bool:
    """Is pixel data of this transfer syntax uncompressed?"""
    return transfer_syntax in NATIVE


def _extended(header: Header) -> list[int]:
    table = header.offset_tables.get(EXTENDED_OFFSETS)
    return _offsets(header, table, "Q") if table else []


def _basic(header: Header, pixels: PixelElement) -> list[int]:
    return _offsets(header, pixels.offset_table, "I") if pixels.offset_table else []


def _offsets(header: Header, table: Bulk, code: str) -> list[int]:
    count = table.length // struct.calcsize(code)
    raw = header.buffer[table.offset : table.offset + count * struct.calcsize(code)]
    return list(struct.unpack(f"<{count}{code}", raw))


def _by_offsets(fragments: list[list[int]], starts: list[int]) -> Frames | None:
    """Group by a table of offsets, counted from the first fragment's item tag."""
    if not starts or not fragments:
        return None
    base = fragments[0][0] - 8
    wanted, grouped = set(starts), []
    for piece in fragments:
        if piece[0] - 8 - base in wanted:
            grouped.append([piece])
        elif grouped:
            grouped[-1].append(piece)
    return grouped if len(grouped) == len(starts) else None


def _by_signatures(header: Header, fragments: list[list[int]]) -> Frames:
    """Group by what the fragments begin with, when no table came along."""
    grouped: Frames = []
    for piece in fragments:
        if header.buffer[piece[0] : piece[0] + 8].startswith(_STARTS):
            grouped.append([piece])
        elif grouped:
            grouped[-1].append(piece)
    return grouped
