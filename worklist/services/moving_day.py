"""Another time, another device: moving what is booked."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.refusals import Refused
from equipment.models import Device
from worklist.models import Move, ScheduledProcedure
from worklist.occupancy import clock
from worklist.services.booking import Place, locked_device, promised, refuse_unable
from worklist.services.moving import locked, release_time, tell_open_pages

if TYPE_CHECKING:
    from staff.models import User


@transaction.atomic
def move_procedure(
    procedure: ScheduledProcedure,
    *,
    by: "User",
    device: Device | None = None,
    start: dt.datetime | None = None,
    reason: str = "",
    squeeze: bool = False,
) -> ScheduledProcedure:
    """Give it another time or another device, or both. What is known of the patient stays.

    Refused once it has begun, to a time that has passed, where the device is taken, and without a
    reason when the patient is here already and has to be told.
    """
    device = locked_device(device or procedure.device)
    procedure = locked(procedure.pk)
    start = start or procedure.scheduled_start
    refuse_unable(device, procedure.procedure_type, start)
    end = start + (procedure.scheduled_end - procedure.scheduled_start)
    refuse_unmovable(procedure, start, end, reason)
    was = (procedure.device, procedure.scheduled_start)
    if was == (device, start) and procedure.reservation_id is not None:
        return procedure
    reservation = promised(Place(device, start, end, squeeze), procedure.reservation)
    if reservation is None:
        release_time(procedure)
    procedure.reservation = reservation
    procedure.device, procedure.scheduled_start, procedure.scheduled_end = device, start, end
    procedure.full_clean()
    procedure.save(update_fields=["device", "scheduled_start", "scheduled_end", "reservation"])
    note_change(procedure, was, by, reason)
    return procedure


def refuse_unmovable(
    procedure: ScheduledProcedure, start: dt.datetime, end: dt.datetime, reason: str
) -> None:
    """Raise Refused when this procedure stays where it is."""
    if not procedure.may_move:
        raise Refused(
            _("%(procedure)s is %(state)s: it cannot be moved any more.")
            % {"procedure": procedure, "state": procedure.get_status_display().lower()}
        )
    if start != procedure.scheduled_start and end <= timezone.now():
        raise Refused(_("That time has passed: choose a later one."))
    if procedure.arrived_at is not None and not reason.strip():
        raise Refused(_("The patient is here already: say why it is moved."))


def note_change(
    procedure: ScheduledProcedure, was: tuple[Device, dt.datetime], by: "User", reason: str
) -> None:
    """Keep where it was, who moved it and why; tell open pages of the one and the other list."""
    device, start = was
    path = f"{device} {clock(start)} → {procedure.device} {clock(procedure.scheduled_start)}"
    Move.objects.create(
        procedure=procedure,
        from_status=procedure.status,
        to_status=procedure.status,
        by=by,
        source="schedule",
        reason=". ".join(part for part in (path, reason.strip()) if part)[:200],
    )
    record(
        "procedure.moved",
        procedure,
        by=by,
        patient=procedure.order.patient,
        was_device=device.ae_title,
        was_start=start.isoformat(),
        device=procedure.device.ae_title,
        start=procedure.scheduled_start.isoformat(),
    )
    tell_open_pages(procedure.pk)
