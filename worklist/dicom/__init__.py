"""The worklist as modalities ask for it (PS3.4 annex K): identifiers in, worklist datasets out."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils import timezone
from pydicom.dataset import Dataset

from common.compiled import Compiled
from worklist.dicom.answers import Asking, dataset_of, elements_for
from worklist.dicom.encoding import writer_of
from worklist.dicom.identifier import NotAnswerable, read_identifier
from worklist.dicom.matching import Profile, Understood, understand
from worklist.dicom.plain import attribute_of, every_key, identifier_of, keys_of
from worklist.models import ScheduledProcedure
from worklist.models.asked import Question
from worklist.models.queries import ScheduledProcedureQuerySet

PENDING = 0xFF00
PENDING_OPTIONAL_KEYS_IGNORED = 0xFF01
MOST_ANSWERS = 500

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

    asking: Asking
    understood: Understood
    procedures: list[ScheduledProcedure]
    was_cut: bool
    """There were more than are answered."""

    @property
    def status(self) -> int:
        """The pending status of each answer (PS3.4 table K.4-1)."""
        return PENDING_OPTIONAL_KEYS_IGNORED if self.understood.ignored_keys else PENDING

    def __iter__(self) -> Iterator[tuple[int, Dataset]]:
        """Each answer with its status, as a data set."""
        for procedure in self.procedures:
            yield self.status, dataset_of(elements_for(procedure, self.asking))

    def encoded(self, transfer_syntax: str) -> list[bytes]:
        """The same answers, ready to be sent."""
        writer = writer_of(transfer_syntax)
        return [writer.write(elements_for(one, self.asking)) for one in self.procedures]


def find_steps(identifier: Dataset, profile: Profile) -> Found:
    """What a machine of this profile is answered. Raises NotAnswerable and DatabaseError."""
    understood = understand(identifier, profile)
    zone, wants_offset = understood.question.zone, understood.wants_offset
    asking = Asking(identifier, zone, wants_offset, profile.character_set)
    compiled = _compiled if understood.question.is_short else _compiled.__wrapped__
    found = compiled(understood.question, asking.needs, MOST_ANSWERS + 1).fetch()
    was_cut = len(found) > MOST_ANSWERS
    if was_cut:  # in this rare case alone it matters which
        matching = _matching(understood.question, asking.needs)
        found = list(matching.nearest_first(timezone.now())[:MOST_ANSWERS])
        logger.warning("A worklist query matched more than the %s steps answered", MOST_ANSWERS)
    found.sort(key=lambda one: (one.scheduled_start, one.pk))
    return Found(asking, understood, found, was_cut)


def _matching(question: Question, needs: Collection[str]) -> ScheduledProcedureQuerySet:
    return ScheduledProcedure.objects.asked_for(question).with_worklist_details(needs)


@lru_cache(maxsize=256)
def _compiled(question: Question, needs: frozenset[str], most: int) -> Compiled[ScheduledProcedure]:
    """Scanners ask the same every minute, all day."""
    return Compiled(_matching(question, needs)[:most])


def is_answered(procedure_pk: int, identifier: Dataset, profile: Profile) -> bool:
    """Is the step among those that are answered? Without looking at what would be said of it."""
    matching = ScheduledProcedure.objects.asked_for(understand(identifier, profile).question)
    nearest = matching.nearest_first(timezone.now())
    return procedure_pk in nearest.values_list("pk", flat=True)[:MOST_ANSWERS]


def worklist_answers(identifier: Dataset, profile: Profile) -> Iterator[tuple[int, Dataset]]:
    """The same as a stream of answers."""
    yield from find_steps(identifier, profile)
