"""A body read from the socket: whole or not at all, and not one byte of what follows it."""

import asyncio
import io
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from common import direct_bodies
from common.direct_bodies import EXTENSION, DirectBody, Pace
from common.web import Senders


@pytest.fixture
def ends():
    """Who sends, and what we read from."""
    theirs, ours = socket.socketpair()
    with theirs, ours:
        yield theirs, ours


def read(body: DirectBody) -> bytes:
    return io.BufferedReader(body).read()


def test_it_ends_where_the_body_ends(ends):
    theirs, ours = ends
    theirs.sendall(b"the rest" + b"GET / HTTP/1.1")

    assert read(DirectBody(b"begun and ", 8, ours.dup())) == b"begun and the rest"
    assert ours.recv(100) == b"GET / HTTP/1.1"


def test_more_than_fits_a_socket_comes_whole(ends):
    theirs, ours = ends
    content = bytes(range(256)) * 40_000
    sender = threading.Thread(target=theirs.sendall, args=(content,))
    sender.start()

    assert read(DirectBody(b"", len(content), ours.dup())) == content
    sender.join()


def test_half_of_a_body_raises(ends):
    theirs, ours = ends
    theirs.sendall(b"half")
    theirs.close()

    with pytest.raises(ConnectionResetError):
        read(DirectBody(b"", 8, ours.dup()))


def test_one_that_stands_still_raises(ends, monkeypatch):
    _theirs, ours = ends
    monkeypatch.setattr(direct_bodies, "QUIET_SECONDS", 0.05)

    with pytest.raises(TimeoutError):
        read(DirectBody(b"", 8, ours.dup()))


def test_one_that_drips_raises(monkeypatch):
    monkeypatch.setattr(direct_bodies, "QUIET_SECONDS", -1.0)
    pace = Pace()

    pace.note(2 * direct_bodies.LEAST_BYTES_A_SECOND)
    monkeypatch.setattr(direct_bodies, "QUIET_SECONDS", -3.0)
    with pytest.raises(TimeoutError):
        pace.note(1)


def test_a_thread_that_waits_hears_that_the_connection_is_gone(ends):
    _theirs, ours = ends
    body = DirectBody(b"", 8, ours.dup())
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            read(body)
        except OSError as why:
            raised.append(why)

    reader = threading.Thread(target=wait)
    reader.start()
    body.interrupt()
    reader.join(5)

    assert isinstance(raised[0], ConnectionResetError)
    body.close()
    body.interrupt()  # too late: nothing happens


@pytest.mark.parametrize(("why", "heard"), [(RuntimeError, b"500"), (asyncio.CancelledError, b"")])
def test_a_failing_application_leaves_the_connection_to_the_servers_answer(ends, why, heard):
    """Only of a request that was cancelled a thread may still wait for bytes."""
    theirs, ours = ends
    body = DirectBody(b"", 8, ours.dup())
    lend = {EXTENSION: {"lend": lambda _begun, _length: body}}
    scope: Any = {"headers": [(b"content-length", b"8")], "extensions": lend}

    async def first_piece() -> Any:
        return {"type": "http.request", "body": b"", "more_body": True}

    async def nothing(_event: Any) -> None: ...

    async def application(*_asked):
        raise why

    def answer() -> None:
        asyncio.run(Senders(application, 1)(scope, first_piece, nothing))

    # In a thread: a browser of tests before this one may have left its own loop in here.
    with ThreadPoolExecutor() as thread, pytest.raises(why):
        thread.submit(answer).result()

    if heard:
        ours.sendall(heard)
    else:
        ours.close()
    assert theirs.recv(10) == heard
