"""Between the ASGI server and the WSGI pages: files in large blocks, no half bodies, and nobody who
sends slowly holds a thread that a page waits for."""

import asyncio
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, cast

from asgiref.typing import ASGIReceiveCallable, ASGIReceiveEvent, ASGISendCallable, HTTPScope

from common.direct_bodies import EXTENSION, QUIET_SECONDS, DirectBody, Pace

BLOCK_BYTES = (
    256 * 1024
)  # each block crosses from a thread to the loop; Django's own 4 kB are too many
SMALL_BODY_BYTES = 128 * 1024  # such a body is here in full before a thread begins with it
GATHERED_BYTES = 1024 * 1024
MOST_WAITING = 32  # large bodies that may wait for a place, in one process
WAITING_SECONDS = 30.0
BUSY = "Too many are sending at the moment. Try again soon."
TOO_SLOW = "The rest of the request did not come."
DIRECT = "imaging_dept.direct_body"  # in the scope: a body that the application reads itself
WsgiApplication = Callable[[Any, Any], Iterable[bytes]]
Lend = Callable[[bytes, int], DirectBody | None]


class Blocks:
    """An open file as an iterable of large blocks: what WSGI calls a file wrapper."""

    def __init__(self, file: IO[bytes], _block_bytes: int = 0) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        while block := self.file.read(BLOCK_BYTES):
            yield block

    def close(self) -> None:
        self.file.close()


def large_blocks(application: WsgiApplication) -> WsgiApplication:
    """Offer `Blocks` to the application, whose file answers then use it.

    It may also read a body to its end without being told its length: the server knows.
    """

    def offering(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.file_wrapper"] = Blocks
        environ["wsgi.input_terminated"] = True
        if body := environ["asgi.scope"].get(DIRECT):
            environ["wsgi.input"] = io.BufferedReader(body)
        return application(environ, start_response)

    return offering


def noticing_a_lost_sender(receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """A request whose sender went away in the middle raises, instead of looking complete, and so
    does one that stands still or drips.

    Otherwise half of an upload would be taken for a whole one.
    """
    pace = Pace()

    async def receive_or_raise() -> ASGIReceiveEvent:
        async with asyncio.timeout(QUIET_SECONDS):
            event = await receive()
        if event["type"] == "http.disconnect":
            raise ConnectionResetError("the sender went away before the request was complete")
        if event.get("more_body"):
            pace.note(len(event.get("body", b"")))  # type: ignore[arg-type]
        return event

    return receive_or_raise


def has_body(scope: HTTPScope) -> bool:
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])


def has_large_body(scope: HTTPScope) -> bool:
    """Does somebody send much, or without saying how much?"""
    said = dict(scope["headers"])
    length = said.get(b"content-length", b"")
    if not length.isdigit():
        return b"transfer-encoding" in said
    return int(length) > SMALL_BODY_BYTES


async def at_hand(receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """A small body, received in full: from here on nobody waits for its sender."""
    events = [await receive()]
    while events[-1].get("more_body"):
        events.append(await receive())
    return after(events, receive)


def after(events: Iterable[ASGIReceiveEvent], receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """First what has been received already, then what comes."""
    told = iter(events)

    async def from_memory() -> ASGIReceiveEvent:
        return next(told, None) or await receive()

    return from_memory


def lent(scope: HTTPScope, begun: ASGIReceiveEvent) -> DirectBody | None:
    """The body of a request whose first piece is here, if its length is known and its socket may be
    read by a thread."""
    lend = cast(Lend | None, (scope.get("extensions") or {}).get(EXTENSION, {}).get("lend"))
    length = dict(scope["headers"]).get(b"content-length", b"")
    if lend is None or not length.isdigit() or not begun.get("more_body"):
        return None
    return lend(begun.get("body", b""), int(length))  # type: ignore[arg-type]


def gathered(receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """A large body in pieces of about a megabyte: the server's own are small, and each would have
    to cross from the loop to a thread."""

    async def receive_much() -> ASGIReceiveEvent:
        event = await receive()
        pieces = [event.get("body", b"")]
        size = len(pieces[0])  # type: ignore[arg-type]
        while event.get("more_body") and size < GATHERED_BYTES:
            event = await receive()
            pieces.append(event.get("body", b""))
            size += len(pieces[-1])  # type: ignore[arg-type]
        return {**event, "body": b"".join(pieces)}  # type: ignore[arg-type,return-value]

    return receive_much


class Senders:
    """Large bodies have threads of their own. When all are busy a few may wait for a while."""

    def __init__(self, application: Any, places: int) -> None:
        self.application = application
        self.places = asyncio.Semaphore(places)
        self.waiting = 0

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer one sender; 503 to those for whom there is no place."""
        if not await self._finds_a_place():
            await refuse(send, 503, BUSY)
            return
        try:
            await self._answer(scope, receive, send)
        finally:
            self.places.release()

    async def _answer(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """The application reads the socket where it can, the loop's pieces where not."""
        try:
            begun = await receive()
        except TimeoutError:
            await refuse(send, 408, TOO_SLOW)
            return
        if (body := lent(scope, begun)) is None:
            await self.application(scope, gathered(after([begun], receive)), send)
            return
        try:
            await self.application({**scope, DIRECT: body}, receive, send)
        except asyncio.CancelledError:
            body.interrupt()  # its thread may still wait for bytes, and closes it when it hears
            raise
        except Exception:
            body.close()  # the connection can still carry the server's own answer
            raise
        body.close()

    async def _finds_a_place(self) -> bool:
        if self.places.locked() and self.waiting >= MOST_WAITING:
            return False
        self.waiting += 1
        try:
            async with asyncio.timeout(WAITING_SECONDS):
                await self.places.acquire()
        except TimeoutError:
            return False
        finally:
            self.waiting -= 1
        return True


async def refuse(send: ASGISendCallable, status: int, sentence: str) -> None:
    """An answer without the application, in JSON; whoever gets it may come again soon."""
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"5")]
    await send(
        {"type": "http.response.start", "status": status, "headers": headers, "trailers": False}
    )
    body = json.dumps({"detail": sentence}).encode()
    await send({"type": "http.response.body", "body": body, "more_body": False})
