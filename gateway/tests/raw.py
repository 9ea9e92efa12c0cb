"""A caller who writes its bytes itself, right or wrong."""

import socket
import struct
from types import TracebackType
from typing import Self

from gateway.tests.sending import CT, IMPLICIT

VERIFICATION = "1.2.840.10008.1.1"
RQ, AC, RJ, DATA, RELEASE_RQ, RELEASE_RP, ABORT = range(1, 8)
NO_DATA, WITH_DATA = 0x0101, 0x0000
C_STORE, C_FIND, C_ECHO, C_CANCEL = 0x0001, 0x0020, 0x0030, 0x0FFF


def pdu(kind: int, body: bytes = b"\0\0\0\0") -> bytes:
    return struct.pack(">BxL", kind, len(body)) + body


def item(kind: int, value: bytes) -> bytes:
    return struct.pack(">BxH", kind, len(value)) + value


def request(
    contexts: dict[int, str] | None = None,
    *,
    calling: str = "TEST_SCU",
    called: str = "IMAGING_DEPT",
    version: int = 1,
    syntax: str = IMPLICIT,
) -> bytes:
    """An A-ASSOCIATE-RQ for storage in context 1 and verification in context 3."""
    wanted = contexts or {1: CT, 3: VERIFICATION}
    proposed = b"".join(
        item(
            0x20,
            bytes([number, 0, 0, 0]) + item(0x30, name.encode()) + item(0x40, syntax.encode()),
        )
        for number, name in wanted.items()
    )
    return pdu(
        RQ,
        struct.pack(">HH", version, 0)
        + called.ljust(16).encode()
        + calling.ljust(16).encode()
        + bytes(32)
        + item(0x10, b"1.2.840.10008.3.1.1.1")
        + proposed
        + item(0x50, item(0x51, struct.pack(">L", 16384)) + item(0x52, b"1.2.3")),
    )


def command(field: int, data_set: int, *, sop_class: str = CT, instance: str = "2.25.1") -> bytes:
    """An encoded command."""
    elements = [
        (0x0002, sop_class.encode()),
        (0x0100, struct.pack("<H", field)),
        (0x0110, struct.pack("<H", 7)),
        (0x0800, struct.pack("<H", data_set)),
        (0x1000, instance.encode()),
    ]
    return b"".join(
        struct.pack("<HHL", 0, tag, len(value) + len(value) % 2) + value + b"\0" * (len(value) % 2)
        for tag, value in elements
    )


def fragment(context: int, header: int, value: bytes = b"") -> bytes:
    """A presentation data value; header 3 ends a command, 2 a data set."""
    return struct.pack(">LBB", len(value) + 2, context, header) + value


STORE = fragment(1, 3, command(C_STORE, WITH_DATA))
ECHO = pdu(DATA, fragment(3, 3, command(C_ECHO, NO_DATA, sop_class=VERIFICATION)))


class Caller:
    """A connection to the door."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None
    ) -> None:
        self.socket.close()

    def says(self, *pdus: bytes) -> "Caller":
        self.socket.sendall(b"".join(pdus))
        return self

    def hears(self) -> tuple[int, bytes]:
        """The next PDU; (0, b"") when the other side has hung up."""
        head = self._exactly(6)
        if len(head) < 6:
            return 0, b""
        kind, length = struct.unpack(">BxL", head)
        return kind, self._exactly(length)

    def status(self) -> int:
        """The status of the next answer."""
        kind, body = self.hears()
        assert kind == DATA, (kind, body)
        place = body.index(b"\0\0\0\x09\x02\0\0\0") + 8
        return int.from_bytes(body[place : place + 2], "little")

    def _exactly(self, wanted: int) -> bytes:
        got = b""
        try:
            while len(got) < wanted and (more := self.socket.recv(wanted - len(got))):
                got += more
        except ConnectionResetError:
            pass
        return got
