"""Where an object's bytes land while they arrive: in a file, so that no size fills the memory."""

import contextlib
import io
import struct
import weakref
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from common.files import KeptFile, adopt, aside, ensure_room

ROOM_EVERY = 64 * 1024**2  # bytes between two looks at the free space
BUFFER = 1024 * 1024
PREAMBLE = b"\0" * 128 + b"DICM"
VERSION = struct.pack("<HH2s2xL2s", 2, 1, b"OB", 2, b"\0\1")  # (0002,0001)


class TooLarge(OSError):
    """The object is larger than the department takes (LARGEST_OBJECT_BYTES)."""


class Landing(io.BytesIO):
    """Takes the place of the in-memory data set of a C-STORE request.

    Writing never raises: a full disk must be answered (A700), not tear the association down. What
    went wrong is kept in `trouble`, the rest of the object is let fall, and `keep` raises it.
    """

    def __init__(self, head: bytes) -> None:
        super().__init__()
        self.size = 0
        self.trouble: OSError | None = None
        self._stream: BinaryIO | None = None
        self._path = aside()
        try:
            ensure_room()
            self._stream = open(self._path, "xb", buffering=BUFFER)  # noqa: SIM115
        except OSError as why:
            self.trouble = why
        # Whatever becomes of the association, the half-written file goes with this object.
        self.discard = weakref.finalize(self, _forget, self._stream, self._path)
        self.write(head)

    def write(self, piece: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        if self._stream is not None and self.trouble is None:
            try:
                self._check(len(piece))
                self._stream.write(piece)
                self.size += len(piece)
            except OSError as why:
                self.trouble = why
                self.discard()
        return len(piece)

    def _check(self, more: int) -> None:
        if self.size + more > settings.LARGEST_OBJECT_BYTES:
            raise TooLarge("The object is larger than the department takes.")
        if (self.size + more) // ROOM_EVERY != self.size // ROOM_EVERY:
            ensure_room()

    def keep(self, folder: str) -> KeptFile:
        """Make the file durable under its final name. Raises OSError (NoRoom, TooLarge)."""
        if self.trouble is not None:
            raise self.trouble
        assert self._stream is not None  # noqa: S101 - there was no trouble, so there is a stream
        self._stream.close()
        kept = adopt(self._path, folder, ".dcm")
        self.discard.detach()
        return kept


def _forget(stream: BinaryIO | None, path: Path) -> None:
    if stream is not None:
        # A full disk refuses what is still in the buffer; the file goes all the same.
        with contextlib.suppress(OSError):
            stream.close()
        path.unlink(missing_ok=True)


def part10_head(elements: dict[int, tuple[str, str]]) -> bytes:
    """Preamble, prefix and file meta information (PS3.10 7.1), to stand before the data set.

    `elements` are (0002,eeee) → VR and text, ascending. Written by hand because a machine's own
    words are kept as they came, even where pydicom would object.
    """
    group = VERSION + b"".join(
        _element(element, vr, text) for element, (vr, text) in elements.items()
    )
    return PREAMBLE + struct.pack("<HH2sHL", 2, 0, b"UL", 4, len(group)) + group


def _element(element: int, vr: str, text: str) -> bytes:
    value = text.encode("ascii", "replace")
    if len(value) % 2:
        value += b"\0" if vr == "UI" else b" "
    return struct.pack("<HH2sH", 2, element, vr.encode(), len(value)) + value
