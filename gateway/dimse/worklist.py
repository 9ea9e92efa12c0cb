"""C-FIND on the Modality Worklist."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, cast

from django.db import DatabaseError
from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import C_FIND
from pynetdicom.events import Event

from equipment.services import Caller
from gateway.dimse.cancelling import BREATH, is_cancelled
from worklist.dicom import (
    PENDING,
    PENDING_OPTIONAL_KEYS_IGNORED,
    NotAnswerable,
    Profile,
    find_steps,
    keys_of,
    read_identifier,
)
from worklist.services import Asked, note_query

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

if TYPE_CHECKING:
    from gateway.dimse.association import Call

logger = logging.getLogger(__name__)
Answer = tuple[int | Dataset, Dataset | None]


def handle_find(event: Event) -> Iterator[Answer]:
    """Each matching step as one answer; pynetdicom adds the final success."""
    call = cast("Call", event.assoc)
    if call.caller is None or not call.caller.may_query_worklist:
        yield NOT_AUTHORISED, None
        return
    query = Query(event, call.caller)
    try:
        yield from query.answers()
    except NotAnswerable as why:
        logger.info("%s asked what cannot be answered: %s", call, why)
        query.fail(DOES_NOT_MATCH, str(why))
        yield _status(DOES_NOT_MATCH, str(why), why.offending), None
    except DatabaseError as why:
        logger.warning("Could not answer %s: %s", call, why)
        query.fail(OUT_OF_RESOURCES)
        yield OUT_OF_RESOURCES, None
    except Exception:
        logger.exception("Could not answer %s", call)
        query.fail(CANNOT_PROCESS)
        yield CANNOT_PROCESS, None
    finally:
        query.end()


class Query:
    """One C-FIND while it is answered, and what will be remembered of it."""

    def __init__(self, event: Event, caller: Caller) -> None:
        self.event, self.caller = event, caller
        self.begun = time.monotonic()
        self.asked = Asked(keys={}, status=CANCELLED)  # unless it is answered to the end

    def answers(self) -> Iterator[Answer]:
        """The matching steps. Raises NotAnswerable, DatabaseError."""
        request = cast(C_FIND, self.event.request)
        identifier = read_identifier(
            cast(BytesIO, request.Identifier),
            self.event.context.transfer_syntax,
            self.caller.character_set,
        )
        self.asked = replace(self.asked, keys=keys_of(identifier))
        found = find_steps(identifier, Profile.of(self.caller))
        self.asked = replace(
            self.asked, ignored=list(found.understood.ignored_keys), was_cut=found.was_cut
        )
        sent = self.asked.steps
        for procedure, answer in zip(found.procedures, found, strict=True):
            if len(sent) % BREATH == BREATH - 1 and is_cancelled(self.event):
                yield CANCELLED, None
                return
            yield answer
            sent.append(procedure.pk)
        self.asked = replace(self.asked, status=SUCCESS)
        logger.info("%s asked for its worklist: %s answers", self.event.assoc, len(sent))

    def fail(self, status: int, error: str = "") -> None:
        self.asked = replace(self.asked, status=status, error=error[:64])

    def end(self) -> None:
        """Have it written down, once the answer is on its way."""
        if self.caller.device_pk is not None:
            milliseconds = round(1000 * (time.monotonic() - self.begun))
            note = partial(note_query, self.caller.device_pk, self.asked, milliseconds=milliseconds)
            cast("Call", self.event.assoc).afterwards.append(note)


def _status(code: int, comment: str, offending: int | None) -> Dataset:
    status = Dataset()
    status.Status = code
    status.ErrorComment = comment[:64]
    if offending is not None:
        status.OffendingElement = offending
    return status
