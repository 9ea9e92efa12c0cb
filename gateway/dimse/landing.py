"""Where an object's bytes land while they arrive: in a file, so that no size fills the memory."""

import contextlib
import hashlib
import io
import os
import struct
import weakref
from pathlib import Path

from django.conf import settings

from common.files import KeptFile, aside, ensure_room, name_and_sync
from gateway.dimse.identity import IMPLEMENTATION_UID, IMPLEMENTATION_VERSION

ROOM_EVERY = 64 * 1024**2  # bytes between two looks at the free space
PREAMBLE = b"\0" * 128 + b"DICM"
VERSION = struct.pack("<HH2s2xL2s", 2, 1, b"OB", 2, b"\0\1")  # (0002,0001)


class TooLarge(OSError):
    """The object is larger than the department takes (LARGEST_OBJECT_BYTES)."""


class Landing:
    """A file that grows as fragments come.

    Writing never raises: a full disk must be answered (A700), not tear the association down. What
    went wrong is kept in `trouble`, the rest of the object is let fall, and `keep` raises it.
    """

    def __init__(self, head: bytes) -> None:
        self.size = 0
        self.trouble: OSError | None = None
        self._digest = hashlib.sha256()
        self._path = aside()
        self._descriptor = -1
        try:
            ensure_room()
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except OSError as why:
            self.trouble = why
        # Whatever becomes of the association, the half-written file goes with this object.
        self.discard = weakref.finalize(self, _forget, self._descriptor, self._path)
        self.write(head)

    def write(self, piece: "bytes | memoryview", /) -> None:
        """Append, straight to the file: what came by the network is copied no further."""
        if self.trouble is not None:
            return
        try:
            self._check(len(piece))
            _write_all(self._descriptor, piece)
        except OSError as why:
            self.trouble = why
            self.discard()
            return
        self._digest.update(piece)
        self.size += len(piece)

    def _check(self, more: int) -> None:
        if self.size + more > settings.LARGEST_OBJECT_BYTES:
            raise TooLarge("The object is larger than the department takes.")
        if (self.size + more) // ROOM_EVERY != self.size // ROOM_EVERY:
            ensure_room()

    def keep(self, folder: str) -> KeptFile:
        """Make the bytes durable under their final name. Raises OSError (NoRoom, TooLarge).

        The name itself is durable once `common.files.sync_folders` has seen it.
        """
        if self.trouble is not None:
            raise self.trouble
        path = name_and_sync(self._descriptor, self._path, folder, ".dcm")
        self.discard.detach()
        os.close(self._descriptor)
        return KeptFile(path, self.size, self._digest.hexdigest())


class LandingStream(io.BytesIO):
    """A landing in the place of the in-memory data set of pynetdicom's C-STORE request."""

    def __init__(self, landing: Landing | None) -> None:
        super().__init__()
        self.landing = landing

    def write(self, piece: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        if self.landing is not None:
            self.landing.write(bytes(piece))
        return len(piece)

    def discard(self) -> None:
        """Let go of the file, unless it was kept."""
        if self.landing is not None:
            self.landing.discard()


def _write_all(descriptor: int, piece: "bytes | memoryview") -> None:
    while written := os.write(descriptor, piece):
        if written == len(piece):
            return
        piece = piece[written:]


def _forget(descriptor: int, path: Path) -> None:
    if descriptor >= 0:
        with contextlib.suppress(OSError):
            os.close(descriptor)
        path.unlink(missing_ok=True)


def object_head(sop_class: str, sop_instance: str, transfer_syntax: str, sender: str) -> bytes:
    """What stands before a received data set: all that the association knew of it."""
    return part10_head(
        {
            0x0002: ("UI", sop_class),
            0x0003: ("UI", sop_instance),
            0x0010: ("UI", transfer_syntax),
            0x0012: ("UI", IMPLEMENTATION_UID),
            0x0013: ("SH", IMPLEMENTATION_VERSION),
            0x0016: ("AE", sender),
        }
    )


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
