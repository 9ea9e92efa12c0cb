"""One ASGI callable for one port: live news on the loop, images by their quick way, everything
else in the pages' threads."""

import contextlib
import os
from typing import Any

from a2wsgi import WSGIMiddleware
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from imaging_dept.wsgi import application as wsgi_application

# Only now is Django ready for what follows.
from common import events, processes, web  # isort: skip
from django.urls import get_resolver  # isort: skip
from gateway.dicomweb import lane  # isort: skip

PAGE_THREADS = int(os.environ.get("WEB_THREADS", "8"))
SENDER_THREADS = int(os.environ.get("SENDER_THREADS", "4"))


def in_threads(number: int) -> Any:
    """The pages in so many threads of their own."""
    blocks = web.large_blocks(wsgi_application)
    return WSGIMiddleware(blocks, workers=number, send_queue_size=4)


pages = in_threads(PAGE_THREADS)
senders = web.Senders(in_threads(SENDER_THREADS), SENDER_THREADS)


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer one connection."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "http" and scope["path"] == events.PATH:
        await events.answer(scope, receive, send)
    elif scope["type"] == "http" and not (
        lane.is_open_to(scope) and await lane.answer(scope, receive, send)
    ):
        await answer_page(scope, web.noticing_a_lost_sender(receive), send)


async def answer_page(scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """A page, an API, DICOMweb. Whoever sends much gets a thread that no page waits for."""
    if web.has_large_body(scope):
        await senders(scope, receive, send)
    elif web.has_body(scope):
        with contextlib.suppress(ConnectionResetError):  # then there is nobody to answer
            try:
                body = await web.at_hand(receive)
            except TimeoutError:
                await web.refuse(send, 408, web.TOO_SLOW)
            else:
                await pages(scope, body, send)
    else:
        await pages(scope, receive, send)


async def live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """The server starts and stops. All pages are loaded before the first person waits for one."""
    await receive()
    _ = get_resolver().url_patterns
    await send({"type": "lifespan.startup.complete"})
    processes.announce_ready()
    await receive()
    await events.close()
    await send({"type": "lifespan.shutdown.complete"})
