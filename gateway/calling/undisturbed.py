"""One thread talks, and no other takes its answers away."""

import threading
from typing import Any

from pynetdicom.association import Association
from pynetdicom.dimse import DIMSEServiceProvider


def undisturbed(association: Association) -> Association:
    """Keep pynetdicom's own thread from taking an answer that another thread waits for.

    Its checkpoint lets that thread through once more if it had come to it just before it was
    closed. On a busy machine the answer is there by then, is taken away, and whoever asked waits
    until time is up.
    """
    gate = _Gate(association.dimse)
    association.dimse.get_msg = gate.get_msg  # type: ignore[method-assign]
    association._reactor_checkpoint = gate
    return association


class _Gate(threading.Event):
    """A checkpoint that is closed, when it is closed, also for whoever passed it already."""

    def __init__(self, dimse: DIMSEServiceProvider) -> None:
        super().__init__()
        self.set()
        self._one_at_a_time = threading.Lock()
        self._next_message = dimse.get_msg

    def clear(self) -> None:
        """From the return of this on, nothing is taken away."""
        with self._one_at_a_time:
            super().clear()

    def get_msg(self, block: bool = False) -> Any:
        """The next message; for the association's thread, which never blocks, while it is open."""
        if block:
            return self._next_message(block)
        with self._one_at_a_time:
            return self._next_message() if self.is_set() else (None, None)
