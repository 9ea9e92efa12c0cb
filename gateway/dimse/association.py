"""One machine's call: who it is, what it may ask for, and that nothing of it stays behind."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from pynetdicom import AE, evt
from pynetdicom._globals import MODE_ACCEPTOR
from pynetdicom.acse import ACSE
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_ECHO, C_FIND, C_STORE, DimseServiceType
from pynetdicom.pdu_primitives import A_ASSOCIATE, A_P_ABORT
from pynetdicom.presentation import PresentationContext

from equipment.services import Caller, identify_caller
from gateway.dimse import refusals
from gateway.dimse.intake import Intake
from gateway.dimse.registry import SERVICES, Service
from gateway.dimse.transport import SteadyMachine

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
ACCEPTED, NOT_FOR_YOU, UNKNOWN_SERVICE, UNKNOWN_SYNTAX = 0x00, 0x01, 0x03, 0x04  # PS3.8 9.3.3.2

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refusal(Exception):
    """An association that is not accepted, in the standard's numbers (PS3.8 table 9-21)."""

    result: int
    source: int
    diagnostic: int
    reason: str
    when: str


UNKNOWN_CALLER = Refusal(
    *(1, 1, 3, "calling AE title not recognised"),
    when="the calling AE title is not registered, or calls from another address than its own",
)
WRONG_CALLED = Refusal(
    *(1, 1, 7, "called AE title not recognised"), when="the called AE title is not ours"
)
UNKNOWN_CONTEXT = Refusal(
    *(1, 1, 2, "application context name not supported"), when="another application context"
)
CANNOT_ASK = Refusal(
    *(2, 3, 1, "temporary congestion"), when="the database cannot be asked who calls"
)
TOO_MANY = Refusal(*(2, 3, 2, "local limit exceeded"), when="too many associations")


class Call(Association):
    """An association that a machine has asked for. It runs in a thread of its own."""

    acse: "Reception"
    dimse: Intake
    caller: Caller | None = None
    afterwards: list[Callable[[], None]]
    """Work of a request that can wait until its answer is on its way."""

    def __init__(self, ae: AE) -> None:
        super().__init__(ae, MODE_ACCEPTOR)
        self.afterwards = []
        self.acse = Reception(self)
        self.dimse = Intake(self)
        self.dul.state_machine = SteadyMachine(self.dul)
        self.dul.daemon = True
        self.bind(evt.EVT_CONN_CLOSE, _wake)

    def __str__(self) -> str:
        title = self.requestor.ae_title.strip() if self.requestor.primitive else ""
        return f"{title or 'somebody'} at {self.requestor.address}"

    @property
    def is_quiet(self) -> bool:
        """Nothing is half received, being answered, or still to be sent."""
        return not self.dimse.is_busy and self.dul.to_provider_queue.empty()

    def run_reactor(self) -> None:
        """The whole life of the call."""
        try:
            super().run_reactor()
        except Exception:
            logger.exception("%s: the association failed", self)
            self.abort()
        finally:
            self.dimse.abandon()
            connections.close_all()  # this thread's own

    def _serve_request(self, msg: DimseServiceType, context_id: int) -> None:
        if not isinstance(msg, C_ECHO | C_STORE | C_FIND):
            self.abort()
            return
        self.dimse.is_serving = True
        close_old_connections()
        try:
            super()._serve_request(msg, context_id)
            self._do_what_could_wait()
        finally:
            close_old_connections()
            self.dimse.is_serving = False

    def _do_what_could_wait(self) -> None:
        """Whatever fails here has no part in the answer."""
        while self.afterwards:
            work = self.afterwards.pop(0)
            try:
                work()
            except Exception as why:
                logger.warning("%s: left undone after an answer: %s", self, why)


def _wake(event: evt.Event) -> None:
    """A connection that closed before it asked for anything would keep its thread waiting."""
    call = event.assoc
    if call.requestor.primitive is None:
        call.is_aborted = True
        call.dul.to_user_queue.put(A_P_ABORT())


class Reception(ACSE):
    """Who comes in: the decision on an A-ASSOCIATE-RQ (PS3.8 7.1.1)."""

    assoc: Call

    def _negotiate_as_acceptor(self) -> None:
        request = cast(A_ASSOCIATE, self.requestor.primitive)
        self.requestor.ae_title = request.calling_ae_title
        try:
            self.assoc.caller = caller = self._admit(request)
        except Refusal as refusal:
            self._turn_away(refusal)
            return
        answers = [
            _answer(proposed, caller) for proposed in request.presentation_context_definition_list
        ]
        self.assoc._accepted_cx = {
            cast(int, one.context_id): one for one in answers if one.result == ACCEPTED
        }
        self.assoc._rejected_cx = [one for one in answers if one.result != ACCEPTED]
        self.send_accept()
        evt.trigger(self.assoc, evt.EVT_ACCEPTED, {})
        self.assoc.is_established = True
        evt.trigger(self.assoc, evt.EVT_ESTABLISHED, {})

    def _admit(self, request: A_ASSOCIATE) -> Caller:
        """The registered machine that calls. Raises Refusal."""
        server = self.assoc._server
        established = [one for one in server.active_associations if one.is_established]  # type: ignore[union-attr]
        if len(established) >= settings.DICOM_MAX_ASSOCIATIONS:
            raise TOO_MANY
        if request.application_context_name != APPLICATION_CONTEXT:
            raise UNKNOWN_CONTEXT
        if request.called_ae_title.strip() != settings.DICOM_AE_TITLE:
            raise WRONG_CALLED
        close_old_connections()
        try:
            caller = identify_caller(request.calling_ae_title, self.requestor.address)
        except DatabaseError as why:
            logger.warning("Cannot ask the database who calls: %s", why)
            raise CANNOT_ASK from why
        if caller is None:
            raise UNKNOWN_CALLER
        return caller

    def _turn_away(self, refusal: Refusal) -> None:
        refusals.note(self.requestor.ae_title.strip(), self.requestor.address, refusal.reason)
        self.send_reject(refusal.result, refusal.source, refusal.diagnostic)
        evt.trigger(self.assoc, evt.EVT_REJECTED, {})
        self.assoc.kill()


def _answer(proposed: PresentationContext, caller: Caller) -> PresentationContext:
    """Accepted with one transfer syntax, or the reason why not (PS3.8 table 9-18)."""
    answer = PresentationContext()
    answer.context_id = proposed.context_id
    answer.abstract_syntax = proposed.abstract_syntax
    answer._as_scu, answer._as_scp = False, True
    service = next((one for one in SERVICES if one.offers(proposed.abstract_syntax)), None)
    answer.result, syntax = _verdict(service, proposed, caller)
    answer.transfer_syntax = [syntax]
    return answer


def _verdict(
    service: Service | None, proposed: PresentationContext, caller: Caller
) -> tuple[int, str]:
    first = proposed.transfer_syntax[0]
    if service is None:
        return UNKNOWN_SERVICE, first
    if not service.is_open_to(caller):
        return NOT_FOR_YOU, first
    # The sender put them in its order of preference.
    known = (one for one in proposed.transfer_syntax if service.speaks(one))
    syntax = next(known, None)
    return (UNKNOWN_SYNTAX, first) if syntax is None else (ACCEPTED, syntax)
