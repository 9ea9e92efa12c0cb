"""C-MOVE and C-GET: the same sub-operations, on an association of our own or on the asker's."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django.db import DatabaseError
from pydicom.uid import UID
from pynetdicom.association import Association
from pynetdicom.events import Event

from audit.services import record
from gateway.calling import NoAnswer
from gateway.calling.storing import Lost, NotSent, Originator, Sender, batches
from gateway.dimse.archive.identifier import identifier_of
from gateway.dimse.archive.tally import (
    ALL_FAILED,
    CANCELLED,
    PENDING,
    SOME_FAILED,
    SUCCESS,
    Request,
    Tally,
    refusal_of,
    response_to,
)
from gateway.dimse.archive.wanted import Row, TooMany, Wanted, wanted_by
from patients.models import Patient
from studies.models import Study
from worklist.dicom.identifier import NotAnswerable

if TYPE_CHECKING:
    from gateway.dimse.association import Call

NOT_AUTHORISED = 0x0124
TOO_MANY = 0xA701
DOES_NOT_MATCH = 0xA900
CANNOT_PROCESS = 0xC000
PENDING_EVERY = 0.2  # seconds between two words on how far it is

STATUSES = {
    PENDING: "sub-operations go on; at most five times a second",
    SUCCESS: "everything was sent, or nothing fitted",
    CANCELLED: "cancelled by C-CANCEL; what had been sent stays sent",
    SOME_FAILED: "some were not taken, or were taken with a warning: Failed SOP Instance UID List",
    ALL_FAILED: "nothing could be sent: Error Comment says why",
    TOO_MANY: "more than 65535 objects fit",
    NOT_AUTHORISED: "this machine may not query and retrieve images",
    DOES_NOT_MATCH: "the identifier cannot be read, lacks a unique key, or has keys that are none; "
    "Error Comment says which",
    CANNOT_PROCESS: "an error of ours, or the database is away; the log has it",
}
Opened = AbstractContextManager[Association]
logger = logging.getLogger(__name__)


def handle_get(event: Event) -> None:
    """Send what is asked for on the very association that asks."""
    call = cast("Call", event.assoc)
    answer_retrieval(event, lambda _request: None, lambda _contexts: nullcontext(call))


def answer_retrieval(
    event: Event,
    refusal: Callable[[Request], Request | None],
    opened: Callable[[Sequence[Any]], Opened],
) -> None:
    call, request = cast("Call", event.assoc), cast(Request, event.request)
    try:
        answer = _carried_out(event, refusal, opened)
    except NotAnswerable as why:
        answer = refusal_of(request, DOES_NOT_MATCH, str(why), why.offending)
    except TooMany:
        answer = refusal_of(request, TOO_MANY, "More than 65535 objects.")
    except DatabaseError as why:
        logger.warning("Could not retrieve for %s: %s", call, why)
        answer = refusal_of(request, CANNOT_PROCESS, "The database is away.")
    except Exception:
        logger.exception("Could not retrieve for %s", call)
        answer = refusal_of(request, CANNOT_PROCESS)
    if call.is_established:
        call.dimse.send_msg(answer, event.context.context_id)


def _carried_out(
    event: Event,
    refusal: Callable[[Request], Request | None],
    opened: Callable[[Sequence[Any]], Opened],
) -> Request:
    call, request = cast("Call", event.assoc), cast(Request, event.request)
    if call.caller is None or not call.caller.may_retrieve:
        return refusal_of(request, NOT_AUTHORISED)
    is_relational = call.is_relational(event.context.abstract_syntax)
    identifier = identifier_of(event, call.caller.character_set, is_relational=is_relational)
    if refused := refusal(request):
        return refused
    wanted = wanted_by(identifier)
    retrieval = Retrieval(event, wanted, Tally(len(wanted)))
    retrieval.run(opened)
    retrieval.note()
    return retrieval.answer()


@dataclass
class Retrieval:
    """One C-MOVE or C-GET while it is carried out."""

    event: Event
    wanted: Wanted
    tally: Tally
    is_cancelled: bool = False
    sent: dict[tuple[int, int], int] = field(default_factory=dict)  # study, patient → objects
    _told_at: float = 0.0

    @property
    def call(self) -> "Call":
        return cast("Call", self.event.assoc)

    @property
    def request(self) -> Request:
        return cast(Request, self.event.request)

    def run(self, opened: Callable[[Sequence[Any]], Opened]) -> None:
        """Send everything, on as many associations as the contexts need."""
        is_move = hasattr(self.request, "MoveDestination")
        title = self.call.requestor.ae_title.strip()
        originator = Originator(title, int(self.request.MessageID or 0)) if is_move else None
        for batch in batches(self.wanted.pairs()):
            rows = self.wanted.of_classes(list(batch))
            contexts = [one for several in batch.values() for one in several]
            try:
                with opened(contexts) as association:
                    self._send(rows, Sender(association, originator))
            except (NoAnswer, Lost) as why:
                self.tally.give_up([row.outgoing.sop_instance for row in rows], str(why))
            if self.is_cancelled or not self.call.is_established:
                return

    def _send(self, rows: Iterator[Row], sender: Sender) -> None:
        for row in rows:
            if self.event.is_cancelled:
                self.is_cancelled = True
                return
            if not self.call.is_established:
                return
            self._send_one(row, sender)
            self._tell()

    def _send_one(self, row: Row, sender: Sender) -> None:
        uid = row.outgoing.sop_instance
        try:
            status = sender.send(row.outgoing)
        except NotSent as why:
            self.tally.count(ALL_FAILED, uid, why.sentence)
            return
        except Lost as why:
            self.tally.count(ALL_FAILED, uid, str(why))
            raise
        before = self.tally.failed
        self.tally.count(status, uid)
        if self.tally.failed == before:
            whose = (row.study_pk, row.patient_pk)
            self.sent[whose] = self.sent.get(whose, 0) + 1

    def _tell(self) -> None:
        """How far it is, now and then."""
        now = time.monotonic()
        if now - self._told_at >= PENDING_EVERY and self.tally.remaining:
            self._told_at = now
            self.call.dimse.send_msg(self._response(PENDING), self.event.context.context_id)

    def answer(self) -> Request:
        """The final response."""
        return self._response(CANCELLED if self.is_cancelled else self.tally.status)

    def _response(self, status: int) -> Request:
        syntax = UID(self.event.context.transfer_syntax)
        return response_to(self.request, status, self.tally, syntax)

    def note(self) -> None:
        """Which studies left the house, in their patients' trail."""
        how = "C-MOVE" if hasattr(self.request, "MoveDestination") else "C-GET"
        to = str(getattr(self.request, "MoveDestination", "") or "").strip()
        for (study_pk, patient_pk), count in self.sent.items():
            record(
                "study.retrieved",
                Study(pk=study_pk),
                by=None,
                sender=self.call.requestor.ae_title.strip(),
                patient=Patient(pk=patient_pk),
                how=how,
                destination=to,
                objects=count,
            )
        logger.info("%s: %s of %s objects sent", self.call, self.tally.completed, len(self.wanted))
