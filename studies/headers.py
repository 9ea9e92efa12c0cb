"""How a header is kept: compressed, in pieces that can be sent on without unpacking them.

Metadata of a series is the headers of its instances with commas between them, and a whole address
before the path of every bulk value. What is kept is one zlib stream (RFC 1950), which whoever
unpacks it finds to be the header; but it is flushed in full wherever an address is to come, so
that no piece looks back into another, and behind the stream stands where the pieces lie. The joined
answer is these pieces with the addresses between them, uncompressed: a valid stream again
(RFC 1951 3.2.4), whose check sum follows from those of its pieces.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator

BULK = b'"BulkDataURI":"'  # quotes inside JSON texts are escaped: it is never part of a value
LEVEL = 2  # a header shrinks to a third; higher levels take longer than they save
MOST_PIECES = 100  # beyond that it is kept as one

_PIECE = struct.Struct("<III")  # bytes kept, bytes told, Adler-32 of what is told
_END = struct.Struct("<H4s")  # how many pieces, and that this is how it is kept
_MARK = b"cut1"
_START = b"\x78\x01"  # RFC 1950 2.2: deflate, a window of 32 kB
_LAST = b"\x03\x00"  # an empty last block
_LONGEST_LITERAL = 65_535
_ADLER_BASE = 65_521


def pack(header: bytes) -> bytes:
    """A header as it is kept."""
    texts = _cut(header)
    if len(texts) > MOST_PIECES:
        return zlib.compress(header, LEVEL)
    engine = zlib.compressobj(LEVEL)
    kept: list[bytes] = []
    table: list[bytes] = []
    for text in texts:
        piece = engine.compress(text) + engine.flush(zlib.Z_FULL_FLUSH)
        kept.append(piece)
        table.append(_PIECE.pack(len(piece), len(text), zlib.adler32(text)))
    return b"".join([*kept, engine.flush(), *table, _END.pack(len(texts), _MARK)])


def unpack(kept: bytes | memoryview) -> bytes:
    """The header again; what stands behind its stream is passed over."""
    return zlib.decompress(kept)


def with_addresses(header: bytes, address: str) -> bytes:
    """The header with whole addresses: it names bulk relative to its instance."""
    return header.replace(BULK, BULK + address.encode())


def _cut(header: bytes) -> list[bytes]:
    """Every piece but the last ends where an address is to come."""
    *before, last = header.split(BULK)
    return [*(text + BULK for text in before), last]


class Joined:
    """One stream made of kept headers and short texts, as `Content-Encoding: deflate` sends it."""

    def __init__(self) -> None:
        self._low, self._high = 1, 0  # the two halves of Adler-32
        self._pieces: list[bytes] = [_START]

    def add_text(self, text: bytes) -> None:
        """A short text, uncompressed."""
        for at in range(0, len(text), _LONGEST_LITERAL):
            part = text[at : at + _LONGEST_LITERAL]
            length = len(part)
            self._pieces.append(b"\x00" + struct.pack("<HH", length, length ^ 0xFFFF) + part)
            self._count(length, zlib.adler32(part))

    def add_header(self, kept: bytes, address: str) -> None:
        """A kept header, with whole addresses."""
        pieces = list(_pieces_of(kept))
        if not pieces:  # kept before there were pieces
            self._add_unpacked(with_addresses(unpack(kept), address))
        literal = address.encode()
        for number, (piece, length, adler) in enumerate(pieces):
            if number:
                self.add_text(literal)
            self._pieces.append(piece)
            self._count(length, adler)

    def take(self) -> bytes:
        """What has come together since the last time."""
        taken = b"".join(self._pieces)
        self._pieces = []
        return taken

    def end(self) -> bytes:
        """The rest of the stream."""
        self._pieces.append(_LAST + struct.pack(">HH", self._high, self._low))
        return self.take()

    def _add_unpacked(self, text: bytes) -> None:
        engine = zlib.compressobj(LEVEL, wbits=-zlib.MAX_WBITS)
        self._pieces.append(engine.compress(text) + engine.flush(zlib.Z_FULL_FLUSH))
        self._count(len(text), zlib.adler32(text))

    def _count(self, length: int, adler: int) -> None:
        """The sum of two texts from the sums of both (RFC 1950 8.2)."""
        low, high = adler & 0xFFFF, adler >> 16
        self._high = (self._high + high + length * (self._low - 1)) % _ADLER_BASE
        self._low = (self._low + low - 1) % _ADLER_BASE


def _pieces_of(kept: bytes) -> Iterable[tuple[bytes, int, int]]:
    """Each piece, how long its text is, and that text's check sum. None where it is kept as one."""
    if len(kept) < _END.size:
        return
    count, mark = _END.unpack_from(kept, len(kept) - _END.size)
    table = len(kept) - _END.size - count * _PIECE.size
    if mark != _MARK or table < len(_START):
        return
    at = len(_START)  # the first piece begins behind the stream's own first bytes
    for number in range(count):
        size, length, adler = _PIECE.unpack_from(kept, table + number * _PIECE.size)
        if not number:
            size -= len(_START)
        yield kept[at : at + size], length, adler
        at += size


def joined(headers: Iterable[tuple[bytes, str]], at_once: int) -> Iterator[bytes]:
    """A JSON array of kept headers, each with the address of its instance, compressed."""
    stream, lead = Joined(), b"["
    for number, (kept, address) in enumerate(headers, 1):
        stream.add_text(lead)
        stream.add_header(kept, address)
        lead = b","
        if number % at_once == 0:
            yield stream.take()
    stream.add_text(b"[]" if lead == b"[" else b"]")
    yield stream.end()
