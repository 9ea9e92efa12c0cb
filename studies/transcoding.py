"""Stored objects in a transfer syntax that a receiver takes, when it does not take the stored one.

The targets are the two that everybody must read, Explicit and Implicit VR Little Endian (PS3.5
10.1), and the lossless ones (A.4). Nothing is lost by it: what was lossy says so still, and the
object keeps its identity. The limited child reads, decodes and compresses; this side only puts the
pieces together, one frame at a time.
"""

import contextlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.files import aside, ensure_room
from studies import limited
from studies.dicom.encapsulation import LOSSLESS
from studies.dicom.opening import EXPLICIT, IMPLICIT, data_set_start
from studies.facts import NotUsable
from studies.part10 import own_head

TARGETS = (EXPLICIT, IMPLICIT)  # the better one first
EVERY_TARGET = (*TARGETS, *LOSSLESS)
PIECE = 1 << 20  # bytes handed on at once
_SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)

__all__ = [
    "EVERY_TARGET",
    "LOSSLESS",
    "TARGETS",
    "NotUsable",
    "Transcoded",
    "aside_as",
    "data_set_start",
    "transcoded",
]


@dataclass(frozen=True, slots=True)
class Transcoded:
    """A data set that is being rewritten."""

    path: Path
    transfer_syntax: str
    _facts: dict[str, Any]
    _start: bytes

    @property
    def size(self) -> int | None:
        """Bytes of the data set; None when that is known only when all of it is compressed."""
        if self._facts["pixels"] == "fragments":
            return None
        return int(self._facts["head"] + self._pixel_bytes + self._facts["tail"])

    @property
    def _pixel_bytes(self) -> int:
        length = int(self._facts.get("length", 0))
        return length + length % 2

    def pieces(self) -> Iterator[bytes]:
        """The data set, never more than one frame of it in memory. Raises NotUsable midway when a
        later frame cannot be had: what has begun is then not to be taken for whole."""
        head, tail = self._facts["head"], self._facts["tail"]
        yield self._start[:head]
        yield from self._pixels()
        if self._pixel_bytes != self._facts.get("length", 0):
            yield b"\0"
        yield self._start[head : head + tail]

    def _pixels(self) -> Iterator[bytes]:
        how = self._facts["pixels"]
        if how == "file":
            yield from _of_file(self.path, self._facts["offset"], self._facts["length"])
        elif how == "buffer":
            yield from self._of_buffer()
        elif how == "frames":
            yield from _joined(self._frames(), self._facts["frame_bits"])
        elif how == "fragments":
            yield from map(_fragment, self._compressed())
            yield _SEQUENCE_END

    def _of_buffer(self) -> Iterator[bytes]:
        offset, left = self._facts["offset"], self._facts["length"]
        while left:
            piece = limited.piece(self.path, offset, min(left, PIECE), self._facts["word"])
            if not piece:
                raise NotUsable("truncated", "The stored file is shorter than it was.")
            yield piece
            offset, left = offset + len(piece), left - len(piece)

    @property
    def _first_frame(self) -> bytes:
        return self._start[self._facts["head"] + self._facts["tail"] :]

    def _compressed(self) -> Iterator[bytes]:
        yield self._first_frame
        for number in range(1, self._facts["frames"]):
            frame = limited.compress(self.path, number, self.transfer_syntax)
            if frame.shape != self._facts["shape"]:
                raise NotUsable("no_picture", "Its frames are not of one kind.", refuse=False)
            yield frame.data

    def _frames(self) -> Iterator[bytes]:
        yield self._first_frame
        for number in range(1, self._facts["frames"]):
            yield limited.decoded_frame(self.path, number)


def transcoded(path: str | os.PathLike[str], transfer_syntax: str) -> Transcoded:
    """The object at `path` in one of EVERY_TARGET. Raises NotUsable when that cannot be made."""
    if transfer_syntax in LOSSLESS:
        facts, start = limited.encapsulated(path, transfer_syntax)
        return Transcoded(Path(path), transfer_syntax, facts, start)
    if transfer_syntax not in TARGETS:
        raise NotUsable("no_such_target", "That transfer syntax is not made here.", refuse=False)
    facts, start = limited.plain(path, explicit=transfer_syntax == EXPLICIT)
    return Transcoded(Path(path), transfer_syntax, facts, start)


@contextlib.contextmanager
def aside_as(
    path: str | os.PathLike[str], transfer_syntax: str, identity: tuple[str, str]
) -> Iterator[Path]:
    """A file with the object in `transfer_syntax`, whole before anybody sees it; gone afterwards.

    `identity` is SOP class and instance UID. Raises NotUsable, OSError (no room).
    """
    made, place = transcoded(path, transfer_syntax), aside()
    try:
        ensure_room()
        with place.open("xb") as file:
            file.write(own_head(*identity, transfer_syntax))
            for piece in made.pieces():
                file.write(piece)
        yield place
    finally:
        place.unlink(missing_ok=True)


def _fragment(data: bytes) -> bytes:
    """An item of encapsulated pixel data (PS3.5 A.4)."""
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(data)) + data


def _of_file(path: Path, offset: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(offset)
        while length:
            piece = file.read(min(length, PIECE))
            if not piece:
                raise NotUsable("truncated", "The stored file is shorter than it was.")
            yield piece
            length -= len(piece)


def _joined(frames: Iterator[bytes], bits: int) -> Iterator[bytes]:
    """Frames end to end. Single bits need not end on a byte (PS3.5 8.1.1)."""
    size, odd = (bits + 7) // 8, bits % 8
    carried, held = 0, 0  # bits left over, and how many
    for frame in frames:
        if len(frame) != size:
            raise NotUsable("no_picture", "Its frames are not of one size.", refuse=False)
        if not odd:
            yield frame
            continue
        carried |= (int.from_bytes(frame, "little") & ((1 << bits) - 1)) << held
        whole, held = divmod(held + bits, 8)
        yield (carried & ((1 << (whole * 8)) - 1)).to_bytes(whole, "little")
        carried >>= whole * 8
    if held:
        yield carried.to_bytes(1, "little")
