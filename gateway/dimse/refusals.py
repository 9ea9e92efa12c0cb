"""Refused associations and presentation contexts in the trail: each kind, but no flood of them."""

import logging
import threading
import time
from collections.abc import Iterable
from functools import partial

from django.db import DatabaseError

from audit.services import record
from equipment.models import Device, Node
from equipment.services import Caller
from gateway.dimse.admission import Refusal
from gateway.dimse.clerk import Clerk
from gateway.dimse.storage import UID_TEXT

AGAIN_AFTER = 600.0  # seconds until the same machine with the same reason is noted again
MOST_A_MINUTE = 20  # notes of any kind: a flood may come under a thousand names
MOST_REMEMBERED = 1000
SERVICE_AGAIN_AFTER = 12 * 3600.0  # a machine proposes the same with each of its associations
MOST_SERVICES = 128  # of one machine: as many as one association proposes
MOST_SYNTAXES = 8  # of each

Answered = tuple[str, Iterable[str], int]
"""A context as it was proposed, and the result: SOP class, transfer syntaxes, PS3.8 table 9-18."""
InVain = dict[str, tuple[int, list[str]]]
"""By SOP class: the result, and the syntaxes."""

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_noted: dict[tuple[str, str, str], float] = {}
_in_vain: dict[str, dict[tuple[str, int], float]] = {}


def note(ae_title: str, address: str, refusal: Refusal) -> None:
    """Write a refusal into the trail, unless it says nothing new. Never raises."""
    if not _is_news((ae_title, address, refusal.code), time.monotonic()):
        return
    logger.warning("Refused %s at %s: %s", ae_title, address, refusal.reason)
    try:
        record(
            "association.refused",
            None,
            by=None,
            sender=ae_title,
            address=address,
            reason_code=refusal.code,
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


def note_services(caller: Caller, answered: Iterable[Answered], clerk: Clerk) -> None:
    """Have the clerk write down what a machine that we know proposed in vain, if that is new.

    Nobody waits for it, and the database is left in peace when there is nothing new.
    """
    found = _proposed_in_vain(answered)
    if found and (news := _news(caller.ae_title, found, time.monotonic())):
        clerk.leave(partial(_write, caller, news))


def _proposed_in_vain(answered: Iterable[Answered]) -> InVain:
    """The SOP classes that were accepted in no context: why, and the syntaxes of all of them."""
    served, found = set(), InVain()
    for sop_class, syntaxes, result in answered:
        if result:
            found.setdefault(sop_class, (result, []))[1].extend(syntaxes)
        else:
            served.add(sop_class)
    return {one: why for one, why in found.items() if one not in served and _is_uid(one)}


def _news(ae_title: str, found: InVain, now: float) -> InVain:
    with _lock:
        known = _in_vain.setdefault(ae_title, {})
        for old in [one for one, at in known.items() if now - at > SERVICE_AGAIN_AFTER]:
            del known[old]
        fresh = [one for one, (result, _) in found.items() if (one, result) not in known]
        news = {one: found[one] for one in fresh[: MOST_SERVICES - len(known)]}
        known.update({(one, result): now for one, (result, _) in news.items()})
        return news


def _write(caller: Caller, news: InVain) -> None:
    logger.info("%s proposed in vain: %s", caller.ae_title, ", ".join(news))
    is_device = caller.device_pk is not None
    try:
        record(
            "service.refused",
            Device(pk=caller.device_pk) if is_device else Node(pk=caller.node_pk),
            by=None,
            sender=caller.ae_title,
            results={sop_class: result for sop_class, (result, _) in news.items()},
            syntaxes={sop_class: _listed(syntaxes) for sop_class, (_, syntaxes) in news.items()},
        )
    except DatabaseError:
        with _lock:
            _in_vain.pop(caller.ae_title, None)  # the next association says it again
        raise


def _listed(syntaxes: Iterable[str]) -> str:
    return " ".join([one for one in dict.fromkeys(syntaxes) if _is_uid(one)][:MOST_SYNTAXES])


def _is_uid(text: str) -> bool:
    return UID_TEXT.fullmatch(text) is not None


def forget() -> None:
    """Start afresh."""
    with _lock:
        _noted.clear()
        _in_vain.clear()
