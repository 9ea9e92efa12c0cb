"""The services of our own path: C-STORE, C-ECHO and the worklist's C-FIND (PS3.7 9.1)."""

import logging
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from equipment.services import Caller
from gateway.dimse.landing import Landing
from gateway.dimse.outcomes import Outcome
from gateway.dimse.registry import MODALITY_WORKLIST, VERIFICATION, Service
from gateway.dimse.scribe import Scribe
from gateway.dimse.storage import INVALID_OBJECT_INSTANCE, is_named, refusal_of, store
from gateway.dimse.upper_layer import pdus
from gateway.dimse.upper_layer.commands import (
    C_CANCEL_RQ,
    C_ECHO_RQ,
    C_FIND_RQ,
    C_STORE_RQ,
    Command,
    response,
)
from gateway.dimse.upper_layer.finding import MOST_WAITING, Finding, Identifier
from gateway.dimse.upper_layer.messages import DataSet, Inbox, Message, Unacceptable
from gateway.dimse.worklist import Query
from gateway.statuses import DOES_NOT_MATCH, SUCCESS
from studies.part10 import own_head
from studies.services import Announced

if TYPE_CHECKING:
    from gateway.listener import Door

OURS = (VERIFICATION, MODALITY_WORKLIST, None)  # None is all of storage

logger = logging.getLogger(__name__)


def serves(service: Service | None) -> bool:
    """Whether this path answers for a service."""
    return service is not None and service.sop_class in OURS


class Serving:
    """What is done in one accepted association. `contexts`: id → abstract and transfer syntax."""

    def __init__(
        self,
        contexts: Mapping[int, tuple[str, str]],
        caller: Caller,
        door: "Door",
        *,
        largest_pdu: int,
    ) -> None:
        self._contexts = contexts
        self._caller = caller
        self._door = door
        self._packed = partial(pdus.message, largest_pdu)
        self._inbox = Inbox(contexts, self._receive)
        self._findings: deque[Finding] = deque()
        self._stored = 0
        # Rights and contexts are those of the whole association.
        self._refusals = {
            number: refusal_of(caller, abstract) for number, (abstract, _) in contexts.items()
        }

    @property
    def is_between_messages(self) -> bool:
        return self._inbox.is_empty and not self._findings

    def take(self, body: memoryview) -> Iterator[bytes]:
        """Take in one P-DATA-TF; what is to be sent for it at once. Raises Unacceptable."""
        for message in self._inbox.take(body):
            if message.command.field == C_CANCEL_RQ:
                self._cancel(message.command.about)
            elif message.command.field == C_FIND_RQ:
                self._find(message)
            else:
                outcome = Outcome(self._status_of(message))
                yield self._packed(message.context_id, response(message.command, outcome))

    def found(self) -> bytes | None:
        """The next answers to queries that came in, perhaps none yet; None when all is said."""
        while self._findings:
            piece = self._findings[0].next_piece()
            if piece is not None:
                return piece
            self._findings.popleft()
        return None

    def _status_of(self, message: Message) -> int:
        if message.command.field == C_ECHO_RQ:
            return SUCCESS
        if message.command.field != C_STORE_RQ:
            raise Unacceptable("a message that no service here answers")
        if not isinstance(message.data_set, LetFall | Incoming):
            return self._refusals[message.context_id] or DOES_NOT_MATCH
        status = message.data_set.finish()
        self._stored += status == SUCCESS
        return status

    def _find(self, message: Message) -> None:
        abstract, transfer_syntax = self._contexts[message.context_id]
        if abstract != MODALITY_WORKLIST or not isinstance(message.data_set, Identifier):
            raise Unacceptable("a query that nobody here answers, or without an identifier")
        if len(self._findings) >= MOST_WAITING:
            raise Unacceptable("more queries at once than anybody has")
        identifier = message.data_set.read()
        query = Query(self._caller.ae_title, self._caller, identifier, transfer_syntax)
        self._findings.append(Finding(message, query, self._door, self._packed))

    def _cancel(self, message_id: int) -> None:
        """There may be nothing any more that it could cancel."""
        for finding in self._findings:
            finding.is_cancelled |= finding.message_id == message_id

    def _receive(self, context_id: int, command: Command) -> DataSet:
        """Where the data set of a command goes while it arrives."""
        if command.field == C_FIND_RQ:
            return Identifier()
        if command.field != C_STORE_RQ:
            raise Unacceptable("a data set where none belongs")
        if not is_named(command.sop_class, command.sop_instance):
            return LetFall(INVALID_OBJECT_INSTANCE)
        if refusal := self._refusals[context_id]:
            return LetFall(refusal)
        announced = Announced(
            command.sop_class, command.sop_instance, self._contexts[context_id][1]
        )
        return Incoming(announced, self._caller, self._door.scribe)

    def end(self) -> None:
        """Let go of what was half received or half answered."""
        self._inbox.abandon()
        for finding in self._findings:
            finding.end()
        if self._stored:
            logger.info("%s stored %s objects", self._caller.ae_title, self._stored)


@dataclass(frozen=True, slots=True)
class LetFall:
    """A data set that nobody keeps, and the status that says why."""

    status: int

    def write(self, piece: memoryview, /) -> None:
        pass

    def finish(self) -> int:
        """It is complete: the status to answer."""
        return self.status

    def abandon(self) -> None:
        pass


class Incoming:
    """An object on its way to disk and table."""

    def __init__(self, announced: Announced, caller: Caller, scribe: Scribe) -> None:
        self._announced, self._caller, self._scribe = announced, caller, scribe
        self._landing = Landing(
            own_head(
                announced.sop_class_uid,
                announced.sop_instance_uid,
                announced.transfer_syntax,
                sender=caller.ae_title,
            )
        )
        self.write = self._landing.write
        self.abandon = self._landing.discard

    def finish(self) -> int:
        return store(self._landing, self._announced, self._caller, self._scribe)
