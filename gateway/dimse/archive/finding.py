"""C-FIND on what is stored: the same engine as QIDO-RS, asked and answered in data sets."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from pydicom.dataset import Dataset
from pynetdicom.events import Event

from equipment.services import Caller
from gateway.dimse.archive.answers import data_set
from gateway.dimse.archive.asking import Asked, ask
from gateway.dimse.archive.identifier import identifier_of
from gateway.dimse.cancelling import BREATH, is_cancelled
from gateway.dimse.outcomes import NotAuthorised, failure_of, status_of, too_many
from gateway.statuses import (
    CANCELLED,
    CANNOT_PROCESS,
    DOES_NOT_MATCH,
    NOT_AUTHORISED,
    OUT_OF_RESOURCES,
    PENDING,
    PENDING_OPTIONAL_KEYS_IGNORED,
    SUCCESS,
)

if TYPE_CHECKING:
    from gateway.dimse.association import Call

# PS3.4 table C.4-1
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
    try:
        if not call.caller.may_retrieve:
            raise NotAuthorised
        yield from _answers(event, call.caller)
    except Exception as why:
        yield status_of(failure_of(why, call)), None


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
        yield status_of(too_many(len(found.rows))), None
