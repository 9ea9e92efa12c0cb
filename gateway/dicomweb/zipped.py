"""Objects in a ZIP file (PS3.18 8.7.3.3.2): written while it is sent, however many there are."""

import io
import zipfile
from collections.abc import Iterable, Iterator

ZIP = "application/zip"
# Time would come from the machine that packs; the same objects make the same file.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


class Sink(io.RawIOBase):
    """Keeps what the packer writes until it is sent on."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: "bytes | memoryview", /) -> int:  # type: ignore[override]
        self._held.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """What has been written since the last time."""
        held, self._held = b"".join(self._held), []
        return held


def zip_pieces(members: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """A ZIP file of these names and contents. Images hardly shrink, so nothing is compressed."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, pieces in members:
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr = READABLE
            with archive.open(entry, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)
                    yield sink.taken()
    yield sink.taken()
