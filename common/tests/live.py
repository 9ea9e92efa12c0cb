"""The web server that browsers of tests talk to, and its end."""

import contextlib
import socket
import threading
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer

SECONDS = 30  # for an answer that is under way when the server ends


class EndingServer(ThreadedWSGIServer):
    """Ends with all of its connections.

    A browser keeps its connections open, and Django's server leaves their threads behind, each
    with a connection to the database, which then cannot be removed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open: dict[socket.socket, threading.Thread] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own, which is remembered as long as it lives."""
        serve, told = self.process_request_thread, (request, client_address)
        self._open[request] = threading.Thread(target=serve, args=told, daemon=True)
        self._open[request].start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.pop(request, None)

    def server_close(self) -> None:
        super().server_close()
        self.hang_up()

    def hang_up(self) -> None:
        """End all connections, and wait until nobody holds the database any more."""
        while self._open:  # one more may come in while those before it end
            for connection, thread in list(self._open.items()):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                thread.join(SECONDS)
