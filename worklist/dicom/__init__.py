"""The worklist as modalities ask for it (PS3.4 annex K): identifiers in, worklist datasets out."""

import logging
from collections.abc import Iterator

from django.utils import timezone
from pydicom.dataset import Dataset

from worklist.dicom.answers import Asking, answer_for
from worklist.dicom.identifier import NotAnswerable, read_identifier
from worklist.dicom.matching import understand
from worklist.models import ScheduledProcedure

PENDING = 0xFF00
PENDING_OPTIONAL_KEYS_IGNORED = 0xFF01
MOST_ANSWERS = 500

__all__ = [
    "MOST_ANSWERS",
    "PENDING",
    "PENDING_OPTIONAL_KEYS_IGNORED",
    "NotAnswerable",
    "read_identifier",
    "worklist_answers",
]
logger = logging.getLogger(__name__)


def worklist_answers(
    identifier: Dataset, *, own_station: str, shows_started: bool, character_set: str
) -> Iterator[tuple[int, Dataset]]:
    """Matching steps, soonest first, each with its pending status (PS3.4 table K.4.1-2).

    `own_station` limits the answer to one station's steps, "" does not. `shows_started` keeps
    steps in progress on the list. `character_set` is what the asking machine reads. Raises
    NotAnswerable before the first answer, and DatabaseError.
    """
    understood = understand(identifier, own_station=own_station, shows_started=shows_started)
    status = PENDING_OPTIONAL_KEYS_IGNORED if understood.ignored_keys else PENDING
    found = (
        ScheduledProcedure.objects.asked_for(understood.question)
        .nearest_first(timezone.now())
        .with_worklist_details()[:MOST_ANSWERS]
    )
    if len(found) == MOST_ANSWERS:
        logger.warning("A worklist query matched more than the %s steps answered", MOST_ANSWERS)
    asking = Asking(identifier, understood.question.zone, understood.wants_offset, character_set)
    for procedure in sorted(found, key=lambda one: (one.scheduled_start, one.pk)):
        yield status, answer_for(procedure, asking)
