"""One machine's call: who it is, what it may ask for, and that nothing of it stays behind."""

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from django.db import close_old_connections, connections
from pynetdicom import AE, evt
from pynetdicom._globals import MODE_ACCEPTOR
from pynetdicom.acse import ACSE
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import (
    C_ECHO,
    C_FIND,
    C_GET,
    C_MOVE,
    C_STORE,
    N_ACTION,
    N_CREATE,
    N_GET,
    N_SET,
    DimseServiceType,
)
from pynetdicom.pdu_primitives import A_ASSOCIATE, A_P_ABORT, SOPClassExtendedNegotiation
from pynetdicom.presentation import PresentationContext
from pynetdicom.service_class import ServiceClass

from equipment.services import Caller
from gateway.dimse import refusals
from gateway.dimse.admission import ACCEPTED, NOT_FOR_YOU, judge
from gateway.dimse.archive.models import granted
from gateway.dimse.intake import Intake
from gateway.dimse.roles import Roles
from gateway.dimse.transport import SteadyMachine

if TYPE_CHECKING:
    from gateway.listener import Door

# Messages that the registry's services answer; whoever sends another is not understood.
ANSWERED = (C_ECHO, C_STORE, C_FIND, C_MOVE, C_GET, N_CREATE, N_SET, N_GET, N_ACTION)

logger = logging.getLogger(__name__)


class Call(Association):
    """An association that pynetdicom serves. It runs in a thread of its own."""

    acse: "Reception"
    dimse: Intake
    afterwards: list[Callable[[], None]]
    """Work of a request that can wait until its answer is on its way."""

    def __init__(self, ae: AE, caller: Caller, door: "Door") -> None:
        super().__init__(ae, MODE_ACCEPTOR)
        self.afterwards = []
        self.granted: dict[str, bytes] = {}  # of extended negotiation, by SOP class
        self.caller = caller
        self.door = door
        self.acse = Reception(self)
        self.dimse = Intake(self)
        self.dul.state_machine = SteadyMachine(self.dul)
        self.dul.daemon = True
        self.bind(evt.EVT_CONN_CLOSE, _wake)

    def __str__(self) -> str:
        title = self.requestor.ae_title.strip() if self.requestor.primitive else ""
        return f"{title or 'somebody'} at {self.requestor.address}"

    @property
    def title(self) -> str:
        """Whose seat it takes; nobody's once the association has ended."""
        return "" if self._kill else self.caller.ae_title

    @property
    def host(self) -> str:
        return str(self.requestor.address)

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
        if not isinstance(msg, ANSWERED):
            self.abort()
            return
        self.dimse.is_serving = True
        close_old_connections()
        try:
            if isinstance(msg, C_MOVE | C_GET):
                self._retrieve(msg, context_id)
            else:
                super()._serve_request(msg, context_id)
            self._do_what_could_wait()
        finally:
            close_old_connections()
            self.dimse.is_serving = False

    def _retrieve(self, msg: C_MOVE | C_GET, context_id: int) -> None:
        """Our own sub-operations: pynetdicom's would encode every object anew."""
        context = self._accepted_cx.get(context_id)
        if context is None or not msg.is_valid_request:
            self.abort()
            return
        kind = evt.EVT_C_MOVE if isinstance(msg, C_MOVE) else evt.EVT_C_GET
        self.dimse.cancel_req = {}
        self._is_paused = True  # as pynetdicom does while a service answers
        facts = {
            "request": msg,
            "context": context.as_tuple,
            "_is_cancelled": ServiceClass(self).is_cancelled,
        }
        try:
            evt.trigger(self, kind, facts)
        finally:
            self._is_paused = False
            self.dimse.cancel_req = {}

    def is_relational(self, sop_class: str) -> bool:
        """Were relational queries negotiated for this SOP class (PS3.4 C.5)?"""
        return self.granted.get(sop_class, b"")[:1] == b"\x01"

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
    """What each presentation context is answered (PS3.8 7.1.1)."""

    assoc: Call

    def _negotiate_as_acceptor(self) -> None:
        """Say yes: who calls was admitted before this association was handed over to us."""
        request = cast(A_ASSOCIATE, self.requestor.primitive)
        self.requestor.ae_title = request.calling_ae_title
        proposed = request.presentation_context_definition_list
        roles = Roles(self.requestor.role_selection, self.assoc.caller)
        answers = roles.settled([_answer(one, roles) for one in proposed], proposed)
        self.assoc._accepted_cx = {
            cast(int, one.context_id): one for one in answers if one.result == ACCEPTED
        }
        self.assoc._rejected_cx = [one for one in answers if one.result != ACCEPTED]
        for role in roles.items():
            self.acceptor.add_negotiation_item(role)
        for extension in self._granted():
            self.acceptor.add_negotiation_item(extension)
        self.send_accept()
        self._note_refusals(proposed, answers)
        evt.trigger(self.assoc, evt.EVT_ACCEPTED, {})
        self.assoc.is_established = True
        evt.trigger(self.assoc, evt.EVT_ESTABLISHED, {})

    def _note_refusals(
        self, proposed: list[PresentationContext], answers: list[PresentationContext]
    ) -> None:
        answered = [
            (str(one.abstract_syntax), one.transfer_syntax, cast(int, answer.result))
            for one, answer in zip(proposed, answers, strict=True)
        ]
        refusals.note_services(self.assoc.caller, answered, self.assoc.door.clerk)

    def _granted(self) -> Iterator[SOPClassExtendedNegotiation]:
        """What is granted of SOP Class Extended Negotiation (PS3.7 D.3.3.5)."""
        for sop_class, asked in self.requestor.sop_class_extended.items():
            given = granted(str(sop_class), asked)
            if given is not None:
                self.assoc.granted[str(sop_class)] = given
                item = SOPClassExtendedNegotiation()
                item.sop_class_uid = sop_class
                item.service_class_application_information = given
                yield item


def _answer(proposed: PresentationContext, roles: Roles) -> PresentationContext:
    """Accepted with one transfer syntax, or the reason why not (PS3.8 table 9-18)."""
    verdict = judge(str(proposed.abstract_syntax), proposed.transfer_syntax, roles.caller)
    answer = PresentationContext()
    answer.context_id = proposed.context_id
    answer.abstract_syntax = proposed.abstract_syntax
    answer._as_scu, answer._as_scp = roles.of(str(proposed.abstract_syntax))
    answer.result, answer.transfer_syntax = verdict.result, [verdict.transfer_syntax]
    if answer._as_scu and verdict.result == NOT_FOR_YOU:  # it may not send, but may have ours
        answer.result = ACCEPTED
    return answer
