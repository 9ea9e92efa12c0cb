"""Refused associations in the trail: each kind is noted, a flood of them is not."""

import logging
import threading
import time

from django.db import DatabaseError

from audit.services import record

AGAIN_AFTER = 600.0  # seconds until the same machine with the same reason is noted again
MOST_A_MINUTE = 20  # notes of any kind: a flood may come under a thousand names
MOST_REMEMBERED = 1000

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_noted: dict[tuple[str, str, str], float] = {}


def note(ae_title: str, address: str, reason: str) -> None:
    """Write a refusal into the trail, unless it says nothing new. Never raises."""
    if not _is_news((ae_title, address, reason), time.monotonic()):
        return
    logger.warning("Refused %s at %s: %s", ae_title, address, reason)
    try:
        record(
            "association.refused", None, by=None, sender=ae_title, address=address, reason=reason
        )
    except DatabaseError:
        logger.warning("The database is away; that refusal is in this log alone")


def _is_news(refusal: tuple[str, str, str], now: float) -> bool:
    with _lock:
        for old in [one for one, at in _noted.items() if now - at > AGAIN_AFTER]:
            del _noted[old]
        lately = sum(now - at < 60 for at in _noted.values())  # noqa: PLR2004 - a minute
        if refusal in _noted or lately >= MOST_A_MINUTE or len(_noted) >= MOST_REMEMBERED:
            return False
        _noted[refusal] = now
        return True


def forget() -> None:
    """Start afresh."""
    with _lock:
        _noted.clear()
