"""What becomes of the row of a received object: filed, already here, set aside, refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.files import remove
from common.live import poke
from patients.models import Patient
from studies.identity import Difference
from studies.ingest.reading import Unreadable, plain
from studies.models import IncomingFile, Instance, Study
from studies.wording import sentence_of
from worklist.models import ScheduledProcedure

Status = IncomingFile.Status
MEDIA_DIRECTORY = "media_directory"  # the code of `NotUsable`


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an object was set aside, and what a person needs to judge it."""

    code: str
    sentence: str
    differences: list[Difference] = field(default_factory=list)
    patient: Patient | None = None
    procedure: ScheduledProcedure | None = None
    study: Study | None = None
    instance: Instance | None = None


class Disagrees(Exception):
    """This object does not go where its identifiers point."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@transaction.atomic
def settle_unreadable(failures: Sequence[Unreadable]) -> None:
    """What cannot be read is set aside; what could be refused to somebody's face is refused.

    A browser shows the outcome to the person who sent it. A modality was told "success" and will
    not send again, so its object is kept whatever it is. People drop whole media: the directory
    among the images is nothing that went wrong.
    """
    if not failures:
        return
    by_pk = {failure.pk: failure.why for failure in failures}
    for incoming in IncomingFile.objects.locked_waiting(by_pk):
        why = by_pk[incoming.pk]
        reason = Reason(why.code, sentence_of(why))
        if not why.refuse or incoming.source != IncomingFile.Source.UPLOAD:
            set_aside(incoming, reason)
        elif why.code == MEDIA_DIRECTORY:
            pass_over(incoming, reason)
        else:
            refuse(incoming, reason)


def set_aside(incoming: IncomingFile, reason: Reason) -> None:
    """Keep it for a person. The row must be locked."""
    _settle(incoming, Status.SET_ASIDE, reason)
    record(
        "incoming.set_aside",
        incoming,
        by=None,
        patient=reason.patient,
        sender=incoming.sender,
        reason_code=reason.code,
    )
    transaction.on_commit(partial(poke, "incoming"))


def refuse(incoming: IncomingFile, reason: Reason) -> None:
    """Nothing of it is kept but the row, which says why. The row must be locked."""
    _let_go(incoming, Status.REFUSED, reason)
    record("incoming.refused", incoming, by=None, sender=incoming.sender, reason_code=reason.code)


def pass_over(incoming: IncomingFile, reason: Reason) -> None:
    """The same for what nobody needs to look at. The row must be locked."""
    _let_go(incoming, Status.PASSED_OVER, reason)
    record("incoming.passed_over", incoming, by=None, sender=incoming.sender)


def _let_go(incoming: IncomingFile, status: str, reason: Reason) -> None:
    transaction.on_commit(partial(remove, incoming.path))
    incoming.path = ""
    _settle(incoming, status, reason)


def _settle(incoming: IncomingFile, status: str, reason: Reason) -> None:
    incoming.move_to(status)
    incoming.reason_code = plain(reason.code, 32)
    incoming.reason = plain(reason.sentence, 500)
    incoming.details = {"differences": _clean(reason.differences)} if reason.differences else {}
    incoming.instance = reason.instance
    incoming.study = reason.study
    incoming.patient = reason.patient
    incoming.procedure = reason.procedure
    incoming.settled_at = timezone.now()
    incoming.save()
    tell_uploads([incoming])


def _clean(differences: list[Difference]) -> list[Difference]:
    return [
        Difference(
            field=row["field"], here=plain(row["here"], 400), arrived=plain(row["arrived"], 400)
        )
        for row in differences
    ]


def tell_uploads(settled: Iterable[IncomingFile]) -> None:
    """The people who watch an upload see each outcome."""
    for upload_pk in {incoming.upload_id for incoming in settled if incoming.upload_id}:
        transaction.on_commit(partial(poke, f"upload-{upload_pk}"))
