"""C-FIND on what is stored: the same engine as QIDO-RS, asked and answered in data sets."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from django.db import DatabaseError, DataError
from pydicom.dataset import Dataset
from pynetdicom.events import Event

from equipment.services import Caller
from gateway.dicomweb.doors import BadQuestion, TooMuch
from gateway.dimse.archive.answers import data_set
from gateway.dimse.archive.asking import Asked, ask
from gateway.dimse.archive.identifier import identifier_of
from gateway.dimse.cancelling import BREATH, is_cancelled
from worklist.dicom.identifier import NotAnswerable

if TYPE_CHECKING:
    from gateway.dimse.association import Call

# PS3.4 table C.4-1
SUCCESS = 0x0000
PENDING, PENDING_OPTIONAL_KEYS_IGNORED = 0xFF00, 0xFF01
CANCELLED = 0xFE00
NOT_AUTHORISED = 0x0124
OUT_OF_RESOURCES = 0xA700
DOES_NOT_MATCH = 0xA900
CANNOT_PROCESS = 0xC000
STATUSES = {
    PENDING: "a match; every key of the identifier is supported",
    PENDING_OPTIONAL_KEYS_IGNORED: "a match; a key is not supported at this level, or has a value "
    "that is not matched",
    SUCCESS: "no more matches",
    CANCELLED: "cancelled by C-CANCEL",
    NOT_AUTHORISED: "this machine may not query and retrieve images",
    OUT_OF_RESOURCES: "the database is away; or there are more matches than are answered, and "
    "those that were are the newest: Error Comment says which",
    DOES_NOT_MATCH: "the identifier cannot be read, its level is none of the model, a unique key "
    "of a level above is missing without relational queries, or a value is none; Error Comment "
    "says which",
    CANNOT_PROCESS: "an error of ours; the log has it",
}

logger = logging.getLogger(__name__)
Answer = tuple[int | Dataset, Dataset | None]


def handle_archive_find(event: Event) -> Iterator[Answer]:
    """Each match as one answer; pynetdicom adds the final success."""
    call = cast("Call", event.assoc)
    if call.caller is None or not call.caller.may_retrieve:
        yield NOT_AUTHORISED, None
        return
    try:
        yield from _answers(event, call.caller)
    except NotAnswerable as why:
        logger.info("%s asked what cannot be answered: %s", call, why)
        yield status_of(DOES_NOT_MATCH, str(why), why.offending), None
    except (BadQuestion, DataError) as why:
        sentence = getattr(why, "sentence", "A value is outside of what can be searched for.")
        yield status_of(DOES_NOT_MATCH, str(sentence)), None
    except (TooMuch, DatabaseError) as why:
        logger.warning("Could not answer %s: %s", call, why)
        yield OUT_OF_RESOURCES, None
    except Exception:
        logger.exception("Could not answer %s", call)
        yield CANNOT_PROCESS, None


def _answers(event: Event, caller: Caller) -> Iterator[Answer]:
    call = cast("Call", event.assoc)
    sop_class = event.context.abstract_syntax
    identifier = identifier_of(
        event, caller.character_set, is_relational=call.is_relational(sop_class)
    )
    asked = Asked.of(identifier)
    found = ask(asked)
    pending = PENDING_OPTIONAL_KEYS_IGNORED if found.ignored else PENDING
    for count, row in enumerate(found.rows, start=1):
        if count % BREATH == 0 and is_cancelled(event):
            yield CANCELLED, None
            return
        yield pending, data_set(row, identifier, found, caller.character_set)
    logger.info("%s searched at level %s: %s matches", call, identifier.depth, len(found.rows))
    if found.was_cut:
        comment = f"More than {len(found.rows)} matches; ask for less."
        yield status_of(OUT_OF_RESOURCES, comment), None


def status_of(code: int, comment: str, offending: int | None = None) -> Dataset:
    """A status with its reason (PS3.7 C.4)."""
    status = Dataset()
    status.Status = code
    status.ErrorComment = comment.encode("ascii", "replace").decode()[:64]
    if offending is not None:
        status.OffendingElement = offending
    return status
