"""C-ECHO."""

from pynetdicom.events import Event

SUCCESS = 0x0000


def handle_echo(event: Event) -> int:
    """Yes, we are here."""
    return SUCCESS
