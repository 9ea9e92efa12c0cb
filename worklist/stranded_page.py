"""The page of a device that is out: how far one looks ahead, and what is found."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from equipment.models import Device
from worklist import services
from worklist.models import ScheduledProcedure
from worklist.services.stranded import Stranded

FURTHER = {"": 0, "tomorrow": 1, "week": 6}
"""How many days beyond the one on which the device is expected back."""


@dataclass(frozen=True)
class StrandedPage:
    """What one looks at: a device, how far ahead, and what was ticked (None: everything)."""

    device: Device
    further: str = ""
    chosen: frozenset[int] | None = None

    @classmethod
    def of(cls, device: Device, params: QueryDict) -> "StrandedPage":
        further = params.get("further", "")
        ticked = [key for key in params.getlist("procedure") if key.isdecimal() and len(key) < 19]  # noqa: PLR2004
        return cls(
            device,
            further if further in FURTHER else "",
            frozenset(map(int, ticked)) if "some" in params else None,
        )

    @property
    def until(self) -> dt.datetime:
        return services.out_until(self.device) + dt.timedelta(days=FURTHER[self.further])

    @cached_property
    def stranded(self) -> list[Stranded]:
        return services.stranded_on(self.device, self.until)

    @property
    def with_place(self) -> int:
        return sum(one.slot is not None for one in self.stranded)

    @property
    def without_place(self) -> int:
        return len(self.stranded) - self.with_place

    @cached_property
    def on_the_table(self) -> ScheduledProcedure | None:
        """Whoever is being examined stays until the technician says how it ended."""
        running = ScheduledProcedure.objects.on_device(self.device.pk).in_progress()
        return running.with_patient().first()

    @property
    def href(self) -> str:
        address = reverse("worklist:stranded", args=[self.device.pk])
        return f"{address}?further={self.further}" if self.further else address

    @property
    def choices(self) -> list[tuple[str, object, bool]]:
        words = {"": _("Until it is back"), "tomorrow": _("One more day"), "week": _("A week")}
        return [(key, word, key == self.further) for key, word in words.items()]

    def moved_words(self, number: int) -> str:
        words = ngettext(
            "%d procedure was moved to another device.",
            "%d procedures were moved to other devices.",
            number,
        )
        return words % number

    def left_words(self, left: Sequence[ScheduledProcedure]) -> str:
        """Those that found no place are named by their numbers: move them by hand, or hold them."""
        words = ngettext(
            "%(number)d found no free time: %(steps)s. Squeeze it in, or put it on hold.",
            "%(number)d found no free time: %(steps)s. Squeeze them in, or put them on hold.",
            len(left),
        )
        steps = ", ".join(step.order.accession_number for step in left[:20])
        return words % {"number": len(left), "steps": steps}
