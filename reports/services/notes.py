"""What the technician noticed, for whoever reads the images."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.services import record
from common.live import poke
from reports.models import PreliminaryNote, key_images_of, studies_of
from reports.services.gathering import gather_report
from worklist.models import Draft, ScheduledProcedure
from worklist.services.moving import locked

if TYPE_CHECKING:
    from staff.models import User

PART = "note"


@transaction.atomic
def write_note(
    procedure: ScheduledProcedure, *, by: "User", verdict: str, words: str = ""
) -> PreliminaryNote:
    """Note what was noticed, with the key images as they are marked now. A correction is another
    note; all stay. "Please look now" lifts the study to the top of the reading list."""
    procedure = locked(procedure.pk)
    note = PreliminaryNote(
        procedure=procedure, verdict=verdict, words=words.replace("\0", "").strip(), by=by
    )
    note.full_clean()
    note.save()
    note.key_images.set(key_images_of(procedure.pk))
    Draft.objects.filter(procedure=procedure, part=PART).delete()
    record("note.written", note, by=by, patient=procedure.order.patient, verdict=verdict)
    for study_pk in studies_of(procedure).values_list("pk", flat=True):
        gather_report(study_pk)
    transaction.on_commit(partial(poke, "reading", f"procedure-{procedure.pk}"))
    return note


@transaction.atomic
def save_note_draft(
    procedure: ScheduledProcedure, *, by: "User", content: dict[str, Any], after: int = 0
) -> Draft | None:
    """Keep what is begun, so that it can be finished on another computer. `after` is the newest
    note that its writer saw, 0 if none: what comes in when a newer one has been handed in is that
    note's, and is not kept."""
    procedure = locked(procedure.pk)
    if PreliminaryNote.objects.of_procedure(procedure.pk).filter(pk__gt=after).exists():
        return None
    draft, _is_new = Draft.objects.update_or_create(
        procedure=procedure, part=PART, defaults={"content": content, "saved_by": by}
    )
    return draft
