"""Writing the trail. Every verb calls `record` inside its own transaction."""

from typing import TYPE_CHECKING, Any

from django.db.models import Model

from audit.models import Entry

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
    names. `patient` makes the entry part of that patient's trail.
    """
    return Entry.objects.create(
        verb=verb,
        actor=by,
        actor_label=str(details.pop("sender", ""))[:80] if by is None else "",
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        patient_id=patient.pk if patient is not None else None,
        details=details,
    )


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
