"""Fragments become messages (PS3.7 6.2, PS3.8 annex E): a command, and perhaps a data set."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from gateway.dimse.upper_layer.commands import Command, read_command
from gateway.dimse.upper_layer.pdus import COMMAND, LAST, Invalid, fragments

LARGEST_COMMAND = 16 * 1024
LARGEST_IDENTIFIER = 256 * 1024  # of a query, which is held in memory


class Unacceptable(Exception):
    """The caller breaks the rules of messages; the association is aborted."""


class DataSet(Protocol):
    """Where a data set goes while it arrives."""

    def write(self, piece: memoryview, /) -> object: ...

    def abandon(self) -> None:
        """It never will be. Twice does no harm."""


@dataclass(frozen=True, slots=True)
class Message:
    """One request, complete."""

    context_id: int
    command: Command
    data_set: DataSet | None


class Inbox:
    """The message that is being received. `receive` says where its data set goes."""

    def __init__(
        self, accepted: Collection[int], receive: Callable[[int, Command], DataSet]
    ) -> None:
        self._accepted = accepted
        self._receive = receive
        self._context_id: int | None = None
        self._encoded = b""
        self._command: Command | None = None
        self._data_set: DataSet | None = None

    @property
    def is_empty(self) -> bool:
        """No message is half here."""
        return self._context_id is None

    def take(self, body: memoryview) -> Iterator[Message]:
        """Take in one P-DATA-TF; one of its fragments may end a message.

        Raises Invalid for what is no PDU, Unacceptable for what is no message.
        """
        for context_id, header, value in fragments(body):
            if self._take(self._the_one(context_id), header, value):
                yield self._complete()

    def _the_one(self, context_id: int) -> int:
        """The context of the whole message."""
        if context_id not in self._accepted or self._context_id not in {None, context_id}:
            raise Unacceptable("a fragment of a context that was not agreed on")
        self._context_id = context_id
        return context_id

    def _take(self, context_id: int, header: int, value: memoryview) -> bool:
        """Whether this fragment was the message's last."""
        if (header & COMMAND > 0) is (self._command is not None):
            raise Unacceptable("command and data set out of order")
        if self._data_set is not None:
            self._data_set.write(value)
            return header & LAST > 0
        self._encoded += value
        if len(self._encoded) > LARGEST_COMMAND:
            raise Unacceptable("a command without end")
        if not header & LAST:
            return False
        try:
            self._command = read_command(self._encoded)
        except Invalid as why:
            raise Unacceptable(str(why)) from why
        if self._command.has_data_set:
            self._data_set = self._receive(context_id, self._command)
        return not self._command.has_data_set

    def _complete(self) -> Message:
        assert self._context_id is not None  # noqa: S101 - its last fragment was just read
        assert self._command is not None  # noqa: S101
        message = Message(self._context_id, self._command, self._data_set)
        self._forget()
        return message

    def _forget(self) -> None:
        self._context_id, self._encoded, self._command, self._data_set = None, b"", None, None

    def abandon(self) -> None:
        """Let go of what was half received."""
        if self._data_set is not None:
            self._data_set.abandon()
        self._forget()
