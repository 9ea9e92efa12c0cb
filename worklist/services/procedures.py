"""The examination itself: arrive, start, complete, discontinue."""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.refusals import Refused
from equipment.models import Device
from worklist.models import ScheduledProcedure
from worklist.obstacles import obstacle_to_start
from worklist.reasons import sentence_of_reason
from worklist.services.images import settled_images
from worklist.services.moving import Cause, carry, locked, refuse_begun

if TYPE_CHECKING:
    from staff.models import User

Status = ScheduledProcedure.Status


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
) -> ScheduledProcedure:
    """Put the patient on the table.

    Refused to people while the procedure is on hold, while the device is out of service, and while
    another patient is on the table. A machine (`by=None`) reports what has happened: only the
    table of moves can refuse it.
    """
    cause = Cause(by, source, at=at or timezone.now())
    if not cause.is_machine:
        refuse_busy_device(procedure)
    procedure = locked(procedure.pk)
    if not cause.is_machine and procedure.status == Status.ON_HOLD:
        raise Refused(_("This procedure is on hold: resume it first."))
    if procedure.status == Status.DISCONTINUED:
        raise Refused(_("This procedure was discontinued: begin again with another step."))
    if procedure.arrived_at is None:
        # Modality or technician knew before the desk: legal, and noted (field 5.1 (a)).
        cause = replace(cause, reason=_("Arrival was not registered."))
    return carry(
        procedure,
        Status.IN_PROGRESS,
        "procedure.started",
        cause,
        started_at=procedure.started_at or cause.at,
        performed_by=by or procedure.performed_by,
    )


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
) -> ScheduledProcedure:
    """The examination is done. `comment` is for whoever reads the images."""
    procedure, cause = locked(procedure.pk), Cause(by, source, at=at or timezone.now())
    stamps = {"ended_at": cause.at, "images": settled_images(procedure, is_over=True)}
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
) -> ScheduledProcedure:
    """Stop what has begun. Refused without a reason from CID 9301; 110513 needs words too."""
    sentence = sentence_of_reason(reason_code, reason)
    procedure, cause = locked(procedure.pk), Cause(by, source, sentence)
    return carry(
        procedure,
        Status.DISCONTINUED,
        "procedure.discontinued",
        cause,
        ended_at=cause.at,
        reason_code=reason_code,
        reason=sentence,
    )
