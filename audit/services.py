"""Writing the trail. Every verb calls `record` inside its own transaction."""

from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.translation import gettext as _

from audit.export import FORMATS
from audit.kinds import PATIENT, find_record
from audit.models import Entry, EntryQuerySet
from audit.origin import origin
from audit.question import Question
from common.refusals import Refused

if TYPE_CHECKING:
    from staff.models import User


def record(
    verb: str,
    subject: Model | None,
    *,
    by: "User | None",
    patient: Model | None = None,
    **details: Any,
) -> Entry:
    """Note that `by` (None: a machine; give `sender=`) did `verb` to `subject`.

    `verb` is a noun and a past tense ("procedure.started"). `details` are keys and codes, never
    names. `patient` makes the entry part of that patient's trail. The roles that `by` holds now
    and the address of the computer that asks are noted beside it.
    """
    return Entry.objects.create(
        verb=verb,
        actor=by,
        actor_label=str(details.pop("sender", ""))[:80] if by is None else "",
        roles=by.roles if by is not None else [],
        origin=origin(),
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        patient_id=patient.pk if patient is not None else None,
        details=details,
    )


def note_look(subject: Model | None, *, by: "User", is_patient: bool = False) -> None:
    """Somebody looks at what the trail says of one person or one record."""
    record("trail.viewed", subject, by=by, patient=subject if is_patient else None)


def export_trail(question: Question, form: str, *, by: "User") -> EntryQuerySet:
    """The entries that fit, to be taken away as a file; who takes what is recorded first."""
    if form not in FORMATS:
        raise Refused(_("Choose CSV or JSON Lines."))
    if question.unread:
        raise Refused(
            _("These filters cannot be read: %(names)s. Nothing was exported.")
            % {"names": ", ".join(question.unread)}
        )
    patient = find_record(PATIENT, str(question.patient), by).found if question.patient else None
    note = record(
        "trail.exported", None, by=by, patient=patient, format=form, filters=question.keys
    )
    return question.narrow(Entry.objects.visible_to(by)).older_than(note)


DEMONSTRATION_LOADED = "demonstration.loaded"
_seen_demonstration: list[bool] = []


def is_demonstration() -> bool:
    """Was the demonstration department loaded into this database? Once true, it stays true.

    The trail cannot be changed, so the mark cannot be lost; only "yes" is remembered, because a
    process may have started before the loading.
    """
    if not _seen_demonstration and Entry.objects.with_verb(DEMONSTRATION_LOADED).exists():
        _seen_demonstration.append(True)
    return bool(_seen_demonstration)
