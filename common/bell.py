"""The broker is a bell, not a ledger: what is to be done stands in a table that sweeps read."""

import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

import redis
from celery import Task
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from common.live import valkey

if TYPE_CHECKING:
    AnyTask = Task[..., Any]

logger = logging.getLogger(__name__)

AWAY_SECONDS = 2.0  # so long nobody waits for a broker that has just not answered
STILL_RINGING = 2  # seconds after which a bell that nobody heard may be rung again


def ring(task: "AnyTask", *keys: Any) -> bool:
    """Hand a task to a worker. False when the broker is away: the sweep will find the row.

    Use on commit: `transaction.on_commit(partial(ring, tasks.file_received, pk))`.
    """
    if time.monotonic() < _absence.until:
        return False
    try:
        task.apply_async(args=keys)
    except (OperationalError, RedisError, OSError):
        _absence.until = time.monotonic() + AWAY_SECONDS
        logger.warning("The broker is away; %s waits for the sweep", task.name)
        return False
    return True


class Absence:
    """Until when the broker is taken to be away, without asking it again."""

    until = 0.0


_absence = Absence()


def ring_once(task: "AnyTask") -> bool:
    """Ring for a task that looks for its work itself; one bell is enough for many rows.

    True when a worker will look at the table after this moment. The task calls `heard` before it
    looks, so a row committed before this call is seen either by the bell that rings already or by
    the one rung here. Two thousand received images so cost a handful of messages.
    """
    try:
        if not _bells().set(_mark(task), "1", nx=True, ex=STILL_RINGING):
            return True
    except (RedisError, OSError):
        return ring(task)
    if ring(task):
        return True
    heard(task)
    return False


def heard(task: "AnyTask") -> None:
    """Say, before looking for work, that the bell has been heard: the next row rings again."""
    try:
        _bells().delete(_mark(task))
    except (RedisError, OSError):
        logger.warning("The bells are away; they fall silent by themselves")


def hold(task: "AnyTask") -> None:
    """Say that the table is looked at soon without another bell. Then call `heard`, and look."""
    with contextlib.suppress(RedisError, OSError):  # somebody else is called: no harm
        _bells().set(_mark(task), "1", ex=STILL_RINGING)


def _bells() -> "redis.Redis":
    return valkey(settings.LIVE_URL)


def _mark(task: "AnyTask") -> str:
    return f"bell:{task.name}"
