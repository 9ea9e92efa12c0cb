"""The modality had chosen the wrong patient's entry: the step goes back, the rest is for people.

Field 5.1 (e), code 110514: the entry that was chosen by mistake is put back to where it was, and
what was really done is sorted out from the discrepancy: its images belong to somebody else.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.refusals import Refused
from equipment.models import Reservation
from worklist.models import Discrepancy, PerformedProcedure, ScheduledProcedure
from worklist.reasons import WRONG_ENTRY
from worklist.services.discrepancies import note_discrepancy
from worklist.services.moving import Cause, carry
from worklist.services.steps import close_steps, performed_after

Status = ScheduledProcedure.Status


def put_back(procedure: ScheduledProcedure, cause: Cause) -> ScheduledProcedure:
    """Undo a start that was another patient's. `procedure` must be locked.

    Refused unless it is under way. Its performed steps end with 110514; the time it was booked for
    is promised to it again if it is still free, else it is squeezed in.
    """
    if procedure.status not in {Status.IN_PROGRESS, Status.ACQUIRED}:
        raise Refused(_("Only what is under way can turn out to be the wrong entry."))
    close_steps(procedure, PerformedProcedure.Status.DISCONTINUED, cause, WRONG_ENTRY)
    if procedure.reservation is None:
        procedure.reservation = promised_again(procedure)
        procedure.save(update_fields=["reservation"])
    sentence = _("Its images may be another patient's: look through them and match them by hand.")
    note_discrepancy(procedure, Discrepancy.Kind.WRONG_ENTRY, sentence, cause)
    return carry(
        procedure,
        before_the_start(procedure),
        "procedure.put_back",
        cause,
        started_at=None,
        performed_by=None,
        performed=performed_after(procedure),
    )


def promised_again(procedure: ScheduledProcedure) -> Reservation | None:
    """The time it was booked for, if nobody has taken it since."""
    period = (procedure.scheduled_start, procedure.scheduled_end)
    try:
        with transaction.atomic():
            return Reservation.objects.create(device=procedure.device, period=period)
    except IntegrityError:
        return None


def before_the_start(procedure: ScheduledProcedure) -> str:
    """Where its history says it stood before somebody began it."""
    begun = procedure.moves.filter(to_status=Status.IN_PROGRESS)
    start = begun.filter(from_status__in=[*procedure.BEFORE, Status.ON_HOLD]).last()
    before = start.from_status if start else ""
    if start and before == Status.ON_HOLD:
        held = procedure.moves.filter(to_status=Status.ON_HOLD, pk__lt=start.pk).last()
        before = held.from_status if held else ""
    return before or (Status.ARRIVED if procedure.arrived_at else Status.SCHEDULED)
