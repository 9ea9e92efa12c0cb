"""Large bodies by the shortest way: the thread that wants one reads it from the socket itself.

Through the event loop every piece would be copied four times and cross from the loop to the thread.
uvicorn's protocol of a connection is kept as it is; it only lends its socket for as long as one
body arrives, and takes the connection up again where that body ends.
"""

import contextlib
import io
import os
import socket
import time
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

QUIET_SECONDS = 60.0  # so long a sender may say nothing
LEAST_BYTES_A_SECOND = 1000  # of a body, on the whole: slower than the slowest of lines
EXTENSION = "imaging_dept.lend"  # of the ASGI scope: `LendingProtocol.lend` of its connection


class Pace:
    """How a body has arrived so far."""

    def __init__(self) -> None:
        self._begun, self._arrived = time.monotonic(), 0

    def note(self, size: int) -> None:
        """So many more bytes are here, and not the last. Raises TimeoutError for a drip."""
        self._arrived += size
        spent = time.monotonic() - self._begun
        if spent > QUIET_SECONDS + self._arrived / LEAST_BYTES_A_SECOND:
            raise TimeoutError("the sender is too slow")


class DirectBody(io.RawIOBase):
    """The rest of a body, read from the socket by one thread.

    Raises TimeoutError when it stops arriving or drips, ConnectionResetError when its sender goes:
    half of a body never looks like a whole one.
    """

    def __init__(self, begun: bytes, left: int, line: socket.socket) -> None:
        self._begun, self._line, self._pace = memoryview(begun), line, Pace()
        self.left = left  # bytes that are still in the socket, or on their way to it
        line.settimeout(QUIET_SECONDS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill `buffer` as far as bytes are here; 0 at the end of the body."""
        room = memoryview(buffer)
        if self._begun:
            size = min(len(room), len(self._begun))
            room[:size] = self._begun[:size]
            self._begun = self._begun[size:]
            return size
        if not self.left:
            return 0
        size = self._line.recv_into(room[: self.left])
        if not size:
            raise ConnectionResetError("the sender went away before the request was complete")
        self.left -= size
        if self.left:
            self._pace.note(size)
        return size

    def close(self) -> None:
        """Nobody reads any more. The connection itself stays."""
        self._line.close()
        super().close()

    def interrupt(self) -> None:
        """The connection is of no use any more: a thread that waits for bytes hears of it."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)


class PassingOver:
    """Stands in for the parser until a body that was lent has passed."""

    def __init__(self, protocol: "LendingProtocol", body: DirectBody) -> None:
        self._protocol, self._body = protocol, body

    def feed_data(self, data: bytes) -> None:
        """Pass over what nobody wanted to read; the next request begins behind it."""
        unread = min(len(data), self._body.left)
        self._body.left -= unread
        if unread < len(data):
            self._protocol.begin_anew()
            self._protocol.data_received(data[unread:])


class LendingProtocol(HttpToolsProtocol):
    """One connection of uvicorn's, whose socket a thread may borrow while a body arrives."""

    lent: DirectBody | None = None
    _arrived = 0

    def on_headers_complete(self) -> None:
        self._arrived = 0
        self.scope["extensions"] = {EXTENSION: {"lend": self.lend}}
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._arrived += len(body)
        super().on_body(body)

    def lend(self, begun: bytes, length: int) -> DirectBody | None:
        """The body of `length` bytes that is arriving, of which `begun` was received.

        None where only the loop can read it: encrypted, or complete already. Whoever gets it closes
        it before the answer ends.
        """
        cycle, line = self.cycle, self.transport.get_extra_info("socket")
        if self.scheme == "https" or line is None or not cycle.more_body or cycle.disconnected:
            return None
        self.flow.pause_reading()
        begun += bytes(cycle.body)
        cycle.body.clear()
        own = socket.socket(fileno=os.dup(line.fileno()))
        self.lent = DirectBody(begun, length - self._arrived, own)
        self.parser = PassingOver(self, self.lent)  # type: ignore[assignment]
        return self.lent

    def begin_anew(self) -> None:
        """Expect a request, as after `__init__`."""
        self.lent = None
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.lent is not None:
            self.lent.interrupt()
        super().connection_lost(exc)
