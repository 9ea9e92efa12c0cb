"""A file that is still arriving: written aside, hashed, named when everything is in."""

import contextlib
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from common.files import KeptFile, aside, ensure_room, name_together

ROOM_EVERY = 64 * 1024**2  # bytes between two looks at the free space


class TooLarge(OSError):
    """One object is larger than the department takes (LARGEST_OBJECT_BYTES)."""


def ensure_room_for(size: int, more: int) -> None:
    """May an object of `size` bytes grow by `more`? Raises TooLarge, and NoRoom now and then: the
    disk is looked at once in a while."""
    if size + more > settings.LARGEST_OBJECT_BYTES:
        raise TooLarge("The object is larger than the department takes.")
    if (size + more) // ROOM_EVERY != size // ROOM_EVERY:
        ensure_room()


class HalfWritten:
    """Bytes that arrive piece by piece, in a file of their own; nothing of them stays in memory.

    Whoever receives them does no more than write: `finish` reads them once more, in whichever
    thread calls it. Everything raises OSError (NoRoom, TooLarge). Whoever makes one calls `forget`
    or names it.
    """

    def __init__(self) -> None:
        ensure_room()
        self.size = 0
        self.sha256 = ""  # known when finished
        self.place: Path = aside()
        self._stream = self.place.open("x+b", buffering=0)

    def write(self, piece: "bytes | memoryview") -> None:
        """Add bytes at the end."""
        ensure_room_for(self.size, len(piece))
        left = memoryview(piece)
        while left:  # a raw file may take less than it is given
            left = left[self._stream.write(left) :]
        self.size += len(piece)

    def finish(self) -> None:
        """No more bytes come: what is there survives a power cut, under its passing name."""
        with self._stream as stream:
            stream.seek(0)
            self.sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())

    def forget(self) -> None:
        """Let it go. Twice does no harm, and neither does it after naming."""
        with contextlib.suppress(OSError):
            self._stream.close()
        self.place.unlink(missing_ok=True)


def keep_together(halves: Sequence[HalfWritten], folder: str, suffix: str = "") -> list[KeptFile]:
    """Give finished files their final names, all in one folder that is synced once."""
    paths = name_together([half.place for half in halves], folder, suffix)
    return [
        KeptFile(path, half.size, half.sha256) for path, half in zip(paths, halves, strict=True)
    ]
