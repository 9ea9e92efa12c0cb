"""The examination as people begin and end it: arrive, start, complete, discontinue."""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.refusals import Refused
from equipment.models import Device
from worklist.models import PerformedProcedure, ScheduledProcedure
from worklist.obstacles import obstacle_to_start
from worklist.readiness import (
    require_answer,
    warnings_before_completion,
    warnings_before_start,
)
from worklist.reasons import WRONG_ENTRY, sentence_of_reason
from worklist.services.discrepancies import note_discrepancies
from worklist.services.images import settled_images
from worklist.services.moving import Cause, carry, locked, refuse_begun
from worklist.services.steps import begin_step, close_steps
from worklist.services.wrong_entry import put_back

if TYPE_CHECKING:
    from staff.models import User

Status = ScheduledProcedure.Status
Performed = ScheduledProcedure.Performed
Done = PerformedProcedure.Status


@transaction.atomic
def register_arrival(
    procedure: ScheduledProcedure,
    *,
    by: "User | None",
    source: str = "",
    at: dt.datetime | None = None,
) -> ScheduledProcedure:
    """The patient is here and waits. Refused unless the procedure is still only scheduled."""
    procedure, cause = locked(procedure.pk), Cause(by, source, at=at or timezone.now())
    if procedure.status == Status.ON_HOLD:
        raise Refused(_("This procedure is on hold: resume it first."))
    refuse_begun(procedure)
    return carry(procedure, Status.ARRIVED, "procedure.arrived", cause, arrived_at=cause.at)


@transaction.atomic
def start_procedure(
    procedure: ScheduledProcedure,
    *,
    by: "User | None",
    source: str = "",
    at: dt.datetime | None = None,
    despite: str | None = None,
) -> ScheduledProcedure:
    """Put the patient on the table.

    Refused to people while the procedure is on hold, while the device is out of service, and while
    another patient is on the table. `despite` is what a person answered to the warnings they were
    shown; with "" and a warning it is refused. A machine (`by=None`) reports what has happened:
    only the table of moves can refuse it. Whatever was missing is noted as a discrepancy.
    """
    cause = Cause(by, source, at=at or timezone.now())
    if not cause.is_machine:
        refuse_busy_device(procedure)
    procedure = locked(procedure.pk)
    if not cause.is_machine and procedure.status == Status.ON_HOLD:
        raise Refused(_("This procedure is on hold: resume it first."))
    if procedure.status == Status.DISCONTINUED:
        raise Refused(_("This procedure was discontinued: begin again with another step."))
    warnings = warnings_before_start(procedure) if procedure.can_move_to(Status.IN_PROGRESS) else []
    require_answer(warnings, despite)
    if procedure.arrived_at is None:
        # Modality or technician knew before the desk: legal, and noted (field 5.1 (a)).
        cause = replace(cause, reason=_("Arrival was not registered."))
    carry(
        procedure,
        Status.IN_PROGRESS,
        "procedure.started",
        cause,
        started_at=procedure.started_at or cause.at,
        performed_by=by or procedure.performed_by,
    )
    begin_step([procedure], cause)
    note_discrepancies(procedure, warnings, cause, despite or "")
    return procedure


def refuse_busy_device(procedure: ScheduledProcedure) -> None:
    """Lock the device, then raise Refused if it cannot take this patient now.

    The lock comes first: two people who press Start at once must not both find an empty table.
    """
    device = Device.objects.select_for_update().get(pk=procedure.device_id)
    obstacle = obstacle_to_start(procedure, device)
    if obstacle is not None:
        raise Refused(obstacle.sentence)


@transaction.atomic
def complete_procedure(
    procedure: ScheduledProcedure,
    *,
    by: "User | None",
    comment: str | None = None,
    source: str = "",
    at: dt.datetime | None = None,
    despite: str | None = None,
) -> ScheduledProcedure:
    """The examination is done. `comment` is for whoever reads the images.

    `despite` is what a person answered to the warnings they were shown; with "" and a warning it
    is refused, and nothing is lost.
    """
    procedure = locked(procedure.pk)
    if procedure.can_move_to(Status.COMPLETED):
        require_answer(warnings_before_completion(procedure), despite)
    cause = Cause(by, source, (despite or "").strip(), at=at or timezone.now())
    close_steps(procedure, Done.COMPLETED, cause)
    stamps = {
        "ended_at": cause.at,
        "images": settled_images(procedure, is_over=True),
        "performed": Performed.COMPLETED,
    }
    if comment is not None:
        stamps["comment"] = comment.strip()
    return carry(procedure, Status.COMPLETED, "procedure.completed", cause, **stamps)


@transaction.atomic
def discontinue_procedure(
    procedure: ScheduledProcedure,
    *,
    by: "User | None",
    reason_code: str,
    reason: str = "",
    source: str = "",
    at: dt.datetime | None = None,
) -> ScheduledProcedure:
    """Stop what has begun. Refused without a reason from CID 9301; 110513 needs words too.

    With 110514 it was never this patient's examination: the procedure is put back (5.1 (e)).
    """
    sentence = sentence_of_reason(reason_code, reason)
    procedure = locked(procedure.pk)
    cause = Cause(by, source, sentence, at=at or timezone.now())
    if reason_code == WRONG_ENTRY:
        return put_back(procedure, cause)
    close_steps(procedure, Done.DISCONTINUED, cause, reason_code)
    return carry(
        procedure,
        Status.DISCONTINUED,
        "procedure.discontinued",
        cause,
        ended_at=cause.at,
        reason_code=reason_code,
        reason=sentence,
        performed=Performed.DISCONTINUED,
    )
