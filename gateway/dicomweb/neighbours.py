"""What was found of a series a moment ago: a viewer that asks for one image asks for the next.

Used by the quick way alone, for as long as it remembers who asks (`callers`). By the full way the
database is asked each time.
"""

import time
from collections.abc import Callable, Hashable
from typing import Any

from common.at_once import waits

Row = tuple[Any, ...]
REMEMBERED_SECONDS = 1.0
MOST_SERIES = 50
MOST_ROWS = 2000  # of one series; a longer one is asked for image by image


class Neighbours:
    """Rows of series by what decides what is seen of them: who asks, and for which series."""

    def __init__(self) -> None:
        self._series: dict[Hashable, tuple[float, dict[str, Row]]] = {}

    def find(self, about: Hashable, uid: str, rows: Callable[[], dict[str, Row]]) -> Row | None:
        """The row of one object of a series; all of them are read when it is asked for again.

        None: not here, or the first in a while. Then the object is looked up by itself.
        """
        until, known = self._series.get(about, (0.0, {}))
        if known and until > time.monotonic():
            return known.get(uid)
        return self._learn(about, uid, rows)

    @waits
    def _learn(self, about: Hashable, uid: str, rows: Callable[[], dict[str, Row]]) -> Row | None:
        until, known = self._series.get(about, (0.0, {}))
        now = time.monotonic()
        if until > now:  # the second within a second
            known.update(rows())
            return known.get(uid)
        if len(self._series) >= MOST_SERIES:
            self._series.clear()
        self._series[about] = (now + REMEMBERED_SECONDS, {})
        return None

    def forget(self) -> None:
        self._series.clear()


neighbours = Neighbours()
