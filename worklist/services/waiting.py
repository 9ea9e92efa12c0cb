"""Before the examination: ready, on hold, and what never takes place."""

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from worklist.models import Order, ScheduledProcedure
from worklist.reasons import DID_NOT_ARRIVE, sentence_of_reason
from worklist.services.moving import Cause, carry, locked, refuse_begun

if TYPE_CHECKING:
    from staff.models import User

Status = ScheduledProcedure.Status


@transaction.atomic
def mark_ready(procedure: ScheduledProcedure, *, by: "User") -> ScheduledProcedure:
    """Identity and screening are checked: the patient may go in. Refused before arrival."""
    procedure = locked(procedure.pk)
    if procedure.status == Status.ON_HOLD:
        raise Refused(_("This procedure is on hold: resume it first."))
    refuse_begun(procedure)
    return carry(procedure, Status.READY, "procedure.ready", Cause(by))


@transaction.atomic
def hold_procedure(procedure: ScheduledProcedure, *, by: "User", reason: str) -> ScheduledProcedure:
    """Wait with it, and say why. Refused without a reason and after the start."""
    if not reason.strip():
        raise Refused(_("Say what the patient is waiting for."))
    procedure = locked(procedure.pk)
    return carry(
        procedure,
        Status.ON_HOLD,
        "procedure.held",
        Cause(by, reason=reason.strip()),
        reason=reason.strip()[:200],
    )


@transaction.atomic
def resume_procedure(procedure: ScheduledProcedure, *, by: "User") -> ScheduledProcedure:
    """Go on from where it was put on hold."""
    procedure = locked(procedure.pk)
    if procedure.status != Status.ON_HOLD:
        raise Refused(_("This procedure is not on hold."))
    before = procedure.moves.last_into(Status.ON_HOLD).from_status
    return carry(procedure, before, "procedure.resumed", Cause(by), reason="")


@transaction.atomic
def cancel_procedure(
    procedure: ScheduledProcedure, *, by: "User", reason_code: str, reason: str = ""
) -> ScheduledProcedure:
    """Take off the list what has not begun, with a reason from CID 9301."""
    sentence = sentence_of_reason(reason_code, reason)
    procedure = locked(procedure.pk)
    return carry(
        procedure,
        Status.CANCELLED,
        "procedure.cancelled",
        Cause(by, reason=sentence),
        reason_code=reason_code,
        reason=sentence,
    )


@transaction.atomic
def mark_no_show(procedure: ScheduledProcedure, *, by: "User") -> ScheduledProcedure:
    """Nobody came. Refused once the patient has arrived."""
    sentence = sentence_of_reason(DID_NOT_ARRIVE, "")
    procedure = locked(procedure.pk)
    return carry(
        procedure,
        Status.NO_SHOW,
        "procedure.not_attended",
        Cause(by, reason=sentence),
        reason_code=DID_NOT_ARRIVE,
        reason=sentence,
    )


@transaction.atomic
def cancel_order(order: Order, *, by: "User", reason_code: str, reason: str = "") -> Order:
    """Take back a whole request: what has not begun is cancelled with it, for the same reason.

    Refused while one of its procedures is under way, and when all is over already.
    """
    steps = order.procedures.unfinished().in_time_order().select_for_update(of=("self",))
    for step in steps:
        cancel_procedure(step, by=by, reason_code=reason_code, reason=reason)
    sentence = sentence_of_reason(reason_code, reason)
    order = Order.objects.select_for_update(of=("self",)).with_type().get(pk=order.pk)
    order.move_to(Order.Status.CANCELLED)
    order.reason_code, order.reason = reason_code, sentence
    order.save(update_fields=["status", "reason_code", "reason"])
    record("order.cancelled", order, by=by, patient=order.patient, reason_code=reason_code)
    transaction.on_commit(partial(poke, "orders", f"patient-{order.patient_id}"))
    return order
