"""Stored objects in a transfer syntax that a receiver takes, when it does not take the stored one.

The targets are the two that everybody must read: Explicit and Implicit VR Little Endian (PS3.5
10.1). Nothing is lost by it: what was lossy says so still, and the object keeps its identity.
The limited child reads and decodes; this side only puts the pieces together, one frame at a time.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.files import aside, ensure_room
from studies import limited
from studies.dicom.opening import EXPLICIT, IMPLICIT, data_set_start
from studies.facts import NotUsable
from studies.part10 import own_head

TARGETS = (EXPLICIT, IMPLICIT)  # the better one first
PIECE = 1 << 20  # bytes handed on at once

__all__ = ["TARGETS", "NotUsable", "Transcoded", "aside_as", "data_set_start", "transcoded"]


@dataclass(frozen=True, slots=True)
class Transcoded:
    """A data set that is being rewritten. `size` is known before the first piece is made."""

    path: Path
    transfer_syntax: str
    _facts: dict[str, Any]
    _start: bytes

    @property
    def size(self) -> int:
        """Bytes of the data set."""
        return int(self._facts["head"] + self._pixel_bytes + self._facts["tail"])

    @property
    def _pixel_bytes(self) -> int:
        length = int(self._facts.get("length", 0))
        return length + length % 2

    def pieces(self) -> Iterator[bytes]:
        """The data set, never more than one frame of it in memory. Raises NotUsable midway when a
        later frame cannot be decoded: what has begun is then not to be taken for whole."""
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

    def _of_buffer(self) -> Iterator[bytes]:
        offset, left = self._facts["offset"], self._facts["length"]
        while left:
            piece = limited.piece(self.path, offset, min(left, PIECE), self._facts["word"])
            if not piece:
                raise NotUsable("truncated", "The stored file is shorter than it was.")
            yield piece
            offset, left = offset + len(piece), left - len(piece)

    def _frames(self) -> Iterator[bytes]:
        yield self._start[self._facts["head"] + self._facts["tail"] :]
        for number in range(1, self._facts["frames"]):
            yield limited.decoded_frame(self.path, number)


def transcoded(path: str | os.PathLike[str], transfer_syntax: str) -> Transcoded:
    """The object at `path` in one of TARGETS. Raises NotUsable when that cannot be made."""
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
