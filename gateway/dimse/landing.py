"""Where an object's bytes land while they arrive: in a file, so that no size fills the memory."""

import contextlib
import hashlib
import io
import os
import weakref
from pathlib import Path

from common.files import KeptFile, aside, ensure_room, name_first
from common.half_written import ensure_room_for


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
            ensure_room_for(self.size, len(piece))
            _write_all(self._descriptor, piece)
        except OSError as why:
            self.trouble = why
            self.discard()
            return
        self._digest.update(piece)
        self.size += len(piece)

    def name(self, folder: str) -> KeptFile:
        """Give what has come its final name. Raises OSError (NoRoom, TooLarge).

        It is durable once `sync` and `common.files.sync_folders` are through.
        """
        if self.trouble is not None:
            raise self.trouble
        path = name_first(self._path, folder, ".dcm")
        return KeptFile(path, self.size, self._digest.hexdigest())

    def sync(self) -> None:
        """Have the bytes safe on the disk. Raises OSError."""
        os.fsync(self._descriptor)


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
