"""What a modality reported and nobody could place: a person says where it belongs."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from worklist.models import PerformedProcedure, ScheduledProcedure
from worklist.services.moving import Cause, locked, tell_open_pages
from worklist.services.performing import carry_start, follow_steps
from worklist.services.steps import note_performed
from worklist.signals import performed_told

if TYPE_CHECKING:
    from staff.models import User

Status = PerformedProcedure.Status


def place(step: PerformedProcedure, procedures: Iterable[ScheduledProcedure], cause: Cause) -> None:
    """Let procedures follow a step that was reported before anybody knew that it is theirs.

    `cause` is the machine's: what it reported has happened, whoever finds out where it belongs.
    """
    mine = [locked(pk) for pk in sorted({procedure.pk for procedure in procedures})]
    for procedure in mine:
        carry_start(procedure, cause)
    step.procedures.add(*mine)
    step.why_unplaced = ""
    step.patient = mine[0].order.patient
    step.save(update_fields=["why_unplaced", "patient"])
    for procedure in mine:
        if step.status == Status.IN_PROGRESS:
            note_performed(procedure)
        else:
            ended = replace(cause, at=step.ended_at or cause.at)
            follow_steps(procedure, ended, step.reason_code)
        tell_open_pages(procedure.pk)
    tell_of_unplaced()


@transaction.atomic
def place_performed(
    step: PerformedProcedure, procedure: ScheduledProcedure, *, by: "User"
) -> PerformedProcedure:
    """A person says for which procedure it was done. Refused once that is decided."""
    procedure = locked(procedure.pk)
    step = undecided(step)
    place(step, [procedure], Cause(None, step.reported_by, at=step.started_at))
    record("performed.placed", step, by=by, patient=procedure.order.patient, procedure=procedure.pk)
    performed_told.send(PerformedProcedure, step=step)
    return step


@transaction.atomic
def settle_performed(step: PerformedProcedure, *, by: "User", how: str) -> PerformedProcedure:
    """A person has looked at it, and it belongs to no procedure: a test, say. In words."""
    how = how.strip()
    if not how:
        raise Refused(_("Write in a few words what it was."))
    step = undecided(step)
    step.settled_at, step.settled_by, step.settled_how = timezone.now(), by, how[:200]
    step.save(update_fields=["settled_at", "settled_by", "settled_how"])
    record("performed.settled", step, by=by, patient=step.patient)
    tell_of_unplaced()
    return step


def undecided(step: PerformedProcedure) -> PerformedProcedure:
    """The step, locked. Raises Refused when somebody has decided about it."""
    step = PerformedProcedure.objects.locked(step.pk)
    if not step.why_unplaced or step.settled_at is not None:
        raise Refused(_("Somebody has decided about this report already."))
    return step


def tell_of_unplaced() -> None:
    """After the commit, the list of open steps is fetched again."""
    transaction.on_commit(partial(poke, "open-steps", "board"))
