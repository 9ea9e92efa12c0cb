"""Questions to the database that callers cause, answered over kept connections.

A connection of its own for each caller would cost more than the question: some machines make an
association for every image, or for every look at the worklist.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import Empty, LifoQueue
from typing import Any, TypeVar

from django.db import OperationalError, connection

from common.database import Desk, ensure_connection

PATIENCE_SECONDS = 10
LONGEST_STATEMENT = 8000  # milliseconds; then the database gives up as well

Answer = TypeVar("Answer")
Question = tuple["Future[Any]", Callable[[], Any]]

logger = logging.getLogger(__name__)


class Clerk(Desk[Question]):
    """Answers one question after the other."""

    def __init__(self, name: str = "clerk") -> None:
        super().__init__(name)

    def ask(self, question: Callable[..., Answer], *words: Any) -> Answer:
        """What `question(*words)` returns or raises. Raises DatabaseError when nobody answers."""
        answer: Future[Answer] = Future()
        self.put((answer, partial(question, *words)))
        try:
            return answer.result(PATIENCE_SECONDS)
        except TimeoutError as why:
            raise OperationalError("the database does not answer") from why

    def leave(self, work: Callable[[], object]) -> None:
        """Have something done that nobody waits for."""
        left: Future[Any] = Future()
        left.add_done_callback(_complain)
        self.put((left, work))

    def work(self, items: list[Question]) -> None:
        for answer, question in items:
            try:
                if ensure_connection():
                    _limit_statements()
                answer.set_result(question())
            except Exception as why:
                answer.set_exception(why)


class Clerks:
    """Several of them, so that a question that takes long holds up nobody else's."""

    def __init__(self, count: int) -> None:
        self._all = [Clerk(f"finder {number}") for number in range(count)]
        # Who came back last goes first: often one connection is enough.
        self._free: LifoQueue[Clerk] = LifoQueue()

    def start(self) -> None:
        for clerk in self._all:
            clerk.start()
            self._free.put(clerk)

    def close(self) -> None:
        for clerk in self._all:
            clerk.close()

    def ask(self, question: Callable[..., Answer], *words: Any) -> Answer:
        """The same as a clerk's own."""
        try:
            clerk = self._free.get(timeout=PATIENCE_SECONDS)
        except Empty as why:
            raise OperationalError("the database has too much to do") from why
        try:
            return clerk.ask(question, *words)
        finally:
            self._free.put(clerk)


def _limit_statements() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", [LONGEST_STATEMENT])


def _complain(left: "Future[Any]") -> None:
    if why := left.exception():
        logger.warning("Left undone after an answer: %s", why)
