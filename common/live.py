"""Pokes for open pages: a word says what changed, and the page fetches its own part again."""

import json
import logging
from functools import cache

import redis
from django.conf import settings
from redis.exceptions import RedisError

CHANNEL = "live"
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
        valkey(settings.LIVE_URL).publish(CHANNEL, json.dumps({"topics": topics}))
    except (RedisError, OSError):
        logger.warning("Could not tell open pages about a change")
