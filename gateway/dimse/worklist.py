"""C-FIND on the Modality Worklist."""

import logging
import time
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, cast

from django.db import DatabaseError
from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import C_FIND
from pynetdicom.events import Event

from equipment.services import Caller
from worklist.dicom import (
    PENDING,
    PENDING_OPTIONAL_KEYS_IGNORED,
    NotAnswerable,
    read_identifier,
    worklist_answers,
)

# PS3.4 table K.4-1
SUCCESS = 0x0000
CANCELLED = 0xFE00
NOT_AUTHORISED = 0x0124
OUT_OF_RESOURCES = 0xA700
DOES_NOT_MATCH = 0xA900
CANNOT_PROCESS = 0xC000
STATUSES = {
    PENDING: "a match; every key of the identifier is supported",
    PENDING_OPTIONAL_KEYS_IGNORED: "a match; a key is not supported, or has a value that is not "
    "matched",
    SUCCESS: "no more matches",
    CANCELLED: "cancelled by C-CANCEL",
    NOT_AUTHORISED: "this machine may not query the worklist",
    OUT_OF_RESOURCES: "the database is away",
    DOES_NOT_MATCH: "the identifier cannot be read, has a date, time or offset that is none, or "
    "two items in a sequence key; Error Comment says which",
    CANNOT_PROCESS: "an error of ours; the log has it",
}
BREATH = 10  # answers between two looks whether the asker has cancelled

if TYPE_CHECKING:
    from gateway.dimse.association import Call

logger = logging.getLogger(__name__)
Answer = tuple[int | Dataset, Dataset | None]


def handle_find(event: Event) -> Iterator[Answer]:
    """Each matching step as one answer; pynetdicom adds the final success."""
    caller = cast("Call", event.assoc).caller
    if caller is None or not caller.may_query_worklist:
        yield NOT_AUTHORISED, None
        return
    try:
        yield from _answers(event, caller)
    except NotAnswerable as why:
        logger.info("%s asked what cannot be answered: %s", event.assoc, why)
        yield _status(DOES_NOT_MATCH, str(why), why.offending), None
    except DatabaseError as why:
        logger.warning("Could not answer %s: %s", event.assoc, why)
        yield OUT_OF_RESOURCES, None
    except Exception:
        logger.exception("Could not answer %s", event.assoc)
        yield CANNOT_PROCESS, None


def _answers(event: Event, caller: Caller) -> Iterator[Answer]:
    request, syntax = cast(C_FIND, event.request), event.context.transfer_syntax
    identifier = read_identifier(cast(BytesIO, request.Identifier), syntax, caller.character_set)
    count = 0
    for count, answer in enumerate(
        worklist_answers(
            identifier,
            own_station=caller.own_station,
            shows_started=caller.shows_started,
            character_set=caller.character_set,
        ),
        start=1,
    ):
        if count % BREATH == 0 and _is_cancelled(event):
            yield CANCELLED, None
            return
        yield answer
    logger.info("%s asked for its worklist: %s answers", event.assoc, count)


def _is_cancelled(event: Event) -> bool:
    """Let the answers so far go out, so that a C-CANCEL can come in, and look for one.

    pynetdicom reads nothing while it has something to send.
    """
    dul = event.assoc.dul
    while not dul.to_provider_queue.empty() and dul.is_alive():
        time.sleep(0.0005)
    time.sleep(0.003)
    return bool(event.is_cancelled)


def _status(code: int, comment: str, offending: int | None) -> Dataset:
    status = Dataset()
    status.Status = code
    status.ErrorComment = comment[:64]
    if offending is not None:
        status.OffendingElement = offending
    return status
