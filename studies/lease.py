"""Keeping hold of claimed rows while slow work goes on."""

import logging
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from django.db import Error as DatabaseError
from django.db import connection

from studies.models.claims import LEASE, ClaimableQuerySet

logger = logging.getLogger(__name__)

RENEW_SECONDS = LEASE.total_seconds() / 3


class Lease:
    """`with Lease(rows, pks):` — says every few seconds that we live. It stops when we die.

    Most work is done before the first renewal, so that mostly nothing happens here.
    """

    def __init__(self, rows: ClaimableQuerySet[Any], pks: Iterable[int]) -> None:
        self._rows = rows
        self._pks = list(pks)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        why: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _renew(self) -> None:
        try:
            while not self._done.wait(RENEW_SECONDS):
                self._rows.renew(self._pks)
        except DatabaseError:
            logger.warning("Could not renew a lease; another worker may do the same work")
        finally:
            connection.close()
