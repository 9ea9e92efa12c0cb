"""The quick way to a DICOMweb answer, for whoever has just come in by the full way.

A viewer asks for hundreds of frames a second, and what stands around pages (sessions, messages,
languages, figures) costs several times what a frame costs. Here the same view answers without it.
Whoever is not known, and every answer that is not plainly good, goes the full way: nothing is
allowed here that is not allowed there (docs/decisions/0017-a-quick-way-for-retrieval.md).
"""

import asyncio
import contextlib
import io
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, cast

from asgiref.typing import ASGIReceiveCallable, HTTPScope
from django.core.exceptions import SynchronousOnlyOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.urls import get_resolver
from prometheus_client import Counter

from audit.origin import OriginMiddleware
from common.at_once import HasToWait, at_once
from gateway.dicomweb.callers import callers
from gateway.dicomweb.roots import PREFIX

Send = Callable[[Any], Any]

logger = logging.getLogger(__name__)

THREADS = int(os.environ.get("WEB_THREADS", "8"))
STREAMS = 2 * THREADS  # long answers have threads of their own: slow readers hold up nobody
LOOK_SECONDS = 30.0  # between two looks whether a thread's connection to the database is too old
STALLED_SECONDS = 60.0  # a reader who takes nothing for so long is given up
GOOD = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED})

# A frame that lies in memory, a small picture that was drawn: a thread costs more than the answer.
_AT_ONCE = re.compile(r"/instances/[^/]+/(frames/[0-9]+|thumbnail|rendered)$")

_answering = ThreadPoolExecutor(THREADS, thread_name_prefix="lane")
_pouring = ThreadPoolExecutor(STREAMS, thread_name_prefix="pour")
_answers = Counter("dicomweb_quick_answers", "DICOMweb answers that went the quick way.", ["what"])
_thread = threading.local()


def is_open_to(scope: HTTPScope) -> bool:
    """Reading below the service's root."""
    return scope["path"].startswith(f"{PREFIX}/") and scope["method"] in {"GET", "HEAD"}


async def answer(scope: HTTPScope, receive: ASGIReceiveCallable, send: Send) -> bool:
    """Answer, or say False and leave everything to the full way."""
    try:
        found = on_the_loop(scope)
    except HasToWait:
        found = await asyncio.get_running_loop().run_in_executor(_answering, quick, scope)
    if found is None:
        return False
    head = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in found.items()]
    await send({"type": "http.response.start", "status": found.status_code, "headers": head})
    if scope["method"] == "HEAD":
        found.close()
        await send({"type": "http.response.body", "body": b""})
    elif found.streaming:
        await _pour(found, receive, send)
    else:
        await send({"type": "http.response.body", "body": found.content})  # type: ignore[attr-defined]
    return True


def on_the_loop(scope: HTTPScope) -> HttpResponseBase | None:
    """The same as `quick`. Raises HasToWait for what only a thread can answer."""
    if not _AT_ONCE.search(scope["path"]):
        raise HasToWait
    try:
        with at_once():
            return quick(scope)
    except SynchronousOnlyOperation as why:  # Django's own word for it
        raise HasToWait from why


def quick(scope: HTTPScope) -> HttpResponseBase | None:
    """The view's answer if it is a good one for a known caller, else None."""
    request = ASGIRequest(scope, io.BytesIO())
    request.user = callers.find(request)  # type: ignore[assignment]
    if request.user is None:
        return None
    request.came_quickly = True  # type: ignore[attr-defined]
    try:
        found = cast(HttpResponseBase, _chain(request))
    except (HasToWait, SynchronousOnlyOperation):
        raise
    except Exception as why:  # the full way meets it again and says it properly
        logger.debug("The quick way ended: %r", why)
        _drop_broken_connection()
        return None
    return found if found.status_code in GOOD else None


def _view(request: HttpRequest) -> HttpResponseBase:
    request.get_host()  # raises for a name that is not ours
    _look_after_connection()
    match = get_resolver("gateway.urls").resolve(request.path_info[len(PREFIX) :])
    found: HttpResponseBase = match.func(request, **match.kwargs)
    if not found.streaming and not found.has_header("Content-Length"):
        found["Content-Length"] = str(len(found.content))  # type: ignore[attr-defined]
    _answers.labels(match.url_name).inc()
    return found


_chain = SecurityMiddleware(OriginMiddleware(_view))  # type: ignore[arg-type]


def _look_after_connection() -> None:
    """Django looks at the connection with every request, and asks the database whether it is
    there. Here that is done now and then; a connection that broke is noticed by its error."""
    if time.monotonic() >= getattr(_thread, "look_again_at", 0.0):
        _thread.look_again_at = time.monotonic() + LOOK_SECONDS
        _drop_broken_connection()


def _drop_broken_connection() -> None:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


async def _pour(found: HttpResponseBase, receive: ASGIReceiveCallable, send: Send) -> None:
    """Piece after piece, each read when the one before has left; over when the reader goes away.

    One thread reads all of them, because a connection to the database belongs to a thread.
    """
    loop = asyncio.get_running_loop()
    gone = asyncio.ensure_future(_until_gone(receive))

    def pour() -> None:
        with contextlib.closing(found):
            for piece in _pieces(found):
                if gone.done():
                    return
                event = {"type": "http.response.body", "body": piece, "more_body": True}
                asyncio.run_coroutine_threadsafe(send(event), loop).result(STALLED_SECONDS)

    try:
        await loop.run_in_executor(_pouring, pour)
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


def _pieces(found: HttpResponseBase) -> Iterator[bytes]:
    yield from found


async def _until_gone(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
