"""Writes down what machines asked the worklist for, once the answer is on its way."""

import datetime as dt
import logging
import threading
from dataclasses import dataclass, field, replace

from django.utils import timezone

from common.database import Desk, ensure_connection
from worklist.services import Asked, note_query

BREATH = 0.5  # seconds between two entries: a machine that never stops asking costs no more

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """A device asked this, so often; the last answer took so long."""

    device_pk: int
    asked: Asked
    milliseconds: int
    times: int = 1
    since: dt.datetime = field(default_factory=timezone.now)

    def says_the_same(self, other: "Note") -> bool:
        """The same question of the same device, answered the same."""
        return self.device_pk == other.device_pk and self.asked == other.asked


class Notebook(Desk[Note]):
    """What is asked again and again within a moment is one entry. Nobody's answer waits for it."""

    def __init__(self) -> None:
        super().__init__("notebook")
        self._closing = threading.Event()

    def close(self) -> None:
        self._closing.set()
        super().close()

    def work(self, items: list[Note]) -> None:
        for note in gathered(items):
            try:
                ensure_connection()
                note_query(
                    note.device_pk,
                    note.asked,
                    milliseconds=note.milliseconds,
                    times=note.times,
                    since=note.since,
                )
            except Exception as why:
                logger.warning("Left undone after an answer: %s", why)
        self._closing.wait(BREATH)


def gathered(notes: list[Note]) -> list[Note]:
    """Those that say the same as one, in the order in which they were first heard."""
    found: list[Note] = []
    for note in notes:
        at = next((at for at, one in enumerate(found) if one.says_the_same(note)), None)
        if at is None:
            found.append(note)
        else:
            first = found[at]
            found[at] = replace(note, times=first.times + note.times, since=first.since)
    return found
