"""The maintenance list: which work is shown, and how much there is of each kind."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from equipment.models import Device, MaintenanceEntry, MaintenanceEntryQuerySet, MaintenanceKind
from equipment.month import Month

if TYPE_CHECKING:
    from staff.models import User

SOON = dt.timedelta(days=14)
LONGEST = 200
SHOWN: dict[str, str | Promise] = {
    "open": _("Unfinished"),
    "faults": _("Faults"),
    "work": _("In work"),
    "due": _("Due in 14 days"),
    "overdue": _("Overdue"),
    "done": _("Finished"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    label: str | Promise
    url: str
    is_current: bool
    count: int | None = None


class MaintenanceList:
    """The list for one person, as the address asks for it; what it does not know it passes over."""

    def __init__(self, user: "User", asked: Mapping[str, str]) -> None:
        self.user = user
        self.show = asked.get("show", "") if asked.get("show", "") in SHOWN else "open"
        self.kind = asked.get("kind", "") if asked.get("kind", "") in MaintenanceKind else ""
        device = asked.get("device", "")
        self.device = int(device) if device.isdecimal() and len(device) < 10 else None  # noqa: PLR2004
        self.asked_month = asked.get("month", "")

    @cached_property
    def entries(self) -> list[MaintenanceEntry]:
        chosen = self._of(self.show).with_details()
        ordered = (
            chosen.order_by("-finished_at", "-pk")
            if self.show == "done"
            else chosen.most_pressing_first()
        )
        return list(ordered[:LONGEST])

    def _of(self, show: str) -> MaintenanceEntryQuerySet:
        today = timezone.localdate()
        found = MaintenanceEntry.objects.visible_to(self.user)
        found = found.of_kind(self.kind) if self.kind else found
        found = found.on_device(self.device) if self.device else found
        return {
            "open": found.unfinished,
            "faults": found.unfinished().faults,
            "work": found.in_work,
            "due": lambda: found.due_by(today + SOON),
            "overdue": lambda: found.overdue(today),
            "done": found.done,
        }[show]()

    @property
    def choices(self) -> list[Choice]:
        """What else the list can show, each with its number; the finished are many, uncounted."""
        return [
            Choice(
                label,
                self._address(show=show),
                show == self.show,
                None if show == "done" else self._of(show).count(),
            )
            for show, label in SHOWN.items()
        ]

    @cached_property
    def month(self) -> Month:
        return Month.of(self.user, self.asked_month)

    @property
    def month_before(self) -> str:
        return self._address(month=self.month.before)

    @property
    def month_after(self) -> str:
        return self._address(month=self.month.after)

    @property
    def devices(self) -> list[Device]:
        return list(Device.objects.visible_to(self.user).not_retired().by_name())

    @property
    def kinds(self) -> list[MaintenanceKind]:
        return list(MaintenanceKind)

    def _address(self, **changed: str) -> str:
        now = {
            "show": self.show,
            "kind": self.kind,
            "device": str(self.device or ""),
            "month": self.asked_month,
        }
        return "?" + urlencode({key: value for key, value in (now | changed).items() if value})
