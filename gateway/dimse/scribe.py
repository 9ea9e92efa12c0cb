"""Enters what has landed into the table: one sync and one statement for all who wait."""

import logging
import time
from concurrent.futures import Future
from dataclasses import dataclass, field

from django.db import DatabaseError, OperationalError, connection

from common.database import Desk, ensure_connection
from common.files import remove, sync_folders
from studies.services import MachineArrival, receive_all, tell_worker

PATIENCE_SECONDS = 30  # then the sender is told to try again; what waits is kept all the same
BREATH = 0.05  # seconds between two bells: a worker that was told looks for all there is

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Slip:
    """One object that waits for its row."""

    arrival: MachineArrival
    entered: "Future[None]" = field(default_factory=Future)


class Scribe(Desk[Slip]):
    """The one who writes the rows of what comes by the network."""

    def __init__(self) -> None:
        super().__init__("scribe")
        self._bell = Bell("bell")

    def start(self) -> None:
        super().start()
        self._bell.start()

    def close(self) -> None:
        super().close()
        self._bell.close()

    def enter(self, arrival: MachineArrival) -> None:
        """Wait until the object's name and row are safe. Raises DatabaseError or OSError.

        The file is the scribe's from here on: when it gets no row, it goes.
        """
        slip = Slip(arrival)
        self.put(slip)
        try:
            slip.entered.result(PATIENCE_SECONDS)
        except TimeoutError as why:
            raise OperationalError("the database does not answer") from why

    def work(self, items: list[Slip]) -> None:
        """One group: the names, the rows, the answers, and only then the bell."""
        try:
            ensure_connection()
        except DatabaseError as why:
            _give_up(items, why)
            return
        try:
            sync_folders(slip.arrival.kept.path for slip in items)
            receive_all([slip.arrival for slip in items])
        except Exception as why:
            self._cope(items, why)
            return
        for slip in items:
            slip.entered.set_result(None)
        self._bell.put("rings")

    def _cope(self, slips: list[Slip], why: Exception) -> None:
        """What one object does to the statement shall not be the others' trouble."""
        if isinstance(why, DatabaseError) and not connection.is_usable():
            # It may have been committed before the connection broke: the bytes stay.
            _give_up(slips, why, and_remove=False)
        elif len(slips) > 1:
            for slip in slips:
                self.work([slip])
        else:
            _give_up(slips, why)


def _give_up(slips: list[Slip], why: Exception, *, and_remove: bool = True) -> None:
    for slip in slips:
        if and_remove:
            remove(slip.arrival.kept.path)
        slip.entered.set_exception(why)


class Bell(Desk[str]):
    """Rings for the worker, so that a broker that is slow keeps no sender waiting."""

    def work(self, items: list[str]) -> None:
        tell_worker()
        time.sleep(BREATH)
