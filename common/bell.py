"""The broker is a bell, not a ledger: what is to be done stands in a table, and the sweep finds it."""

import logging
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def ring(task: "Task[..., Any]", *keys: Any) -> bool:
    """Hand a task to a worker. False when the broker is away: the sweep will find the row.

    Use on commit: `transaction.on_commit(partial(ring, tasks.file_received, pk))`.
    """
    try:
        task.apply_async(args=keys)
    except (OperationalError, RedisError, OSError):
        logger.warning("The broker is away; %s waits for the sweep", task.name)
        return False
    return True
