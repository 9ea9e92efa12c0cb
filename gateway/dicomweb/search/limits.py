"""How long the database may look for an answer, and how like a misspelt name must be."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import TooMuch
from patients.models.queries import CLOSE_ENOUGH

LONGEST_MILLISECONDS = 5000
QUERY_CANCELED = "57014"  # SQLSTATE


@contextmanager
def limits() -> Iterator[None]:
    """Nobody's vague question keeps a web process from answering the others. Raises TooMuch."""
    is_nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            _set_limits(LONGEST_MILLISECONDS)
            yield
            if is_nested:  # the outer transaction goes on, and has its own patience
                _set_limits(0)
    except OperationalError as why:
        if getattr(why.__cause__, "pgcode", None) != QUERY_CANCELED:
            raise
        raise TooMuch(
            _("This takes too long to look for. Add a date, a patient or a number to it.")
        ) from why


def _set_limits(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), "
            "set_config('pg_trgm.word_similarity_threshold', %s, true)",
            [str(milliseconds), str(CLOSE_ENOUGH)],
        )
