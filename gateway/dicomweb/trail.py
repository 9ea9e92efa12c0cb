"""Who looked at which study, in the trail; once in a while and not once a frame."""

import logging
import time
from typing import TYPE_CHECKING

from django.core.cache import cache
from redis.exceptions import RedisError

from audit.services import record
from common.at_once import waits
from patients.models import Patient
from studies.models import Study
from studies.services import view_study

if TYPE_CHECKING:
    from staff.models import User

logger = logging.getLogger(__name__)

QUIET_SECONDS = 600  # one entry a person, study and verb in this time
HOW = "dicomweb"
MOST_REMEMBERED = 10_000

_noted: dict[tuple[str, int, int], float] = {}


def note(verb: str, study_pk: int, patient_pk: int, by: "User") -> None:
    """Record that `by` did `verb` ("study.viewed") to a study, unless that stands there already.

    This process remembers first, then all of them through the cache. With the cache away an entry
    too many is written rather than one too few.
    """
    if _noted.get((verb, study_pk, by.pk), 0.0) <= time.monotonic():
        _note(verb, study_pk, patient_pk, by)


@waits
def _note(verb: str, study_pk: int, patient_pk: int, by: "User") -> None:
    if len(_noted) >= MOST_REMEMBERED:
        _noted.clear()
    if _is_first(f"trail:{verb}:{study_pk}:{by.pk}"):
        study = Study(pk=study_pk, patient=Patient(pk=patient_pk))
        if verb == "study.viewed":
            view_study(study, by=by, how=HOW)
        else:
            record(verb, study, by=by, patient=study.patient, how=HOW)
    _noted[verb, study_pk, by.pk] = time.monotonic() + QUIET_SECONDS / 2


def _is_first(key: str) -> bool:
    try:
        return bool(cache.add(key, 1, QUIET_SECONDS))
    except (RedisError, OSError):
        logger.warning("The cache is away; the trail may repeat itself")
        return True
