"""One connection: a buffer to read PDUs from, and a clock for everything that is awaited."""

import contextlib
import select
import socket
import ssl
import struct
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from gateway.dimse.upper_layer.pdus import Invalid, Kind, Reason

LARGEST_PDU = 1024 * 1024  # bytes; we ask for 128 KiB, and an A-ASSOCIATE-RQ can be long
READ_AHEAD = 512 * 1024  # bytes of an association; before there is one, as little as is needed
FIRST_READ = 16 * 1024
PDU_SECONDS = 60  # for the whole of one PDU to arrive
SEND_SECONDS = 30
HEADER = struct.Struct(">BxL")  # PS3.8 9.3.1
QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux

Done = TypeVar("Done")


class HungUp(Exception):
    """The connection is gone."""


class TooLate(Exception):
    """What was awaited did not come in time."""


class DoorCloses(Exception):
    """We are stopping, and nothing is half received."""


class Wire:
    """A connection that never waits longer than it was told to.

    `closing` is a file descriptor that becomes readable when the door closes.
    """

    def __init__(self, connection: socket.socket, closing: int) -> None:
        self.socket = connection
        self._closing = closing
        self._view = memoryview(bytearray(FIRST_READ))
        self._start = self._end = 0
        self._is_ours = True
        self.is_between_messages = True
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def read_pdu(self, seconds: float, seconds_for_the_rest: float) -> tuple[Kind, memoryview]:
        """The next PDU's type and body; the body is good until the next call.

        Its first byte may take `seconds`, and from then on the rest `seconds_for_the_rest`.
        Raises Invalid, HungUp, TooLate, DoorCloses.
        """
        if self._end == self._start:
            self._start = self._end = 0
            self._fill(1, time.monotonic() + seconds)
        deadline = time.monotonic() + seconds_for_the_rest
        self._fill(HEADER.size, deadline)
        kind, length = HEADER.unpack_from(self._view, self._start)
        if kind not in Kind._value2member_map_:
            raise Invalid("no PDU", Reason.UNRECOGNISED_PDU)
        if length > LARGEST_PDU:
            raise Invalid("a PDU of absurd length")
        whole = HEADER.size + length
        self._fill(whole, deadline)
        start, self._start = self._start + HEADER.size, self._start + whole
        return Kind(kind), self._view[start : self._start]

    def has_pdu(self) -> bool:
        """Whether a whole PDU is here already. The last body is not good any more."""
        with contextlib.suppress(TooLate):
            self._fill(HEADER.size, 0)
            _, length = HEADER.unpack_from(self._view, self._start)
            self._fill(HEADER.size + min(length, LARGEST_PDU), 0)
            return True
        return False

    def _fill(self, wanted: int, deadline: float) -> None:
        """Have at least `wanted` bytes in the buffer; take more if they are there."""
        while self._end - self._start < wanted:
            self._make_room(wanted)
            count = self._attempt(self._receive, select.POLLIN, deadline)
            if not count:
                raise HungUp
            self._end += count

    def _receive(self) -> int:
        # A sender with Nagle's algorithm on waits for our acknowledgement: never delay it.
        if QUICKACK is not None:
            self.socket.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)
        return self.socket.recv_into(self._view[self._end :])

    def _make_room(self, wanted: int) -> None:
        """Room for one byte more at least. It grows with what came, not with what was announced."""
        if self._start and self._start + wanted > len(self._view):
            waiting = self._end - self._start
            self._view[:waiting] = bytes(self._view[self._start : self._end])
            self._start, self._end = 0, waiting
        if self._end == len(self._view):
            self._grow(2 * len(self._view))

    def _grow(self, size: int) -> None:
        grown = bytearray(size)
        grown[: self._end] = self._view[: self._end]
        self._view = memoryview(grown)

    def widen(self) -> None:
        """An association stands: read in larger pieces from now on."""
        if len(self._view) < READ_AHEAD:
            self._grow(READ_AHEAD)

    def let_go(self) -> tuple[socket.socket, bytes]:
        """Hand the connection to somebody else, with what was read beyond the last PDU."""
        self._is_ours = False
        return self.socket, bytes(self._view[self._start : self._end])

    def drain(self, seconds: float) -> None:
        """Let fall whatever comes; ends by HungUp, TooLate or DoorCloses."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._start = self._end = 0
            self._fill(1, deadline)
        raise TooLate

    # ── writing, and the end ─────────────────────────────────────────────────────────────────────

    def send(self, content: bytes) -> None:
        """All of it, in one write if the caller reads at all. Raises HungUp, TooLate."""
        deadline = time.monotonic() + SEND_SECONDS
        while content:
            sent = self._attempt(partial(self.socket.send, content), select.POLLOUT, deadline)
            content = content[sent:]

    def shake_hands(self, context: ssl.SSLContext, seconds: float) -> None:
        """From here on TLS. Raises HungUp (a failed handshake too), TooLate, DoorCloses."""
        tls = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.socket = tls
        self._attempt(tls.do_handshake, select.POLLIN, time.monotonic() + seconds)

    def peek(self, seconds: float) -> bytes:
        """The first byte, which stays there to be read."""
        deadline = time.monotonic() + seconds
        look = partial(self.socket.recv, 1, socket.MSG_PEEK)
        return self._attempt(look, select.POLLIN, deadline)

    def shut_down(self) -> None:
        """Wake whoever waits for it, and let nothing pass any more."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Twice does no harm, nor after somebody else has it."""
        if self._is_ours:
            self.shut_down()
            self.socket.close()

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────

    def _attempt(self, step: Callable[[], Done], sense: int, deadline: float) -> Done:
        """Do `step` as soon as the connection lets us."""
        while True:
            try:
                return step()
            except BlockingIOError:
                self._wait(sense, deadline)
            except ssl.SSLWantReadError:
                self._wait(select.POLLIN, deadline)
            except ssl.SSLWantWriteError:
                self._wait(select.POLLOUT, deadline)
            except OSError as why:
                raise HungUp(str(why)) from why

    def _wait(self, sense: int, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if remaining <= 0:  # so is every look at what is here already
            raise TooLate
        poller = select.poll()
        poller.register(self.socket, sense)
        if self.is_between_messages:
            poller.register(self._closing, select.POLLIN)
        ready = poller.poll(remaining * 1000)
        if not ready:
            raise TooLate
        if any(which == self._closing for which, _ in ready):
            raise DoorCloses
