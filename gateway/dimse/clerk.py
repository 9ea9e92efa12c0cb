"""Questions to the database that callers cause, answered over one kept connection.

A connection of its own for each caller would cost more than the question: some machines make an
association for every image.
"""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from django.db import OperationalError

from common.database import Desk, ensure_connection

PATIENCE_SECONDS = 10

Answer = TypeVar("Answer")
Question = tuple["Future[Any]", Callable[[], Any]]


class Clerk(Desk[Question]):
    """Answers one question after the other."""

    def __init__(self) -> None:
        super().__init__("clerk")

    def ask(self, question: Callable[..., Answer], *words: Any) -> Answer:
        """What `question(*words)` returns or raises. Raises DatabaseError when nobody answers."""
        answer: Future[Answer] = Future()
        self.put((answer, partial(question, *words)))
        try:
            return answer.result(PATIENCE_SECONDS)
        except TimeoutError as why:
            raise OperationalError("the database does not answer") from why

    def work(self, items: list[Question]) -> None:
        for answer, question in items:
            try:
                ensure_connection()
                answer.set_result(question())
            except Exception as why:
                answer.set_exception(why)
