"""What happens in the demonstration, in the order in which it happened."""

import datetime as dt
from collections.abc import Callable

from demo.clock import Clock

Deed = Callable[[], object]


class Timeline:
    """Deeds and their moments. Nothing happens after the present."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self._deeds: list[tuple[dt.datetime, int, Deed]] = []

    def add(self, moment: dt.datetime, deed: Deed) -> None:
        """`deed` is done at `moment`; of those at the same moment, first come first."""
        self._deeds.append((min(moment, self.now), len(self._deeds), deed))

    def live(self, clock: Clock) -> None:
        """Do everything, each at its time."""
        for moment, _order, deed in sorted(self._deeds, key=lambda one: one[:2]):
            clock.moment = moment
            deed()
        clock.moment = self.now
