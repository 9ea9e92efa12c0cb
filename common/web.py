"""Between the ASGI server and the WSGI pages: files in large blocks, and no half bodies."""

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from asgiref.typing import ASGIReceiveCallable, ASGIReceiveEvent

BLOCK_BYTES = (
    256 * 1024
)  # each block crosses from a thread to the loop; Django's own 4 kB are too many
WsgiApplication = Callable[[Any, Any], Iterable[bytes]]


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
    """Offer `Blocks` to the application, whose file answers then use it."""

    def offering(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.file_wrapper"] = Blocks
        return application(environ, start_response)

    return offering


def noticing_a_lost_sender(receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """A request whose sender went away in the middle raises, instead of looking complete.

    Otherwise half of an upload would be taken for a whole one.
    """

    async def receive_or_raise() -> ASGIReceiveEvent:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ConnectionResetError("the sender went away before the request was complete")
        return event

    return receive_or_raise
