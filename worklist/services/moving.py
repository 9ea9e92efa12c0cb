"""The half that every verb of a scheduled procedure has in common."""

import datetime as dt
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from equipment.models import Reservation
from worklist.models import Move, Order, ScheduledProcedure
from worklist.signals import procedure_moved

if TYPE_CHECKING:
    from staff.models import User


def _this_moment() -> dt.datetime:
    """Looked up each time, so that a clock that was put back is believed."""
    return timezone.now()


@dataclass(frozen=True, slots=True)
class Cause:
    """Who or what moves a procedure. Without `by` a machine reports what has happened already."""

    by: "User | None"
    source: str = ""
    reason: str = ""
    at: dt.datetime = field(default_factory=_this_moment)

    @property
    def is_machine(self) -> bool:
        return self.by is None


def locked(procedure_pk: int) -> ScheduledProcedure:
    """The procedure as it stands now; nobody else can move it until this transaction ends."""
    return (
        ScheduledProcedure.objects.select_for_update(of=("self",))
        .select_related("order__patient", "device__room", "procedure_type", "performed_by")
        .get(pk=procedure_pk)
    )


def carry(
    procedure: ScheduledProcedure, wanted: str, verb: str, cause: Cause, **stamps: Any
) -> ScheduledProcedure:
    """Move, stamp, check, save, note the move, record, and tell open pages after the commit.

    `procedure` must be locked. Raises Refused when the table of moves forbids it and
    ValidationError when a constraint does.
    """
    before = procedure.status
    procedure.move_to(wanted)
    for name, value in stamps.items():
        setattr(procedure, name, value)
    procedure.full_clean()
    procedure.save(update_fields=["status", *stamps])
    Move.objects.create(
        procedure=procedure,
        from_status=before,
        to_status=wanted,
        at=cause.at,
        by=cause.by,
        source=cause.source[:40],
        reason=cause.reason[:200],
    )
    note(verb, procedure, cause)
    if procedure.is_final:
        release_time(procedure)
        fulfil_order(procedure, cause)
    procedure_moved.send(ScheduledProcedure, procedure=procedure, was=before)
    return procedure


def release_time(procedure: ScheduledProcedure) -> None:
    """Give the device's time back to whoever books next."""
    if procedure.reservation_id is not None:
        Reservation.objects.filter(pk=procedure.reservation_id).delete()
        procedure.reservation = None


def refuse_begun(procedure: ScheduledProcedure) -> None:
    """Raise Refused when the examination is under way or over: nobody arrives or gets ready then.

    (The table of moves leads back there, but only from the wrong worklist entry.)
    """
    if procedure.status in {procedure.Status.IN_PROGRESS, procedure.Status.ACQUIRED}:
        state = procedure.get_status_display().lower()
        raise Refused(_("%(procedure)s is %(state)s.") % {"procedure": procedure, "state": state})


def note(verb: str, procedure: ScheduledProcedure, cause: Cause) -> None:
    """Write the trail, and tell open pages after the commit."""
    details = {"reason_code": procedure.reason_code} if procedure.reason_code else {}
    if cause.source:
        details["sender" if cause.is_machine else "source"] = cause.source
    record(verb, procedure, by=cause.by, patient=procedure.order.patient, **details)
    tell_open_pages(procedure.pk)


def tell_open_pages(procedure_pk: int) -> None:
    """After the commit, pages that show this procedure fetch it again."""
    transaction.on_commit(partial(poke, "board", f"procedure-{procedure_pk}"))


def tell_examination(procedure_pk: int) -> None:
    """The same for what only the examination's own page shows."""
    transaction.on_commit(partial(poke, f"procedure-{procedure_pk}"))


def fulfil_order(procedure: ScheduledProcedure, cause: Cause) -> None:
    """The order is fulfilled when all its procedures are over and one of them was completed."""
    order = Order.objects.select_for_update().get(pk=procedure.order_id)
    steps = order.procedures.all()
    if not order.can_move_to(Order.Status.FULFILLED) or steps.unfinished().exists():
        return
    if steps.completed().exists():
        order.move_to(Order.Status.FULFILLED)
        order.save(update_fields=["status"])
        record("order.fulfilled", order, by=cause.by, patient=procedure.order.patient)
