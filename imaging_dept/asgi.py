"""One ASGI callable for one port: live news on the loop, everything else in the pages' threads."""

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from imaging_dept.wsgi import application as wsgi_application

# Only now is Django ready for what follows.
from common import events, processes, web  # isort: skip
from django.urls import get_resolver  # isort: skip

PAGE_THREADS = int(os.environ.get("WEB_THREADS", "8"))
pages: Any = WSGIMiddleware(
    web.large_blocks(wsgi_application), workers=PAGE_THREADS, send_queue_size=4
)


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer one connection."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "http" and scope["path"] == events.PATH:
        await events.answer(scope, receive, send)
    else:
        await pages(scope, web.noticing_a_lost_sender(receive), send)


async def live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """The server starts and stops. All pages are loaded before the first person waits for one."""
    await receive()
    _ = get_resolver().url_patterns
    await send({"type": "lifespan.startup.complete"})
    processes.announce_ready()
    await receive()
    await events.close()
    await send({"type": "lifespan.shutdown.complete"})
