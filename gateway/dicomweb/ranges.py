"""Parts of a file by byte range (RFC 9110 section 14), for single-part answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PIECE = 1024 * 1024  # bytes read at once, whatever the size of the file
_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class NotInRange(Exception):
    """The wanted bytes lie outside the file."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


@dataclass(frozen=True, slots=True)
class Slice:
    """`length` bytes of a file from `start`."""

    start: int
    length: int

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


def wanted_slice(header: str, size: int) -> Slice | None:
    """The slice a Range header asks for; None for the whole: none asked for, or several.

    Raises NotInRange. Several ranges in one request may be answered with the whole (14.2).
    """
    found = _ONE_RANGE.fullmatch(header.replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start = max(size - int(found[2]), 0)
        if not int(found[2]):
            raise NotInRange(size)
        return Slice(start, size - start)
    start, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if last < start and found[2]:
        return None  # an invalid range is ignored
    if start >= size:
        raise NotInRange(size)
    return Slice(start, min(last, size - 1) - start + 1)


def pieces_of(path: Path, part: Slice) -> Iterator[bytes]:
    """The bytes of a slice, a piece at a time. The file is opened before the first piece."""
    with path.open("rb", buffering=0) as stream:
        stream.seek(part.start)
        left = part.length
        while left > 0:
            piece = stream.read(min(PIECE, left))
            if not piece:
                raise EOFError(f"{path.name} is shorter than it was")
            left -= len(piece)
            yield piece
