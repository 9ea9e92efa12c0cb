"""Performed steps (PS3.4 Annex F): begun, ended once, and what they say about their procedure."""

import datetime as dt
from collections.abc import Sequence

from worklist.models import PerformedProcedure, ScheduledProcedure
from worklist.services.moving import Cause

Done = PerformedProcedure.Status
Source = PerformedProcedure.Source
Status = ScheduledProcedure.Status
Performed = ScheduledProcedure.Performed

IMAGES = "images"
"""The cause's source when a procedure was started by its own images."""


def source_of(cause: Cause) -> str:
    """Who began a step: a person here, the modality's report, or the images that came."""
    if not cause.is_machine:
        return Source.BROWSER
    return Source.IMAGES if cause.source == IMAGES else Source.MPPS


def begin_step(
    procedures: Sequence[ScheduledProcedure], cause: Cause, *, uid: str = ""
) -> PerformedProcedure:
    """Note that something is being done. `uid` is the modality's own name for it.

    A step that a person or the images began is the one the modality speaks of when its report
    comes after them: it is given the modality's name, and not begun a second time.
    """
    first = procedures[0]
    step = adopted(procedures, uid) if uid else None
    if step is None:
        step = PerformedProcedure(device=first.device, started_at=cause.at, started_by=cause.by)
    step.source = source_of(cause)
    step.uid = uid or step.uid
    step.full_clean()
    step.save()
    step.procedures.add(*procedures)
    for procedure in procedures:
        note_performed(procedure)
    return step


def adopted(procedures: Sequence[ScheduledProcedure], uid: str) -> PerformedProcedure | None:
    """The running step without a name of the modality's, if one of `procedures` has it."""
    running = PerformedProcedure.objects.under_way().exclude(source=Source.MPPS)
    return running.filter(procedures__in=procedures).exclude(uid=uid).order_by("-pk").first()


def close_step(step: PerformedProcedure, status: str, at: dt.datetime, reason_code: str) -> None:
    """End one step, once. Its own table of moves refuses a second end."""
    step.move_to(status)
    step.ended_at = max(at, step.started_at)
    step.reason_code = reason_code
    step.full_clean()
    step.save(update_fields=["status", "ended_at", "reason_code"])


def close_steps(
    procedure: ScheduledProcedure, status: str, cause: Cause, reason_code: str = ""
) -> None:
    """End whatever is still under way for this procedure."""
    for step in procedure.performed_steps.under_way().select_for_update(of=("self",)):
        close_step(step, status, cause.at, reason_code)


def state_after(procedure: ScheduledProcedure) -> str:
    """What the steps say of the procedure (field 5.1 (c)): the latest not discontinued decides.

    Acquired is it only when no other step runs; with nothing but discontinued ones it is that.
    """
    steps = procedure.performed_steps.not_discontinued()
    if steps.under_way().exists():
        return Status.IN_PROGRESS
    return Status.ACQUIRED if steps.exists() else Status.DISCONTINUED


def performed_after(procedure: ScheduledProcedure) -> str:
    """The fact beside the state: nothing, under way, completed or discontinued."""
    if not procedure.performed_steps.exists():
        return Performed.NONE
    states = {Status.IN_PROGRESS: Performed.IN_PROGRESS, Status.ACQUIRED: Performed.COMPLETED}
    return states.get(Status(state_after(procedure)), Performed.DISCONTINUED)


def note_performed(procedure: ScheduledProcedure) -> None:
    """Keep the fact true (saved); the state is moved by whoever called."""
    procedure.performed = performed_after(procedure)
    procedure.save(update_fields=["performed"])
