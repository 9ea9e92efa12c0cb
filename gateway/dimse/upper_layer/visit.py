"""One connection from its first byte to its last."""

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from equipment.services import Caller
from gateway.dimse import refusals
from gateway.dimse.admission import ACCEPTED, Refusal, Verdict, admit, judge
from gateway.dimse.identity import IMPLEMENTATION_UID, IMPLEMENTATION_VERSION
from gateway.dimse.upper_layer import pdus
from gateway.dimse.upper_layer.machine import MOVES, Action, Event, Mishap, State
from gateway.dimse.upper_layer.messages import Unacceptable
from gateway.dimse.upper_layer.pdus import AssociateRequest, Invalid, Kind, Reason, Source
from gateway.dimse.upper_layer.serving import Serving, serves
from gateway.dimse.upper_layer.wire import PDU_SECONDS, DoorCloses, HungUp, TooLate, Wire

if TYPE_CHECKING:
    from gateway.listener import Door

ARTIM_SECONDS = 15  # PS3.8 9.1.5: to ask for an association, and to hang up after its end
IDLE_SECONDS = 120
MAX_PDU = 128 * 1024  # bytes; DCMTK sends 16 KiB unless it is offered more
TLS_HANDSHAKE = b"\x16"  # how a ClientHello begins (RFC 8446 5.1), and no PDU does

logger = logging.getLogger(__name__)


