"""Pokes for open pages: a word says what changed, and the page fetches its own part again."""

import json
import logging
import time
from collections.abc import Sequence
from functools import cache

import redis
from django.conf import settings
from redis.exceptions import RedisError

CHANNEL = "live"
VERSION = "live:version:"
VERSION_SECONDS = 24 * 3600
logger = logging.getLogger(__name__)


@cache
def valkey(url: str) -> "redis.Redis":
    """One impatient connection pool for each address: nobody waits long for a poke."""
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)


def poke(*topics: str) -> None:
    """Tell open pages that `topics` ("board", "study-7") changed. Call it after the commit.

    Never raises: pages fall back to polling while Valkey is away.
    """
    try:
        with valkey(settings.LIVE_URL).pipeline(transaction=False) as told:
            for topic in topics:
                told.set(VERSION + topic, time.time_ns(), ex=VERSION_SECONDS)
            told.publish(CHANNEL, json.dumps({"topics": topics}))
            told.execute()
    except (RedisError, OSError):
        logger.warning("Could not tell open pages about a change")


def versions(topics: Sequence[str]) -> tuple[bytes | None, ...] | None:
    """When each of `topics` was last poked; None while Valkey is away and nobody can know."""
    try:
        found = valkey(settings.LIVE_URL).mget([VERSION + topic for topic in topics])
    except (RedisError, OSError):
        return None
    return tuple(found)  # type: ignore[arg-type]
