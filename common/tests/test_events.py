"""Live news: who hears it, how often it is said, and when a stream ends."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from common import events
from common.live import poke


class FakeTab:
    """The browser's end of one stream, without a network between."""

    def __init__(self, cookie: str) -> None:
        self.scope: Any = {
            "type": "http",
            "path": events.PATH,
            "headers": [(b"cookie", cookie.encode())],
        }
        self.gone = asyncio.Event()
        self.said: list[dict[str, Any]] = []

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, event):
        self.said.append(event)

    @property
    def status(self) -> int:
        return int(self.said[0]["status"])

    def topics(self) -> list[list[str]]:
        bodies = b"".join(event.get("body", b"") for event in self.said).decode()
        lines = [line for line in bodies.splitlines() if line.startswith("data: ")]
        return [json.loads(line[6:])["topics"] for line in lines]


@pytest.fixture
def hub(monkeypatch):
    hub = events.Hub()
    monkeypatch.setattr(events, "hub", hub)
    return hub


@pytest.fixture
def cookie(client, person, transactional_db) -> str:
    client.force_login(person("Technician"))
    return f"sessionid={client.cookies['sessionid'].value}"


def in_a_loop(scene: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread of its own: a browser's test may have left a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, scene).result()


async def until(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


def test_nobody_hears_anything_without_signing_in(transactional_db):
    tab = FakeTab("sessionid=invented")

    in_a_loop(events.answer(tab.scope, tab.receive, tab.send))

    assert tab.status == 401


def test_a_word_said_often_is_told_once_at_the_beginning_and_once_at_the_end(hub, cookie):
    async def scene():
        tab = FakeTab(cookie)
        stream = asyncio.create_task(events.answer(tab.scope, tab.receive, tab.send))
        await until(lambda: hub.tabs)
        for _ in range(50):
            hub.hear(["board"])
        hub.hear(["study-7"])
        await asyncio.sleep(2 * events.COALESCE_SECONDS)
        tab.gone.set()
        await stream
        await hub.shut()
        return tab

    tab = in_a_loop(scene())

    assert tab.topics() == [["board", "study-7"], ["board"]]
    assert not hub.tabs


def test_the_stream_ends_soon_after_its_person_has_signed_out(hub, cookie, client, monkeypatch):
    monkeypatch.setattr(events, "STILL_SIGNED_IN_SECONDS", 0.0)
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)

    async def scene():
        tab = FakeTab(cookie)
        stream = asyncio.create_task(events.answer(tab.scope, tab.receive, tab.send))
        await until(lambda: any(b"still here" in event.get("body", b"") for event in tab.said))
        await asyncio.to_thread(client.logout)
        await asyncio.wait_for(stream, 5)
        await hub.shut()
        return tab

    tab = in_a_loop(scene())

    assert tab.said[-1]["more_body"] is False


def test_a_tab_that_does_not_listen_is_let_go_and_keeps_nothing_growing(hub, cookie, monkeypatch):
    monkeypatch.setattr(events, "SLOWEST_TAB_SECONDS", 0.1)

    async def scene():
        tab = FakeTab(cookie)
        usual = tab.send

        async def stuck(event):
            if b"data:" in event.get("body", b""):
                await asyncio.sleep(3600)
            await usual(event)

        stream = asyncio.create_task(events.answer(tab.scope, tab.receive, stuck))
        await until(lambda: hub.tabs)
        hub.hear(["board"])
        await asyncio.wait_for(stream, 5)
        await hub.shut()

    in_a_loop(scene())

    assert not hub.tabs


@pytest.mark.parametrize("data", [b"", b"nonsense", b"[]", b'{"topics": null}', b"\xff"])
def test_a_message_that_makes_no_sense_says_nothing(data):
    assert events.topics_in(data) == []


@pytest.mark.slow
def test_a_poke_after_a_commit_reaches_an_open_page_through_valkey(real_programs, cookie):
    real_programs.start("web-1")
    address = urlsplit(real_programs.url)
    link = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    link.request("GET", events.PATH, headers={"Cookie": cookie})
    stream = link.getresponse()
    assert stream.getheader("Content-Type", "").startswith("text/event-stream")
    assert stream.readline() == b"retry: 2000\n"

    heard, is_heard = b"", threading.Event()

    def keep_poking():  # the server may still be on its way to Valkey
        while not is_heard.wait(0.1):
            poke("procedure-12")

    poking = threading.Thread(target=keep_poking)
    poking.start()
    try:
        while not heard.startswith(b"data: "):
            heard = stream.readline()
    finally:
        is_heard.set()
        poking.join()
        real_programs.halt()

    assert json.loads(heard[6:]) == {"topics": ["procedure-12"]}
    link.close()
