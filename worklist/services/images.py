"""The images beside the state: counted as they arrive, settled when no more come."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from worklist.models import Discrepancy, ScheduledProcedure
from worklist.readiness import warnings_before_start
from worklist.services.discrepancies import note_discrepancies, note_discrepancy
from worklist.services.moving import Cause, carry, locked, tell_open_pages
from worklist.services.steps import IMAGES, begin_step

Images = ScheduledProcedure.Images
Status = ScheduledProcedure.Status

QUIET = dt.timedelta(seconds=60)
"""After this long without an image nobody waits for more."""


@transaction.atomic
def note_images(procedure_pk: int, *, received: int, at: dt.datetime) -> ScheduledProcedure:
    """`received` images of this procedure are here now (an absolute count), the last one at `at`.

    The count is a fact and is never refused. Images of a procedure that nobody started mean that
    it has started: steps that stay "scheduled" after the examination are every department's pain.
    What comes late reopens nothing: it is noted for a person (field 5.1 (b)).
    """
    procedure, cause = locked(procedure_pk), Cause(None, IMAGES, at=at)
    is_new = received > procedure.images_received
    if received and means_a_start(procedure):
        missing = warnings_before_start(procedure)
        carry(procedure, Status.IN_PROGRESS, "procedure.started", cause, started_at=at)
        begin_step([procedure], cause)
        note_discrepancies(procedure, missing, cause)
    procedure.images_received = received
    procedure.last_image_at = max(at, procedure.last_image_at or at)
    procedure.images = arriving_images(procedure)
    procedure.save(update_fields=["images_received", "last_image_at", "images"])
    if is_new and procedure.is_final and procedure.images == Images.LATE:
        note_discrepancy(procedure, Discrepancy.Kind.LATE_IMAGES, "", cause)
    tell_open_pages(procedure.pk)
    return procedure


def means_a_start(procedure: ScheduledProcedure) -> bool:
    """Nobody has begun, and the images are not those of a wrong entry that was put back."""
    if procedure.started_at is not None or not procedure.can_move_to(Status.IN_PROGRESS):
        return False
    put_back = procedure.discrepancies.unsettled().filter(kind=Discrepancy.Kind.WRONG_ENTRY)
    return not put_back.exists()


@transaction.atomic
def settle_images(procedure_pk: int) -> ScheduledProcedure:
    """No more images are coming for now: say whether all expected ones are here."""
    procedure = locked(procedure_pk)
    settled = settled_images(procedure, is_over=procedure.is_final)
    if settled != procedure.images:
        procedure.images = settled
        procedure.save(update_fields=["images"])
        tell_open_pages(procedure.pk)
    return procedure


@transaction.atomic
def recount_images(procedure_pk: int, *, received: int) -> ScheduledProcedure:
    """Images were rejected or came back: another number is here, although none arrived."""
    procedure = locked(procedure_pk)
    procedure.images_received = received
    procedure.images = recounted_images(procedure)
    procedure.save(update_fields=["images_received", "images"])
    tell_open_pages(procedure.pk)
    return procedure


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a procedure: listed by the modality, here of these, promised as safe."""

    told: int
    told_here: int
    safe: int
    committed: str


@transaction.atomic
def note_completeness(procedure_pk: int, counted: Counted) -> ScheduledProcedure:
    """What the modality lists, what of it has come, and what is safe (absolute counts).

    What the modality has made replaces an estimate of the catalogue, but never its views: a view
    that nobody took is missing, whatever the modality lists.
    """
    procedure = locked(procedure_pk)
    is_over = procedure.performed == ScheduledProcedure.Performed.COMPLETED
    expected = procedure.images_expected if procedure.procedure_type.views.exists() else 0
    before = [getattr(procedure, name) for name in COUNTED]
    procedure.images_told, procedure.images_told_here = counted.told, counted.told_here
    procedure.images_safe, procedure.committed = counted.safe, counted.committed
    procedure.images_due = max(expected, counted.told) if is_over and counted.told else 0
    if counted.told:
        procedure.images = recounted_images(procedure)
    if before != [getattr(procedure, name) for name in COUNTED]:
        procedure.save(update_fields=COUNTED)
        tell_open_pages(procedure.pk)
    return procedure


COUNTED = ["images_told", "images_told_here", "images_due", "images_safe", "committed", "images"]


def recounted_images(procedure: ScheduledProcedure) -> str:
    """What the images are after a look at each: what came late stays late."""
    if not procedure.images_received:
        return Images.NONE
    if procedure.images == Images.LATE:
        return Images.LATE
    if procedure.has_all_images:
        return Images.COMPLETE
    return Images.MISSING if procedure.is_final else Images.ARRIVING


def arriving_images(procedure: ScheduledProcedure) -> str:
    """What the images are while they come in.

    Late is what comes to a procedure whose images were settled when it ended, not the tail of a
    send that was running when somebody pressed Complete.
    """
    if not procedure.images_received:
        return Images.NONE
    if procedure.is_final and procedure.images not in {Images.ARRIVING, Images.COMPLETE}:
        return Images.LATE
    return Images.COMPLETE if procedure.has_all_images else Images.ARRIVING


def settled_images(procedure: ScheduledProcedure, *, is_over: bool) -> str:
    """What the images are when it is quiet.

    While the examination runs, a pause is only a pause: nothing is missing before it is over.
    """
    if procedure.images == Images.LATE or not procedure.images_received:
        return procedure.images
    if procedure.has_all_images:
        return Images.COMPLETE
    if not is_over:
        return Images.ARRIVING
    last = procedure.last_image_at
    is_quiet = last is None or timezone.now() - last >= QUIET
    return Images.MISSING if procedure.is_final or is_quiet else Images.ARRIVING
