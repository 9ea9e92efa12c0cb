"""The two services of our own path: C-STORE and C-ECHO (PS3.7 9.1.1, 9.1.5)."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pynetdicom import evt

from equipment.services import Caller
from gateway.dimse.landing import Landing
from gateway.dimse.registry import Service
from gateway.dimse.scribe import Scribe
from gateway.dimse.storage import (
    DOES_NOT_MATCH,
    INVALID_OBJECT_INSTANCE,
    SUCCESS,
    is_named,
    refusal_of,
    store,
)
from gateway.dimse.upper_layer.commands import (
    C_CANCEL_RQ,
    C_ECHO_RQ,
    C_STORE_RQ,
    Command,
    response,
)
from gateway.dimse.upper_layer.messages import DataSet, Inbox, Message, Unacceptable
from gateway.dimse.upper_layer.pdus import command_data
from studies.part10 import own_head
from studies.services import Announced

logger = logging.getLogger(__name__)


def serves(service: Service | None) -> bool:
    """Whether this path answers for a service."""
    return service is not None and service.event in {evt.EVT_C_ECHO, evt.EVT_C_STORE}


class Serving:
    """What is done in one accepted association. `contexts`: id → abstract and transfer syntax."""

    def __init__(
        self, contexts: Mapping[int, tuple[str, str]], caller: Caller, scribe: Scribe
    ) -> None:
        self._contexts = contexts
        self._caller = caller
        self._scribe = scribe
        self._inbox = Inbox(contexts, self._receive)
        self._stored = 0
        # Rights and contexts are those of the whole association.
        self._refusals = {
            number: refusal_of(caller, abstract) for number, (abstract, _) in contexts.items()
        }

    @property
    def is_between_messages(self) -> bool:
        return self._inbox.is_empty

    def take(self, body: memoryview) -> Iterator[bytes]:
        """Take in one P-DATA-TF; what is to be sent for it. Raises Unacceptable."""
        for message in self._inbox.take(body):
            if message.command.field != C_CANCEL_RQ:  # there is nothing that it could cancel
                status = self._status_of(message)
                yield command_data(message.context_id, response(message.command, status))

    def _status_of(self, message: Message) -> int:
        if message.command.field == C_ECHO_RQ:
            return SUCCESS
        if message.command.field != C_STORE_RQ:
            raise Unacceptable("a message that no service here answers")
        if message.data_set is None:
            return self._refusals[message.context_id] or DOES_NOT_MATCH
        status = message.data_set.finish()
        self._stored += status == SUCCESS
        return status

    def _receive(self, context_id: int, command: Command) -> DataSet:
        """Where the data set of a command goes while it arrives."""
        if command.field != C_STORE_RQ:
            raise Unacceptable("a data set where none belongs")
        if not is_named(command.sop_class, command.sop_instance):
            return LetFall(INVALID_OBJECT_INSTANCE)
        if refusal := self._refusals[context_id]:
            return LetFall(refusal)
        announced = Announced(
            command.sop_class, command.sop_instance, self._contexts[context_id][1]
        )
        return Incoming(announced, self._caller, self._scribe)

    def end(self) -> None:
        """Let go of what was half received."""
        self._inbox.abandon()
        if self._stored:
            logger.info("%s stored %s objects", self._caller.ae_title, self._stored)


@dataclass(frozen=True, slots=True)
class LetFall:
    """A data set that nobody keeps, and the status that says why."""

    status: int

    def write(self, piece: memoryview, /) -> None:
        pass

    def finish(self) -> int:
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
