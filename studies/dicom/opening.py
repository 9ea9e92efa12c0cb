"""From a path to a header: the preamble, the file meta group, the transfer syntax, the data set.

Files without preamble or meta group (PS3.10) are read when the first element makes sense.
"""

import dataclasses
import hashlib
import mmap
import zlib
from pathlib import Path
from typing import Any

from studies.dicom.media import check_media
from studies.dicom.reader import Buffer, Bulk, PixelElement, Reader, Scope
from studies.dicom.vrs import NAMES, little_endian
from studies.facts import NotUsable

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
NATIVE = frozenset({IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED})
MAX_INFLATED = 1 << 30
READ_WHOLE = 128 * 1024  # smaller files are read at once, larger ones mapped
PREAMBLE = 132

_OTHER_FILES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"GIF8", "a GIF picture"),
    (b"<!DOC", "a web page"),
    (b"<html", "a web page"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"MSH|", "an HL7 message"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """A data set that was read: elements as DICOM JSON, and where its bulk lies in `buffer`."""

    size: int  # of the file, in bytes
    transfer_syntax: str
    order: str  # "<" or ">"
    meta: dict[str, Any]
    elements: dict[str, Any]
    bulk: dict[str, Bulk]
    pixels: PixelElement | None
    offset_tables: dict[int, Bulk]
    unknown_charsets: frozenset[str]
    buffer: Buffer  # the file's bytes; the inflated bytes of a deflated file
    start: int  # where the data set begins in the buffer

    @property
    def is_deflated(self) -> bool:
        return self.transfer_syntax == DEFLATED

    def content_sum(self) -> str:
        """SHA-256 of the data set, in hexadecimal: the same however the file was wrapped."""
        with memoryview(self.buffer) as whole, whole[self.start :] as content:
            return hashlib.sha256(content).hexdigest()

    def bytes_of(self, path: str) -> bytes:
        """A bulk value, little-endian, fragments joined. Raises KeyError for an unknown path."""
        bulk = self.bulk[path]
        pieces = bulk.fragments or ((bulk.offset, bulk.length),)
        raw = b"".join(self.buffer[at : at + length] for at, length in pieces)
        return little_endian(raw, bulk.vr, bulk.order)


def open_object(path: str | Path) -> Header:
    """Read the header of a file. Raises NotUsable when it is not a readable DICOM object."""
    buffer = _bytes_of(Path(path))
    if not len(buffer):
        raise NotUsable("empty", "The file is empty.")
    meta, start = _meta(buffer)
    declared = _first(meta, "00020010")
    size = len(buffer)
    if declared == DEFLATED:
        buffer, start = _inflated(buffer, start), 0
    order, explicit = _encoding(buffer, start, declared)
    reader = Reader(buffer, order)
    try:
        elements = reader.dataset(start, len(buffer), explicit=explicit)
    except NotUsable:
        check_media(meta, {})  # a directory is passed over, damaged or not
        raise
    if not elements:
        raise _not_dicom(buffer)
    check_media(meta, elements)
    return Header(
        size=size,
        transfer_syntax=declared or _undeclared(order, explicit=explicit),
        order=order,
        meta=meta,
        elements=elements,
        bulk=reader.bulk,
        pixels=reader.pixels,
        offset_tables=reader.offset_tables,
        unknown_charsets=frozenset(reader.unknown_charsets),
        buffer=buffer,
        start=start,
    )


def data_set_start(path: str | Path) -> int:
    """Where the data set begins in a stored file: behind preamble and meta group."""
    return _meta(_bytes_of(Path(path)))[1]


def _bytes_of(path: Path) -> Buffer:
    try:
        with path.open("rb", buffering=0) as file:
            start = file.read(READ_WHOLE)
            if len(start) < READ_WHOLE:
                return start
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as why:
        sentence = f"The file cannot be read: {why.strerror or why}."
        raise NotUsable("unreadable", sentence, refuse=False) from why


def _meta(buffer: Buffer) -> tuple[dict[str, Any], int]:
    """Group 2, always explicit little-endian (PS3.10 7.1), and where the data set starts.

    The group's own length is not believed: the group ends where another begins.
    """
    start = PREAMBLE if buffer[PREAMBLE - 4 : PREAMBLE] == b"DICM" else 0
    if not start and buffer[:4] == b"DICM":
        start = 4
    if buffer[start : start + 2] != b"\x02\x00":
        if not start and not _looks_like_elements(buffer):
            raise _not_dicom(buffer)
        return {}, start
    reader = Reader(buffer)
    scope = Scope(len(buffer), explicit=buffer[start + 4 : start + 6] in NAMES)
    return scope.elements, reader.elements(start, scope, stop_group=3)


def _looks_like_elements(buffer: Buffer) -> bool:
    """Could this be a data set without preamble? It begins with group 8, in either byte order."""
    if buffer[:2] not in (b"\x08\x00", b"\x00\x08"):
        return False
    if buffer[4:6] in NAMES:
        return True
    order = "little" if buffer[:2] == b"\x08\x00" else "big"
    return int.from_bytes(buffer[4:8], order) <= len(buffer) - 8  # type: ignore[arg-type]


def _encoding(buffer: Buffer, start: int, declared: str) -> tuple[str, bool]:
    """Byte order and explicitness: what the first element shows wins over what was declared."""
    first = buffer[start : start + 6]
    shows_explicit = first[4:6] in NAMES
    if declared == BIG_ENDIAN:
        return ">", shows_explicit
    if not declared and first[:1] == b"\x00" and first[1:2] != b"\x00":
        return ">", shows_explicit
    return "<", shows_explicit


def _undeclared(order: str, *, explicit: bool) -> str:
    if order == ">":
        return BIG_ENDIAN
    return EXPLICIT if explicit else IMPLICIT


def _inflated(buffer: Buffer, start: int) -> bytes:
    """The data set of a deflated file (PS3.5 A.5), bounded."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = engine.decompress(buffer[start:], MAX_INFLATED)
    except zlib.error as why:
        raise NotUsable("unreadable", "The compressed data set is damaged.") from why
    if engine.unconsumed_tail and not engine.eof:
        raise NotUsable("bad_length", "The compressed data set unpacks to more than 1 GiB.")
    if not engine.eof:
        raise NotUsable("truncated", "The file ends in the middle of its compressed data set.")
    return inflated


def _not_dicom(buffer: Buffer) -> NotUsable:
    start = bytes(buffer[:5])
    for magic, what in _OTHER_FILES:
        if start.startswith(magic):
            return NotUsable("not_dicom", f"This is {what}, not a DICOM object.")
    return NotUsable("not_dicom", "This is not a DICOM file.")


def _first(elements: dict[str, Any], tag: str) -> str:
    values = elements.get(tag, {}).get("Value")
    return str(values[0]) if values and values[0] is not None else ""