class Visit(threading.Thread):
    """Somebody at the door. Runs in a thread of its own, so that nobody waits for anybody else."""

    def __init__(self, door: "Door", connection: socket.socket, address: tuple[str, int]) -> None:
        super().__init__(name=f"Visit@{address[0]}:{address[1]}", daemon=True)
        self.door = door
        self.address = address
        self.title = ""  # once it has an association
        self.is_by_tls = False
        self._wire = Wire(connection, door.closing)
        self._state = State.REQUEST
        self._body = memoryview(b"")
        self._reason = Reason.NOT_SPECIFIED
        self._serving: Serving | None = None
        self._is_garbled = False
        self._until = time.monotonic() + ARTIM_SECONDS

    def __str__(self) -> str:
        return f"{self.title or 'somebody'} at {self.host}"

    @property
    def host(self) -> str:
        return self.address[0]

    def run(self) -> None:
        """The whole visit."""
        try:
            self._begin_tls()
            while self._state is not State.IDLE:
                self._move(self._next_event())
        except (HungUp, TooLate, DoorCloses) as why:
            logger.info("%s: the connection ended: %s", self, str(why) or type(why).__name__)
        except Exception:
            logger.exception("%s: the association failed", self)
            with contextlib.suppress(HungUp, TooLate, DoorCloses):
                self._wire.send(pdus.abort(Source.PROVIDER))
        finally:
            self._end_serving()
            self._wire.close()

    def cut(self) -> None:
        """End it, whatever it is doing."""
        self._wire.shut_down()

    def _begin_tls(self) -> None:
        """Both kinds of caller come to the same port; their first byte tells them apart."""
        context = self.door.tls
        if context and self._wire.peek(ARTIM_SECONDS) == TLS_HANDSHAKE:
            self._wire.shake_hands(context, ARTIM_SECONDS)
            self.is_by_tls = True

    # ── what comes ───────────────────────────────────────────────────────────────────────────────

    def _next_event(self) -> Event:
        """Wait for it, as long as the state allows."""
        try:
            return self._read()
        except Invalid as why:
            return self._invalid(why)
        except HungUp:
            return Mishap.HUNG_UP
        except TooLate:
            return Mishap.TOO_LATE
        except DoorCloses:
            return Mishap.DOOR_CLOSES

    def _read(self) -> Event:
        if self._state is State.MESSAGES:
            is_between = self._serving is None or self._serving.is_between_messages
            self._wire.is_between_messages = is_between
            if is_between and self.door.is_closing:
                raise DoorCloses
            kind, self._body = self._wire.read_pdu(IDLE_SECONDS, PDU_SECONDS)
            return kind
        remaining = self._until - time.monotonic()
        if self._is_garbled:
            self._wire.drain(remaining)
        kind, self._body = self._wire.read_pdu(remaining, remaining)
        return kind

    def _invalid(self, why: Invalid) -> Event:
        logger.warning("%s broke the upper layer: %s", self, why)
        self._is_garbled = True  # where the next PDU begins is anybody's guess
        self._reason = why.reason
        return Mishap.INVALID

    # ── what is done ─────────────────────────────────────────────────────────────────────────────

    def _move(self, event: Event) -> None:
        """One step along the table of moves."""
        action = MOVES[self._state][event]
        if isinstance(event, Kind):
            self._reason = Reason.UNEXPECTED_PDU
        try:
            self._state = ACTIONS[action](self)
        except Invalid as why:
            self._move(self._invalid(why))
        except Unacceptable as why:
            logger.warning("%s broke the protocol: %s", self, why)
            self._state = self._abort_as_user()

    def _decide(self) -> State:
        """Accept, reject, or hand over to pynetdicom what is not for us (AE-6)."""
        request = pdus.read_request(bytes(self._body))
        try:
            caller = admit(request, self.host, self.door.clerk, by_tls=self.is_by_tls)
            self.door.seat(self, caller.ae_title)
        except Refusal as refusal:
            return self._turn_away(request, refusal)
        verdicts = [
            judge(one.abstract_syntax, one.transfer_syntaxes, caller) for one in request.contexts
        ]
        if not all(serves(verdict.service) for verdict in verdicts if verdict.result == ACCEPTED):
            return self._hand_over(request, caller)
        return self._accept(request, verdicts, caller)

    def _accept(self, request: AssociateRequest, verdicts: list[Verdict], caller: Caller) -> State:
        answered = list(zip(request.contexts, verdicts, strict=True))
        self._serving = Serving(
            {
                one.context_id: (one.abstract_syntax, verdict.transfer_syntax)
                for one, verdict in answered
                if verdict.result == ACCEPTED
            },
            caller,
            self.door,
            largest_pdu=request.largest_pdu,
        )
        self._wire.widen()
        self._wire.send(
            pdus.accept(
                request,
                ((one.context_id, it.result, it.transfer_syntax) for one, it in answered),
                pdus.user_items(MAX_PDU, IMPLEMENTATION_UID, IMPLEMENTATION_VERSION),
            )
        )
        refusals.note_services(
            caller,
            ((one.abstract_syntax, one.transfer_syntaxes, it.result) for one, it in answered),
            self.door.clerk,
        )
        return State.MESSAGES

    def _turn_away(self, request: AssociateRequest, refusal: Refusal) -> State:
        self.door.clerk.ask(refusals.note, request.calling, self.host, refusal)
        self._wire.send(pdus.reject(refusal.result, refusal.source, refusal.diagnostic))
        return self._await_the_end()

    def _hand_over(self, request: AssociateRequest, caller: Caller) -> State:
        connection, further = self._wire.let_go()
        self.door.hand_over(self, caller, connection, pdus.repeated(request) + further)
        return State.IDLE

    def _take(self) -> State:
        assert self._serving is not None  # noqa: S101 - there is an association
        self._wire.is_between_messages = False
        for answer in self._serving.take(self._body):
            self._wire.send(answer)
        while (answers := self._serving.found()) is not None:
            self._wire.send(answers)
            if self._wire.has_pdu():  # a C-CANCEL, perhaps
                break
        return State.MESSAGES

    def _answer_release(self) -> State:
        self.title = ""  # who calls again at once finds its place free
        self._wire.send(pdus.RELEASE_RP)
        return self._await_the_end()

    def _abort_as_user(self) -> State:
        self._wire.send(pdus.abort(Source.USER))
        return self._await_the_end()

    def _abort_as_provider(self) -> State:
        self._wire.send(pdus.abort(Source.PROVIDER, self._reason))
        return self._await_the_end()

    def _await_the_end(self) -> State:
        """Our last word is said: the other side closes the connection, or ARTIM does."""
        self._end_serving()
        self._wire.is_between_messages = True
        if self._state is not State.CLOSING:
            self._until = time.monotonic() + ARTIM_SECONDS
        return State.CLOSING

    def _end_serving(self) -> None:
        serving, self._serving, self.title = self._serving, None, ""
        if serving is not None:
            serving.end()

    def _ignore(self) -> State:
        return self._state

    def _close(self) -> State:
        return State.IDLE


ACTIONS: dict[Action, Callable[[Visit], State]] = {
    Action.DECIDE: Visit._decide,
    Action.TAKE: Visit._take,
    Action.ANSWER_RELEASE: Visit._answer_release,
    Action.ABORT_AS_USER: Visit._abort_as_user,
    Action.ABORT_AS_PROVIDER: Visit._abort_as_provider,
    Action.ABORT_AGAIN: Visit._abort_as_provider,
    Action.IGNORE: Visit._ignore,
    Action.CLOSE: Visit._close,
}
