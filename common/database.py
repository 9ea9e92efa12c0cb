"""A connection to the database that a long-lived thread keeps."""

import select
import threading
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from django.db import connection, connections

Item = TypeVar("Item")


def ensure_connection() -> bool:
    """Have a connection that the server has not ended meanwhile: it says so unasked, on the wire.

    Costs no round trip. Says whether it is a new one. Raises DatabaseError when the database is
    away.
    """
    held = connection.connection
    if held is not None and (held.closed or _has_news(held.fileno())):
        connection.close()
    is_new = connection.connection is None
    connection.ensure_connection()
    return is_new


def _has_news(descriptor: int) -> bool:
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(0))


class Desk(threading.Thread, Generic[Item]):
    """A thread with a connection of its own, that works off what others put before it.

    `work` gets everything that waits, at once. It must not raise.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._waiting: SimpleQueue[Item | None] = SimpleQueue()

    def put(self, item: Item) -> None:
        self._waiting.put(item)

    def work(self, items: list[Item]) -> None:
        raise NotImplementedError

    def run(self) -> None:
        try:
            while items := self._take():
                self.work(items)
        finally:
            connections.close_all()  # this thread's own

    def _take(self) -> list[Item]:
        """All that waits, the first of them waited for; nothing when the desk closes."""
        items = [self._waiting.get()]
        try:
            while items[-1] is not None:
                items.append(self._waiting.get_nowait())
        except Empty:
            pass
        if items[-1] is None and len(items) > 1:
            self._waiting.put(None)  # the end comes after what was put before it
        return [item for item in items if item is not None]

    def close(self) -> None:
        """Work off what waits, then end."""
        self._waiting.put(None)
        if self.is_alive():
            self.join()
