"""The worklist as modalities ask for it (PS3.4 annex K): identifiers in, worklist datasets out."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from pydicom.dataset import Dataset

from worklist.dicom.answers import Asking, answer_for
from worklist.dicom.identifier import NotAnswerable, read_identifier
from worklist.dicom.matching import Profile, Understood, understand
from worklist.dicom.plain import attribute_of, every_key, identifier_of, keys_of
from worklist.models import ScheduledProcedure
from worklist.models.asked import Question
from worklist.models.queries import ScheduledProcedureQuerySet

PENDING = 0xFF00
PENDING_OPTIONAL_KEYS_IGNORED = 0xFF01
MOST_ANSWERS = 500
OTHER_NUMBERS = "OtherPatientIDsSequence"

__all__ = [
    "MOST_ANSWERS",
    "PENDING",
    "PENDING_OPTIONAL_KEYS_IGNORED",
    "Found",
    "NotAnswerable",
    "Profile",
    "attribute_of",
    "every_key",
    "find_steps",
    "identifier_of",
    "is_answered",
    "keys_of",
    "read_identifier",
    "worklist_answers",
]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """The steps that answer a query, soonest first."""

    identifier: Dataset
    understood: Understood
    character_set: str
    procedures: list[ScheduledProcedure]
    was_cut: bool
    """There were more than are answered."""

    def __iter__(self) -> Iterator[tuple[int, Dataset]]:
        """Each answer with its pending status (PS3.4 table K.4-1)."""
        status = PENDING_OPTIONAL_KEYS_IGNORED if self.understood.ignored_keys else PENDING
        zone, wants_offset = self.understood.question.zone, self.understood.wants_offset
        asking = Asking(self.identifier, zone, wants_offset, self.character_set)
        for procedure in self.procedures:
            yield status, answer_for(procedure, asking)


def find_steps(identifier: Dataset, profile: Profile) -> Found:
    """What a machine of this profile is answered. Raises NotAnswerable and DatabaseError."""
    understood = understand(identifier, profile)
    found = _nearest_first(understood.question).with_worklist_details()
    if OTHER_NUMBERS in identifier:
        found = found.with_other_numbers()
    nearest = list(found[: MOST_ANSWERS + 1])
    was_cut = len(nearest) > MOST_ANSWERS
    if was_cut:
        logger.warning("A worklist query matched more than the %s steps answered", MOST_ANSWERS)
    in_time_order = sorted(nearest[:MOST_ANSWERS], key=lambda one: (one.scheduled_start, one.pk))
    return Found(identifier, understood, profile.character_set, in_time_order, was_cut)


def is_answered(procedure_pk: int, identifier: Dataset, profile: Profile) -> bool:
    """Is the step among those that are answered? Without looking at what would be said of it."""
    found = _nearest_first(understand(identifier, profile).question)
    return procedure_pk in found.values_list("pk", flat=True)[:MOST_ANSWERS]


def _nearest_first(question: Question) -> ScheduledProcedureQuerySet:
    return ScheduledProcedure.objects.asked_for(question).nearest_first(timezone.now())


def worklist_answers(identifier: Dataset, profile: Profile) -> Iterator[tuple[int, Dataset]]:
    """The same as a stream of answers."""
    yield from find_steps(identifier, profile)
