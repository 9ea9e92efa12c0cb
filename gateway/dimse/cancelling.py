"""C-CANCEL: a look, now and then, whether the asker still wants to know."""

import time

from pynetdicom.events import Event

BREATH = 10  # answers between two looks


def is_cancelled(event: Event) -> bool:
    """Let the answers so far go out, so that a C-CANCEL can come in, and look for one.

    pynetdicom reads nothing while it has something to send.
    """
    dul = event.assoc.dul
    while not dul.to_provider_queue.empty() and dul.is_alive():
        time.sleep(0.0005)
    time.sleep(0.003)
    return bool(event.is_cancelled)
