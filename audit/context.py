"""What every page knows of the trail: whether these records are invented."""

from django.db import DatabaseError
from django.http import HttpRequest

from audit.services import is_demonstration


def demonstration(_: HttpRequest) -> dict[str, bool]:
    """`is_demonstration` for the strip above every page. An error page must not fail over it."""
    try:
        return {"is_demonstration": is_demonstration()}
    except DatabaseError:
        return {"is_demonstration": False}
