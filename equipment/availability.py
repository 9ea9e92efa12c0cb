"""How much of its planned time a device could be used: planned minutes without lost minutes.

Planned minutes come from the opening hours, day by day in the department's own time zone, so that
a Sunday on which the clock changes has 23 or 25 hours. Lost minutes are the parts of downtimes that
lie in planned time; two downtimes at the same moment lose it once, and a minute that is lost to a
fault is not lost a second time to the block beneath it. Minutes are counted in whole seconds first.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from equipment.models import Device, Downtime, OpeningHours

Span = tuple[dt.datetime, dt.datetime]
WINDOWS = (30, 90, 365)
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Availability:
    """One number, and the parts from which anybody can check it."""

    days: int
    since: dt.date
    planned_minutes: int
    unplanned_minutes: int
    blocked_minutes: int

    @property
    def share(self) -> float | None:
        """Without all lost time, in percent; None when no time was planned at all."""
        return self._percent(self.unplanned_minutes + self.blocked_minutes)

    @property
    def share_unplanned(self) -> float | None:
        """The same, when only time counts as lost that nobody had planned to lose."""
        return self._percent(self.unplanned_minutes)

    @property
    def planned(self) -> str:
        return _hours(self.planned_minutes)

    @property
    def unplanned(self) -> str:
        return _hours(self.unplanned_minutes)

    @property
    def blocked(self) -> str:
        return _hours(self.blocked_minutes)

    def _percent(self, lost: int) -> float | None:
        if not self.planned_minutes:
            return None
        return 100 * (self.planned_minutes - lost) / self.planned_minutes


def _hours(minutes: int) -> str:
    """12 h 05 min: in whole minutes, so that the parts can be added up."""
    hours, rest = divmod(minutes, MINUTE)
    return _("%(hours)s h %(minutes)02d min") % {"hours": hours, "minutes": rest}


def availability_of(device: Device, now: dt.datetime | None = None) -> list[Availability]:
    """Over the last 30, 90 and 365 days, today until now."""
    now = now or timezone.now()
    hours = list(device.opening_hours.all())
    start = _midnight(timezone.localdate(now) - dt.timedelta(days=max(WINDOWS)))
    lost = list(Downtime.objects.on_device(device.pk).standing().overlapping(start, now))
    return [_over(days, device, hours, lost, now) for days in WINDOWS]


def _over(
    days: int,
    device: Device,
    hours: Sequence[OpeningHours],
    lost: Sequence[Downtime],
    now: dt.datetime,
) -> Availability:
    today = timezone.localdate(now)
    since = today - dt.timedelta(days=days)
    if device.installed_on is not None:
        since = max(since, min(device.installed_on, today))
    planned = clipped(planned_spans(hours, since, today), (_midnight(since), now))
    unplanned = joined(_span(one, now) for one in lost if not one.is_planned)
    every = joined(_span(one, now) for one in lost)
    lost_unplanned = minutes_of(common(planned, unplanned))
    return Availability(
        days=days,
        since=since,
        planned_minutes=minutes_of(planned),
        unplanned_minutes=lost_unplanned,
        blocked_minutes=minutes_of(common(planned, every)) - lost_unplanned,
    )


def planned_spans(hours: Sequence[OpeningHours], first: dt.date, last: dt.date) -> list[Span]:
    """When a device is planned to work, from `first` to `last`; no hours at all: day and night."""
    if not hours:
        return [(_midnight(first), _midnight(last + dt.timedelta(days=1)))]
    by_day: dict[int, list[OpeningHours]] = defaultdict(list)
    for row in hours:
        by_day[row.weekday].append(row)
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return joined(
        (_moment(day, row.opens_at), _moment(day, row.closes_at))
        for day in days
        for row in by_day[day.weekday()]
    )


def _midnight(day: dt.date) -> dt.datetime:
    return _moment(day, dt.time())


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    """Local time as one moment; in UTC, where a difference is what a watch measures."""
    local = dt.datetime.combine(day, time, timezone.get_default_timezone())
    moment = local.astimezone(dt.UTC)
    # 23:59 closes the day: nobody who writes it means a minute without the device.
    ends_day = time >= dt.time(23, 59)
    return _midnight(day + dt.timedelta(days=1)) if ends_day else moment


def _span(downtime: Downtime, now: dt.datetime) -> Span:
    return downtime.starts_at, min(downtime.ends_at or now, now)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one, empty ones left out."""
    whole: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def clipped(spans: Iterable[Span], limits: Span) -> list[Span]:
    """The parts of spans that lie within limits."""
    inside = ((max(start, limits[0]), min(end, limits[1])) for start, end in spans)
    return [span for span in inside if span[0] < span[1]]


def common(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """What two ordered lists of spans share."""
    shared: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            shared.append((start, end))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return shared


def minutes_of(spans: Iterable[Span]) -> int:
    seconds = sum((end - start).total_seconds() for start, end in spans)
    return round(seconds / MINUTE)
