"""A question that is asked so often that building it takes longer than answering it.

The ORM builds the statement once for all who ask alike; the database, too, keeps its plan for it
(PREPARE), where nothing between us and it forbids that. Then only the answer is left to pay for.
"""

import logging
from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from django.db import NotSupportedError, ProgrammingError, connection
from django.db.models import QuerySet

from common.at_once import waits

logger = logging.getLogger(__name__)

Row = tuple[Any, ...]
MOST_STATEMENTS = 500
ANY = "2.25.0"  # stands for the value while a statement is built

_statements: dict[Hashable, tuple[str, str, list[Any]]] = {}
_prepared: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()


class _Plans:
    """Whether the database may keep plans for us. A pool that deals out connections forbids it."""

    are_kept = True


@waits
def asked_again(
    about: Hashable, rows: Callable[[str], QuerySet[Any, Any]], value: str
) -> Row | None:
    """The first of `rows(value)`, as the database says it, or None.

    `about` is everything but the value that decides what `rows` asks: whoever differs in it gets a
    statement of their own.
    """
    statement = _statements.get(about)
    if statement is None:
        if len(_statements) >= MOST_STATEMENTS:
            _statements.clear()
        statement = _statements[about] = _built(rows)
    name, text, values = statement
    given = [value if one == ANY else one for one in values]
    if _Plans.are_kept:
        try:
            return _first(_prepare(name, text, len(values)), given)
        except (ProgrammingError, NotSupportedError):
            logger.info("The database keeps no plans for us")
            _Plans.are_kept = False
    return _first(text, given)


def _built(rows: Callable[[str], QuerySet[Any, Any]]) -> tuple[str, str, list[Any]]:
    text, values = rows(ANY).query.sql_with_params()
    return f"asked_{abs(hash((text, len(_statements)))):x}", text, list(values)


def _prepare(name: str, text: str, count: int) -> str:
    """Have the plan kept on this connection, and say how it is asked for."""
    with connection.cursor() as cursor:
        kept = _prepared.setdefault(cursor.connection, set())
        if name not in kept:
            numbered = text.replace("%s", "{}").format(*(f"${at + 1}" for at in range(count)))
            cursor.execute(f"PREPARE {name} AS {numbered}")
            kept.add(name)
    return f"EXECUTE {name} ({', '.join(['%s'] * count)})"


def _first(text: str, values: list[Any]) -> Row | None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        row: Row | None = cursor.fetchone()
    return row
