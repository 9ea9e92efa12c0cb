"""The wire, with limits: no PDU of absurd length, nobody who drips bytes, nobody who only talks."""

import contextlib
import logging
import socket
import time
from typing import TYPE_CHECKING, cast

from pynetdicom.fsm import StateMachine
from pynetdicom.pdu_primitives import A_P_ABORT
from pynetdicom.transport import AssociationSocket

from gateway.dimse.upper_layer.wire import LARGEST_PDU, PDU_SECONDS, QUICKACK, SEND_SECONDS

if TYPE_CHECKING:
    from gateway.dimse.association import Call

MOST_WAITING = 8  # messages; a sender that does not wait for answers waits for us

logger = logging.getLogger(__name__)


class BoundedSocket(AssociationSocket):
    """pynetdicom's socket with time and length limits, and without small-packet delays.

    `already_read`: what was taken from the connection before it was handed over.
    """

    def __init__(
        self, assoc: "Call", client_socket: socket.socket, already_read: bytes = b""
    ) -> None:
        client_socket.settimeout(SEND_SECONDS)
        super().__init__(assoc, client_socket=client_socket)
        self._already_read = bytearray(already_read)
        self._deadline = 0.0

    @property
    def ready(self) -> bool:
        """Data to read, unless the peer is so far ahead of us that it has to wait."""
        is_ahead = self.assoc.dimse.msg_queue.qsize() >= MOST_WAITING
        return not is_ahead and (bool(self._already_read) or super().ready)

    def recv(self, nr_bytes: int) -> bytearray:
        """`nr_bytes`, or fewer when the peer hung up. OSError when it is too slow or too large."""
        wire = cast(socket.socket, self.socket)
        if nr_bytes > LARGEST_PDU:
            raise OSError("The announced PDU is too long.")
        # The six bytes that start a PDU (PS3.8 9.3.1) start the clock for the rest of it.
        if nr_bytes == 6:  # noqa: PLR2004
            self._deadline = time.monotonic() + PDU_SECONDS
        buffer = self._already_read[:nr_bytes]
        del self._already_read[:nr_bytes]
        got = len(buffer)
        buffer.extend(bytes(nr_bytes - got))
        view = memoryview(buffer)
        try:
            while got < nr_bytes:
                wire.settimeout(max(self._deadline - time.monotonic(), 0.001))
                # A sender with Nagle's algorithm on waits for our acknowledgement: never delay it.
                if QUICKACK is not None:
                    wire.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)
                count = wire.recv_into(view[got:])
                if not count:
                    return buffer[:got]
                got += count
        finally:
            view.release()
            with contextlib.suppress(OSError):
                wire.settimeout(SEND_SECONDS)
        return buffer

    def _shutdown_socket(self) -> None:
        """pynetdicom leaves a connection open that the other side has closed first."""
        super()._shutdown_socket()
        if self.socket is not None:
            self.socket.close()


class SteadyMachine(StateMachine):
    """pynetdicom's state machine; a PDU that breaks it ends the association, not the thread."""

    def do_action(self, event: str) -> None:
        """Carry out one step of PS3.8 9.2; whatever fails closes the connection."""
        try:
            super().do_action(event)
        except Exception as why:
            logger.warning("%s broke the upper layer: %s", self.dul.assoc, type(why).__name__)
            self._hang_up()

    def _hang_up(self) -> None:
        assoc, wire = self.dul.assoc, self.dul.socket
        assoc.is_aborted, assoc.is_established, assoc._kill = True, False, True
        if wire is not None:
            wire._shutdown_socket()
        self.current_state = "Sta1"
        self.dul.kill_dul()
        self.dul.to_user_queue.put(A_P_ABORT())  # wakes a thread that waits for a request
        assoc.dimse.msg_queue.put((None, None))
