"""Parts of a file by byte range (RFC 9110 section 14)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.at_once import read_at

PIECE = 1024 * 1024  # bytes read at once, whatever the size of the file
MOST_RANGES = 16  # in one request; whoever wants more crumbs gets the whole loaf
_RANGE = re.compile(r"([0-9]{0,18})-([0-9]{0,18})")


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

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.start + self.length

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.end - 1}/{size}"


def wanted_slices(header: str, size: int) -> list[Slice]:
    """The slices a Range header asks for, apart from each other; none for the whole.

    The whole is the answer to what is no valid list of ranges, to too many of them, and of nothing
    (14.2). Those that lie outside are left out (14.1.2); raises NotInRange when all do.
    """
    unit, _equals, told = header.partition("=")
    members = [one.strip() for one in told.split(",")]
    asked = [_asked(one) for one in members if one]
    if unit.strip().lower() != "bytes" or not size or not 0 < len(asked) <= MOST_RANGES:
        return []
    ranges = [one for one in asked if one is not None]
    if len(ranges) < len(asked):
        return []  # one invalid range makes the list invalid
    found = [part for first, last in ranges if (part := _slice(first, last, size)).length > 0]
    if not found:
        raise NotInRange(size)
    return _apart(found)


def _asked(text: str) -> tuple[int | None, int | None] | None:
    """First and last byte of one range, both as told (14.1.1); None when it is no valid one."""
    found = _RANGE.fullmatch(text)
    if found is None or not (found[1] or found[2]):
        return None
    first, last = (int(one) if one else None for one in found.groups())
    is_backwards = first is not None and last is not None and last < first
    return None if is_backwards else (first, last)


def _slice(first: int | None, last: int | None, size: int) -> Slice:
    """What of it lies in the file; perhaps nothing."""
    if first is None:
        length = min(last or 0, size)  # the last so many
        return Slice(size - length, length)
    stop = size if last is None else min(last + 1, size)
    return Slice(first, stop - first)


def _apart(found: list[Slice]) -> list[Slice]:
    """Those that overlap or touch joined (15.3.7.2), in the order in which they were asked for:
    however often the same bytes are wanted, they go out once."""
    joined: list[Slice] = []
    for one in sorted(found, key=lambda part: part.start):
        if joined and one.start <= joined[-1].end:
            before = joined.pop()
            joined.append(Slice(before.start, max(before.end, one.end) - before.start))
        else:
            joined.append(one)
    places = {
        part: next(at for at, one in enumerate(found) if part.start <= one.start < part.end)
        for part in joined
    }
    return sorted(joined, key=places.__getitem__)


def pieces_of(path: Path, part: Slice) -> Iterator[bytes]:
    """The bytes of a slice, a piece at a time. The file is opened before the first piece."""
    with path.open("rb", buffering=0) as stream:
        at = part.start
        while at < part.end:
            piece = read_at(stream.fileno(), min(PIECE, part.end - at), at)
            if not piece:
                raise EOFError(f"{path.name} is shorter than it was")
            at += len(piece)
            yield piece
