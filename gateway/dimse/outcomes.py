"""How a request ends: its status, and the words that go with it (PS3.7 annex C)."""

import logging
from dataclasses import dataclass

from django.db import DatabaseError, DataError
from pydicom.dataset import Dataset

from gateway.dicomweb.doors import BadQuestion, TooMuch
from gateway.statuses import (
    CANNOT_PROCESS,
    DOES_NOT_MATCH,
    NOT_AUTHORISED,
    OUT_OF_RESOURCES,
)
from worklist.dicom.identifier import NotAnswerable

LONGEST_COMMENT = 64

logger = logging.getLogger(__name__)


class NotAuthorised(Exception):
    """This machine may not ask that."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A status, why it is that one, and the tag that is to blame."""

    status: int
    comment: str = ""
    offending: int | None = None


def failure_of(why: Exception, asker: object) -> Outcome:
    """What a query is answered that met this, and what the log says of it."""
    if isinstance(why, NotAuthorised):
        return Outcome(NOT_AUTHORISED)
    if isinstance(why, NotAnswerable):
        logger.info("%s asked what cannot be answered: %s", asker, why)
        return Outcome(DOES_NOT_MATCH, _short(str(why)), why.offending)
    if isinstance(why, BadQuestion | DataError):
        sentence = getattr(why, "sentence", "A value is outside of what can be searched for.")
        return Outcome(DOES_NOT_MATCH, _short(str(sentence)))
    if isinstance(why, TooMuch | DatabaseError):
        logger.warning("Could not answer %s: %s", asker, why)
        return Outcome(OUT_OF_RESOURCES)
    logger.error("Could not answer %s", asker, exc_info=why)
    return Outcome(CANNOT_PROCESS)


def too_many(count: int) -> Outcome:
    """Those that were answered are not all."""
    return Outcome(OUT_OF_RESOURCES, _short(f"More than {count} matches; ask for less."))


def status_of(outcome: Outcome) -> Dataset:
    """The same for pynetdicom."""
    status = Dataset()
    status.Status = outcome.status
    if outcome.comment:
        status.ErrorComment = outcome.comment
    if outcome.offending is not None:
        status.OffendingElement = outcome.offending
    return status


def _short(sentence: str) -> str:
    return sentence.encode("ascii", "replace").decode()[:LONGEST_COMMENT]
