"""What was really done, as the modality and its people report it (field 5.1 (a) to (g)).

A machine reports what has happened: nothing it says is refused. What does not fit leaves a
discrepancy for a person.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.refusals import Refused
from worklist.models import Discrepancy, PerformedProcedure, ScheduledProcedure
from worklist.readiness import warnings_before_start
from worklist.reasons import REASONS, UNSPECIFIED, WRONG_ENTRY, sentence_of_reason
from worklist.services.discrepancies import note_discrepancies, note_discrepancy
from worklist.services.moving import Cause, carry, locked
from worklist.services.procedures import refuse_busy_device
from worklist.services.steps import (
    Done,
    begin_step,
    close_step,
    close_steps,
    note_performed,
    state_after,
)
from worklist.services.wrong_entry import put_back

if TYPE_CHECKING:
    from staff.models import User

Status = ScheduledProcedure.Status
MACHINE = "MPPS"


@dataclass(frozen=True, slots=True)
class Report:
    """A modality's report: who sent it, when it happened, and its own name for the step."""

    uid: str
    source: str = MACHINE
    at: dt.datetime | None = None

    @property
    def cause(self) -> Cause:
        return Cause(None, self.source, at=self.at or timezone.now())


@transaction.atomic
def begin_performed(procedures: Iterable[ScheduledProcedure], report: Report) -> PerformedProcedure:
    """The modality has begun (N-CREATE): one performed step, of one or more procedures.

    Told twice it is begun once. What is over stays over and gets a discrepancy (b); what was
    discontinued is under way again, by this other step (d).
    """
    steps = [locked(pk) for pk in sorted({procedure.pk for procedure in procedures})]
    if not steps:
        raise Refused(_("A performed step belongs to at least one procedure."))
    known = PerformedProcedure.objects.filter(uid=report.uid).first()
    if known is not None:
        return known
    for procedure in steps:
        carry_start(procedure, report.cause)
    return begin_step(steps, report.cause, uid=report.uid)


def carry_start(procedure: ScheduledProcedure, cause: Cause) -> None:
    """Bring a procedure under way because a machine says so, or note why it stays as it is."""
    if procedure.status == Status.IN_PROGRESS:
        return
    if not procedure.can_move_to(Status.IN_PROGRESS):
        note_discrepancy(procedure, Discrepancy.Kind.LATE_REPORT, "", cause)
        return
    is_first = procedure.may_start or procedure.status == Status.ON_HOLD
    missing = warnings_before_start(procedure) if is_first else []
    verb = "procedure.started" if is_first else "procedure.begun_again"
    stamps = {"reason_code": "", "reason": "", "ended_at": None}
    begun = procedure.started_at or cause.at
    carry(procedure, Status.IN_PROGRESS, verb, cause, started_at=begun, **stamps)
    note_discrepancies(procedure, missing, cause)


@transaction.atomic
def end_performed(
    step: PerformedProcedure, status: str, report: Report, *, reason_code: str = ""
) -> PerformedProcedure:
    """The modality has ended its step (N-SET): COMPLETED or DISCONTINUED, perhaps with a reason.

    What is over is not changed: a correction that comes afterwards is a discrepancy (b). Reason
    110514 puts the procedures back (e).
    """
    procedures = [locked(pk) for pk in step.procedures.order_by("pk").values_list("pk", flat=True)]
    step = PerformedProcedure.objects.select_for_update().get(pk=step.pk)
    if not step.can_move_to(status):
        if step.status != status:
            for procedure in procedures:
                note_discrepancy(procedure, Discrepancy.Kind.LATE_REPORT, "", report.cause)
        return step
    close_step(step, status, report.cause.at, reason_code)
    for procedure in procedures:
        follow_steps(procedure, report.cause, reason_code)
    return step


def follow_steps(procedure: ScheduledProcedure, cause: Cause, reason_code: str) -> None:
    """Move a procedure to what its steps say now (c), or note that it was over already."""
    note_performed(procedure)
    if procedure.status not in {Status.IN_PROGRESS, Status.ACQUIRED}:
        note_discrepancy(procedure, Discrepancy.Kind.LATE_REPORT, "", cause)
        return
    wanted = state_after(procedure)
    if wanted == Status.DISCONTINUED and reason_code == WRONG_ENTRY:
        put_back(procedure, cause)
    elif wanted == Status.DISCONTINUED:
        carry_end(procedure, cause, reason_code)
    elif wanted == Status.ACQUIRED and procedure.status != wanted:
        carry(procedure, wanted, "procedure.acquired", cause)


def carry_end(procedure: ScheduledProcedure, cause: Cause, reason_code: str) -> None:
    """Discontinued by the modality, which may leave out why, or say it in a code of its own."""
    code = reason_code if reason_code in REASONS else UNSPECIFIED
    silence = _("The modality gave no reason.") if code == UNSPECIFIED else ""
    sentence = sentence_of_reason(code, silence)
    if not reason_code:
        note_discrepancy(procedure, Discrepancy.Kind.NO_REASON, "", cause)
    carry(
        procedure,
        Status.DISCONTINUED,
        "procedure.discontinued",
        replace(cause, reason=sentence),
        ended_at=max(cause.at, procedure.started_at or cause.at),
        reason_code=code,
        reason=sentence,
    )


@transaction.atomic
def end_acquisition(
    procedure: ScheduledProcedure,
    *,
    by: "User | None",
    source: str = "",
    at: dt.datetime | None = None,
) -> ScheduledProcedure:
    """All images are taken; they are looked at before the examination is called done.

    Refused unless it is under way.
    """
    procedure, cause = locked(procedure.pk), Cause(by, source, at=at or timezone.now())
    close_steps(procedure, Done.COMPLETED, cause)
    performed = ScheduledProcedure.Performed.COMPLETED
    return carry(procedure, Status.ACQUIRED, "procedure.acquired", cause, performed=performed)


@transaction.atomic
def begin_again(
    procedure: ScheduledProcedure, *, by: "User", at: dt.datetime | None = None
) -> ScheduledProcedure:
    """Take up again what was discontinued, or take more images: with another performed step (d).

    Refused while the device is out of service or has another patient, and for what was completed.
    """
    refuse_busy_device(procedure)
    procedure, cause = locked(procedure.pk), Cause(by, at=at or timezone.now())
    if procedure.status not in {Status.DISCONTINUED, Status.ACQUIRED}:
        raise Refused(_("Only what was discontinued, or ended for now, can be begun again."))
    carry(
        procedure,
        Status.IN_PROGRESS,
        "procedure.begun_again",
        cause,
        reason_code="",
        reason="",
        ended_at=None,
    )
    begin_step([procedure], cause)
    return procedure


@transaction.atomic
def report_wrong_entry(
    procedure: ScheduledProcedure,
    *,
    by: "User | None",
    source: str = "",
    at: dt.datetime | None = None,
) -> ScheduledProcedure:
    """This entry was chosen by mistake: put it back, and open a discrepancy (e)."""
    reason = sentence_of_reason(WRONG_ENTRY, "")
    return put_back(locked(procedure.pk), Cause(by, source, reason, at=at or timezone.now()))
