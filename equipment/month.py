"""A month of maintenance and blocks on one sheet: what falls due, what is blocked, day by day."""

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS

from equipment.models import Downtime, MaintenanceEntry, MaintenancePlan
from equipment.recurrence import rule_of

if TYPE_CHECKING:
    from staff.models import User

EARLIEST, LATEST = 2000, 2100


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on one day."""

    kind: str
    device: str
    title: str
    url: str
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    date: dt.date
    is_in_month: bool
    is_today: bool
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks of days, Monday first, with the days of the neighbours that fill the sheet."""

    first: dt.date
    weeks: list[list[Day]]

    @classmethod
    def of(cls, user: "User", text: str) -> Self:
        """The month named like 2030-05, or this one; with all that this person may see."""
        first = first_day(text)
        sheet = calendar.Calendar().monthdatescalendar(first.year, first.month)
        marks = _marks(user, sheet[0][0], sheet[-1][-1])
        today = timezone.localdate()
        return cls(
            first,
            [
                [Day(day, day.month == first.month, day == today, marks[day]) for day in week]
                for week in sheet
            ],
        )

    @property
    def weekdays(self) -> list[str]:
        return [str(WEEKDAYS[number]) for number in range(7)]

    @property
    def before(self) -> str:
        return f"{self.first - dt.timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.first + dt.timedelta(days=31):%Y-%m}"


def first_day(text: str) -> dt.date:
    """The first of a month such as 2030-05; of this month when that is no month of ours."""
    try:
        day = dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 — a month has no zone
    except ValueError:
        day = timezone.localdate()
    return (
        day.replace(day=1)
        if EARLIEST <= day.year <= LATEST
        else timezone.localdate().replace(day=1)
    )


def _marks(user: "User", first: dt.date, last: dt.date) -> dict[dt.date, list[Mark]]:
    marks: dict[dt.date, list[Mark]] = defaultdict(list)
    entries = MaintenanceEntry.objects.visible_to(user).due_between(first, last)
    listed = set()
    for entry in entries.with_device_and_plan():
        listed.add((entry.plan_id, entry.due_on))
        marks[entry.due_on or first].append(_of_entry(entry))
    for plan in MaintenancePlan.objects.visible_to(user).in_force().with_device():
        for day in _days_of(plan, first, last):
            if (plan.pk, day) not in listed:
                url = reverse("equipment:plan", args=[plan.pk])
                marks[day].append(Mark("planned", plan.device.name, plan.title, url))
    for block in _blocks(user, first, last):
        for day in _days_between(block, first, last):
            marks[day].append(_of_block(block, day))
    return marks


def _days_of(plan: MaintenancePlan, first: dt.date, last: dt.date) -> list[dt.date]:
    """The plan's days on the sheet that are still ahead of it."""
    if plan.next_due_on is None or plan.next_due_on > last:
        return []
    begin = max(first, plan.next_due_on, timezone.localdate()) - dt.timedelta(days=1)
    found = []
    for day in rule_of(plan.rrule).days(plan.starts_on, begin):
        if day > last:
            break
        found.append(day)
    return found


def _blocks(user: "User", first: dt.date, last: dt.date) -> list[Downtime]:
    zone = timezone.get_default_timezone()
    start = dt.datetime.combine(first, dt.time(), zone)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)
    standing = Downtime.objects.visible_to(user).planned().standing().overlapping(start, end)
    return list(standing.select_related("device").in_order())


def _days_between(block: Downtime, first: dt.date, last: dt.date) -> list[dt.date]:
    begins = timezone.localdate(block.starts_at)
    ends = timezone.localdate((block.ends_at or block.starts_at) - dt.timedelta(seconds=1))
    begins, ends = max(begins, first), min(max(ends, begins), last)
    return [begins + dt.timedelta(days=n) for n in range((ends - begins).days + 1)]


def _of_entry(entry: MaintenanceEntry) -> Mark:
    kind = "done" if entry.is_done else "late" if entry.is_overdue else "due"
    url = reverse("equipment:entry", args=[entry.pk])
    return Mark(kind, entry.device.name, entry.title, url)


def _of_block(block: Downtime, day: dt.date) -> Mark:
    begins = timezone.localtime(block.starts_at)
    clock = f"{begins:%H:%M}" if begins.date() == day else ""
    url = reverse("equipment:block", args=[block.pk])
    return Mark("block", block.device.name, str(block), url, clock)
