"""Live news for open pages: `/events/`, server-sent events, on the server's loop.

One reader of Valkey per process; a word that is said often is told at most every 0.3 s, once at the
beginning and once at the end. A tab that does not listen keeps a set of words, never a queue.
"""

import asyncio
import json
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from importlib import import_module

import redis.asyncio
from asgiref.sync import sync_to_async
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope
from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error as DatabaseError
from django.db import connections
from django.http import HttpRequest
from redis.exceptions import RedisError

from common.live import CHANNEL

PATH = "/events/"
COALESCE_SECONDS = 0.3
HEARTBEAT_SECONDS = 20.0
STILL_SIGNED_IN_SECONDS = 120.0
SLOWEST_TAB_SECONDS = 30.0
MOST_TOPICS = 500  # a tab that has missed more than this is better off loading its page again
RETRY_SECONDS = 1.0
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
logger = logging.getLogger(__name__)


class Tab:
    """One open page: the words it has not been told yet."""

    def __init__(self) -> None:
        self.untold: set[str] = set()
        self.news = asyncio.Event()

    def hear(self, topics: Iterable[str]) -> None:
        self.untold.update(topics)
        self.news.set()

    def take(self) -> list[str]:
        topics = sorted(self.untold)
        self.untold.clear()
        self.news.clear()
        return topics


class Hub:
    """Hears Valkey once for all tabs of this process."""

    def __init__(self) -> None:
        self.tabs: set[Tab] = set()
        self.told_at: dict[str, float] = {}
        self.waiting: set[str] = set()
        self.reader: asyncio.Task[None] | None = None

    def open(self) -> Tab:
        tab = Tab()
        self.tabs.add(tab)
        if self.reader is None or self.reader.done():
            self.reader = asyncio.get_running_loop().create_task(self._listen_for_ever())
        return tab

    def close(self, tab: Tab) -> None:
        self.tabs.discard(tab)

    async def shut(self) -> None:
        if self.reader is not None:
            self.reader.cancel()
            with suppress(asyncio.CancelledError):
                await self.reader

    def hear(self, topics: Iterable[str]) -> None:
        """Tell a word now if it was quiet, else when its 0.3 s are over."""
        now = time.monotonic()
        at_once = []
        for topic in set(topics) - self.waiting:
            quiet_from = self.told_at.get(topic, 0.0) + COALESCE_SECONDS
            if now >= quiet_from:
                at_once.append(topic)
            else:
                self.waiting.add(topic)
                asyncio.get_running_loop().call_later(quiet_from - now, self._tell_late, topic)
        self._tell(at_once)

    def _tell_late(self, topic: str) -> None:
        self.waiting.discard(topic)
        self._tell([topic])

    def _tell(self, topics: list[str]) -> None:
        now = time.monotonic()
        if len(self.told_at) > MOST_TOPICS:
            self.told_at = {
                word: at for word, at in self.told_at.items() if now - at < COALESCE_SECONDS
            }
        self.told_at.update(dict.fromkeys(topics, now))
        if topics:
            for tab in self.tabs:
                tab.hear(topics)

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError):
                logger.warning("Valkey is away; open pages poll until it is back")
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        client = redis.asyncio.Redis.from_url(settings.LIVE_URL, socket_connect_timeout=2)
        try:
            async with client.pubsub(ignore_subscribe_messages=True) as channel:
                await channel.subscribe(CHANNEL)
                async for message in channel.listen():
                    self.hear(topics_in(message["data"]))
        finally:
            await client.aclose()


def topics_in(data: bytes) -> list[str]:
    """The words of one message; a message that makes no sense has none."""
    try:
        return [str(topic) for topic in json.loads(data)["topics"]]
    except (ValueError, KeyError, TypeError):
        return []


hub = Hub()
close = hub.shut


async def answer(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """One stream, for as long as its person is signed in and its page is open."""
    cookie = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    if not await is_signed_in(cookie):
        await refuse(send)
        return
    tab = hub.open()
    gone = asyncio.create_task(disconnection(receive))
    try:
        await send(
            {"type": "http.response.start", "status": 200, "headers": HEADERS, "trailers": False}
        )
        await tell(send, b"retry: 2000\n: welcome\n\n")
        await stream(tab, cookie, gone, send)
    finally:
        gone.cancel()
        hub.close(tab)


async def stream(
    tab: Tab, cookie: bytes, gone: "asyncio.Task[None]", send: ASGISendCallable
) -> None:
    """Tell the tab its news until it goes, stops listening, or its person signs out."""
    check_at = time.monotonic() + STILL_SIGNED_IN_SECONDS
    while True:
        news = asyncio.create_task(tab.news.wait())
        await asyncio.wait(
            {news, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        news.cancel()
        if gone.done() or len(tab.untold) > MOST_TOPICS:
            return
        if time.monotonic() > check_at:
            check_at = time.monotonic() + STILL_SIGNED_IN_SECONDS
            if not await is_signed_in(cookie):
                break
        topics = tab.take()
        words = (
            b"data: " + json.dumps({"topics": topics}).encode() + b"\n\n"
            if topics
            else b": still here\n\n"
        )
        try:
            await asyncio.wait_for(tell(send, words), SLOWEST_TAB_SECONDS)
        except TimeoutError:
            return
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def tell(send: ASGISendCallable, words: bytes) -> None:
    await send({"type": "http.response.body", "body": words, "more_body": True})


async def refuse(send: ASGISendCallable) -> None:
    """401: the browser's EventSource does not try again after it."""
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send(
        {"type": "http.response.start", "status": 401, "headers": headers, "trailers": False}
    )
    await send({"type": "http.response.body", "body": b"Sign in first.\n", "more_body": False})


async def disconnection(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@sync_to_async
def is_signed_in(cookie: bytes) -> bool:
    """Whether this cookie belongs to a person's session. The database connection is given back."""
    try:
        crumb = SimpleCookie(cookie.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return False
    if crumb is None:
        return False
    request = HttpRequest()
    try:
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(crumb.value)
        return get_user(request).is_authenticated
    except DatabaseError:
        return False
    finally:
        connections.close_all()  # a stream must not hold one for as long as it lasts
