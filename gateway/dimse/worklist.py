"""C-FIND on the Modality Worklist.

What is answered is decided by `Query`. It is carried by our own upper layer
(`upper_layer.finding`), or by pynetdicom where an association asks for more (`handle_find`).
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, cast

from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import C_FIND
from pynetdicom.events import Event

from equipment.services import Caller
from gateway.dimse.cancelling import BREATH, is_cancelled
from gateway.dimse.notebook import Note, Notebook
from gateway.dimse.outcomes import NotAuthorised, Outcome, failure_of, status_of
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
from worklist.dicom import Found, Profile, find_steps, keys_of, read_identifier
from worklist.services import Asked

# PS3.4 table K.4-1
STATUSES = {
    PENDING: "a match; every key of the identifier is supported",
    PENDING_OPTIONAL_KEYS_IGNORED: "a match; a key is not supported, or has a value that is not "
    "matched",
    SUCCESS: "no more matches",
    CANCELLED: "cancelled by C-CANCEL",
    NOT_AUTHORISED: "this machine may not query the worklist",
    OUT_OF_RESOURCES: "the database is away, or would take longer than eight seconds",
    DOES_NOT_MATCH: "the identifier cannot be read, has a date, time or offset that is none, or "
    "two items in a sequence key; Error Comment says which",
    CANNOT_PROCESS: "an error of ours; the log has it",
}

if TYPE_CHECKING:
    from gateway.dimse.association import Call

logger = logging.getLogger(__name__)
Answer = tuple[int | Dataset, Dataset | None]


class Query:
    """One C-FIND while it is answered, and what will be remembered of it."""

    def __init__(
        self, asker: str, caller: Caller, identifier: BytesIO, transfer_syntax: str
    ) -> None:
        self.asker, self.caller = asker, caller
        self._identifier, self.transfer_syntax = identifier, transfer_syntax
        self._begun = time.monotonic()
        self._asked = Asked(keys={}, status=CANCELLED)  # unless it is answered to the end

    def find(self) -> Found:
        """The matching steps. Raises what `fail` understands."""
        if not self.caller.may_query_worklist:
            raise NotAuthorised
        identifier = read_identifier(
            self._identifier, self.transfer_syntax, self.caller.character_set
        )
        self._asked = replace(self._asked, keys=keys_of(identifier))
        found = find_steps(identifier, Profile.of(self.caller))
        self._asked = replace(
            self._asked, ignored=list(found.understood.ignored_keys), was_cut=found.was_cut
        )
        return found

    def sent(self, steps: Iterable[int]) -> None:
        """These have been answered."""
        self._asked.steps.extend(steps)

    def succeed(self) -> Outcome:
        """All have been."""
        self._asked = replace(self._asked, status=SUCCESS)
        logger.info("%s asked for its worklist: %s answers", self.asker, len(self._asked.steps))
        return Outcome(SUCCESS)

    def fail(self, why: Exception) -> Outcome:
        """It cannot be answered, or not to the end."""
        outcome = failure_of(why, self.asker)
        self._asked = replace(self._asked, status=outcome.status, error=outcome.comment)
        return outcome

    def end(self, notebook: Notebook) -> None:
        """Have it written down, once the answer is on its way."""
        if self.caller.device_pk is not None:
            milliseconds = round(1000 * (time.monotonic() - self._begun))
            notebook.put(Note(self.caller.device_pk, self._asked, milliseconds))


def handle_find(event: Event) -> Iterator[Answer]:
    """Each matching step as one answer; pynetdicom adds the final success."""
    call = cast("Call", event.assoc)
    identifier = cast(BytesIO, cast(C_FIND, event.request).Identifier)
    query = Query(str(call), call.caller, identifier, event.context.transfer_syntax)
    try:
        found = call.door.finders.ask(query.find)
        for count, (procedure, answer) in enumerate(zip(found.procedures, found, strict=True), 1):
            if count % BREATH == 0 and is_cancelled(event):
                yield CANCELLED, None
                return
            yield answer
            query.sent([procedure.pk])
        query.succeed()
    except Exception as why:
        yield status_of(query.fail(why)), None
    finally:
        query.end(call.door.notebook)
