"""C-FIND on the worklist, carried by our own upper layer (PS3.4 K.4.1)."""

from collections.abc import Callable, Generator
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from gateway.dimse.cancelling import BREATH
from gateway.dimse.outcomes import Outcome
from gateway.dimse.upper_layer.commands import response
from gateway.dimse.upper_layer.messages import LARGEST_IDENTIFIER, Message, Unacceptable
from gateway.dimse.worklist import Query
from gateway.statuses import CANCELLED

if TYPE_CHECKING:
    from gateway.listener import Door

MOST_WAITING = 16  # queries of one association; nobody may ask for the second before the first ends


class Identifier:
    """The data set of a query, in memory and therefore short."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, piece: memoryview, /) -> None:
        self._size += len(piece)
        if self._size > LARGEST_IDENTIFIER:
            raise Unacceptable("an identifier without end")
        self._pieces.append(bytes(piece))

    def abandon(self) -> None:
        pass

    def read(self) -> BytesIO:
        return BytesIO(b"".join(self._pieces))


class Finding:
    """One query while its answers go out, some at a time: a C-CANCEL can come before each time."""

    def __init__(
        self, message: Message, query: Query, door: "Door", packed: Callable[..., bytes]
    ) -> None:
        self.message_id = message.command.message_id
        self.is_cancelled = False
        self._command, self._context_id = message.command, message.context_id
        self._query, self._door, self._packed = query, door, packed
        self._pieces = self._answers()

    def next_piece(self) -> bytes | None:
        """What is to be sent now, perhaps nothing yet; None when all is said."""
        return next(self._pieces, None)

    def end(self) -> None:
        """Let go of what has not been sent."""
        self._pieces.close()

    def _answers(self) -> Generator[bytes, None, None]:
        try:
            status, steps, answers = self._door.finders.ask(self._find)
            yield b""  # it took its time: perhaps nobody wants to know any more
            pending = response(self._command, Outcome(status), has_data_set=True)
            packed = partial(self._packed, self._context_id)
            for start in range(0, len(answers), BREATH):
                if self.is_cancelled:
                    yield self._said(Outcome(CANCELLED))
                    return
                some = slice(start, start + BREATH)
                yield b"".join(packed(pending, answer) for answer in answers[some])
                self._query.sent(steps[some])
            yield self._said(self._query.succeed())
        except Exception as why:
            yield self._said(self._query.fail(why))
        finally:
            self._query.end(self._door.notebook)

    def _find(self) -> tuple[int, list[int], list[bytes]]:
        """All that the database has to do with it, in the thread that has a connection."""
        found = self._query.find()
        steps = [procedure.pk for procedure in found.procedures]
        return found.status, steps, found.encoded(self._query.transfer_syntax)

    def _said(self, outcome: Outcome) -> bytes:
        """The final response."""
        return self._packed(self._context_id, response(self._command, outcome))
