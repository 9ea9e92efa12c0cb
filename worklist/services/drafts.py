"""What somebody has begun to write about an examination: saved as it is typed, seen by the next.

A draft carries a number that grows with every save. Whoever saves on top of an older one is told,
and both versions stay: theirs here, one's own on the page.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from common.refusals import Refused
from worklist.models import Draft, ScheduledProcedure
from worklist.services.moving import locked, tell_examination

if TYPE_CHECKING:
    from staff.models import User

PARTS = ("identity", "screening", "side", "given", "exposed", "finish")
MOST_FIELDS = 120
MOST_LETTERS = 2000
MOST_CHOICES = 20
MOST_BYTES = 200_000


class Overtaken(Refused):
    """Somebody else has saved this part in the meantime; `draft` is their version."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(
            _("%(person)s has changed this in the meantime. Nothing was overwritten.")
            % {"person": draft.saved_by}
        )
        self.draft = draft


@transaction.atomic
def save_draft(
    procedure: ScheduledProcedure, part: str, content: object, *, by: "User", number: int
) -> Draft:
    """Keep what was typed so far. `number` is that of the draft it was typed upon; 0: there was
    none.

    Refused (Overtaken) when somebody has saved since, unless they saved the same words.
    """
    words = clean(content)
    procedure = locked(procedure.pk)
    draft = procedure.drafts.select_related("saved_by").filter(part=part).first()
    if draft is None:
        draft = Draft(procedure=procedure, part=part, number=0)
    elif draft.content == words:
        return draft
    elif draft.number != number:
        raise Overtaken(draft)
    draft.content, draft.saved_by, draft.number = words, by, draft.number + 1
    draft.full_clean()
    draft.save()
    tell_examination(procedure.pk)
    return draft


def forget_draft(procedure: ScheduledProcedure, part: str, *, by: "User") -> None:
    """It was handed in. An empty row goes on counting: an older page is told, and a save that
    comes in late brings nothing back."""
    emptied: dict[str, Any] = {"content": {}, "saved_by": by, "saved_at": timezone.now()}
    drafts = Draft.objects.filter(procedure=procedure, part=part)
    if not drafts.update(number=F("number") + 1, **emptied):
        Draft.objects.create(procedure=procedure, part=part, **emptied)


def clean(content: object) -> dict[str, Any]:
    """The words of a form, by field: one each, or a list of ticks. Refused: anything else."""
    if not isinstance(content, Mapping) or len(content) > MOST_FIELDS:
        raise Refused(_("This is not what the form holds."))
    return {clean_word(name): clean_value(value) for name, value in content.items()}


def clean_value(value: object) -> str | list[str]:
    if isinstance(value, list) and len(value) <= MOST_CHOICES:
        return [clean_word(one) for one in value]
    return clean_word(value)


def clean_word(word: object) -> str:
    """One word as the database can hold it: no NUL, no half of a character, not too long."""
    if not isinstance(word, str) or len(word) > MOST_LETTERS:
        raise Refused(_("This is not what the form holds."))
    return word.replace("\0", "").encode("utf-8", "ignore").decode()
