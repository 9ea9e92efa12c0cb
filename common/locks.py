"""Locks by word, for what has no row yet. Held to the end of the transaction."""

from django.db import connection


def hold(word: str) -> None:
    """Wait until nobody else holds `word`, and hold it until this transaction ends.

    Take the locks of one transaction in one order everywhere, or two will wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [word])
