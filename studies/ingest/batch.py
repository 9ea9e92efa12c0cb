"""Filing many received objects: claim, read, sort by study, file each study in one transaction."""

import logging
import traceback
from collections import defaultdict
from collections.abc import Sequence

from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.translation import gettext as _

from studies.facts import NotUsable
from studies.ingest.filing import file_study
from studies.ingest.reading import Reading, Unreadable, read
from studies.ingest.settling import settle_unreadable
from studies.lease import Lease
from studies.models import IncomingFile

logger = logging.getLogger(__name__)

BATCH = 200
MOST_ATTEMPTS = 3
PAUSE_SECONDS = 2.0  # before another try, times the tries so far


def file_batch(limit: int = BATCH) -> int:
    """File up to `limit` waiting objects; how many were taken up. 0 means that nothing waits.

    Any number of workers may do this at once, and each may die at any moment: what was not
    committed comes due again. An object that ends its worker three times is set aside.
    """
    claimed = IncomingFile.objects.claim(limit)
    if not claimed:
        return 0
    worn_out = [incoming for incoming in claimed if incoming.attempts > MOST_ATTEMPTS]
    fresh = [incoming for incoming in claimed if incoming.attempts <= MOST_ATTEMPTS]
    settle_unreadable([Unreadable(incoming, _gave_up()) for incoming in worn_out])
    if fresh:
        with Lease(IncomingFile.objects.all(), [incoming.pk for incoming in fresh]):
            readings, failures = read(fresh)
            settle_unreadable(failures)
            file_readings(readings)
    return len(claimed)


def _gave_up() -> NotUsable:
    sentence = _("Filing it was tried three times and never came to an end.")
    return NotUsable("crashed", sentence, refuse=False)


def file_readings(readings: Sequence[Reading]) -> None:
    """File study by study, so that one that fails takes no other with it."""
    by_study: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_study[reading.facts.study.uid].append(reading)
    for study_uid, of_study in sorted(by_study.items()):
        _file_or_put_off(study_uid, of_study)


def _file_or_put_off(study_uid: str, readings: Sequence[Reading]) -> None:
    """File them together; when that fails, each alone; what fails alone is tried again later.

    A database that went away is nobody's fault: everything stays as it is and comes due again.
    """
    try:
        file_study(study_uid, readings)
    except (OperationalError, InterfaceError):
        raise
    except Exception as why:
        if len(readings) > 1:
            for reading in readings:
                _file_or_put_off(study_uid, [reading])
        else:
            _put_off(readings[0].incoming, why)


def _put_off(incoming: IncomingFile, why: Exception) -> None:
    """Leave it for a later try. The log gets places in our code, never values of the object."""
    # A database error quotes the row: patients' names must not reach the log.
    said = type(why).__name__ if isinstance(why, DatabaseError) else repr(why)
    where = "".join(traceback.format_tb(why.__traceback__))
    logger.error("Object %s could not be filed: %s\n%s", incoming.pk, said, where)
    IncomingFile.objects.all().put_off([incoming.pk], PAUSE_SECONDS * incoming.attempts)
