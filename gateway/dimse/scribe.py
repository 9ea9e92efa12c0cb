"""Enters what has landed into the table: one statement and one commit for all who wait."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from django.db import DatabaseError, OperationalError, connection, transaction

from common.database import Desk, ensure_connection
from common.files import remove, sync_folders
from studies.services import MachineArrival, receive_all, tell_worker

PATIENCE_SECONDS = 30  # then the sender is told to try again; what waits is kept all the same
LONG_TO_SYNC = 4 * 1024**2  # bytes; a group does not wait for the sync of what is larger
BREATH = 0.05  # seconds between two bells: a worker that was told looks for all there is

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Slip:
    """One object that waits for its row."""

    arrival: MachineArrival
    synced: "Future[None]" = field(default_factory=Future)
    entered: "Future[None]" = field(default_factory=Future)

    def sync_by(self, sync: Callable[[], None]) -> None:
        """Have its bytes synced, and let the scribe know how that went."""
        try:
            sync()
        except Exception as why:
            self.synced.set_exception(why)
        else:
            self.synced.set_result(None)


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

    def enter(self, arrival: MachineArrival, sync: Callable[[], None]) -> None:
        """Wait until the object's bytes, name and row are safe. Raises DatabaseError or OSError.

        `sync` makes the bytes safe, here, while the scribe writes the row. The file is the
        scribe's from here on: when it gets no row, it goes.
        """
        slip = Slip(arrival)
        if arrival.kept.size > LONG_TO_SYNC:
            slip.sync_by(sync)
            self.put(slip)
        else:
            self.put(slip)
            slip.sync_by(sync)
        try:
            slip.entered.result(PATIENCE_SECONDS)
        except TimeoutError as why:
            raise OperationalError("the database does not answer") from why

    def work(self, items: list[Slip]) -> None:
        """One group: rows and names while the bytes are synced, the commit, answers, the bell."""
        try:
            ensure_connection()
        except DatabaseError as why:
            _give_up(items, why)
            return
        try:
            with transaction.atomic():
                receive_all([slip.arrival for slip in items])
                sync_folders(slip.arrival.kept.path for slip in items)
                for slip in items:
                    slip.synced.result(PATIENCE_SECONDS)
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
