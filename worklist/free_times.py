"""Free times: when a device is open, promised to nobody and fit for patients."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from equipment.models import Device, Downtime, Reservation
from worklist.modalities import spellings
from worklist.models import ProcedureType

GRID = dt.timedelta(minutes=5)
"""Appointments begin on the clock's marks: nobody tells a patient 10:37."""

HORIZON = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Slot:
    """A device, and a time at which it is free."""

    device: Device
    start: dt.datetime
    end: dt.datetime


class Period(NamedTuple):
    """From one moment to another, the second left out. In UTC: clocks change, hours do not."""

    start: dt.datetime
    end: dt.datetime


def devices_for(procedure_type: ProcedureType) -> list[Device]:
    """The devices that do this kind of procedure, whether they work today or not."""
    return devices_alike(procedure_type.modality)


def devices_alike(modality: str) -> list[Device]:
    """The devices of this kind that are not retired, by room."""
    return list(Device.objects.not_retired().of_modalities(spellings(modality)).by_room())


def end_of_day(moment: dt.datetime) -> dt.datetime:
    """Midnight after `moment`, here."""
    following = timezone.localtime(moment).date() + dt.timedelta(days=1)
    return dt.datetime.combine(following, dt.time(), timezone.get_default_timezone())


def out_of_service_until(device: Device, now: dt.datetime) -> dt.datetime | None:
    """Until when a device that takes no patients is out; None while it takes them.

    Nobody knows when what broke is mended: until something is said, today is lost and tomorrow
    is not.
    """
    return None if device.takes_patients else end_of_day(now)


def free_times(
    devices: Iterable[Device], *, minutes: int, after: dt.datetime, most: int = 12
) -> list[Slot]:
    """The first times, at or after `after`, when one of `devices` is free for so long."""
    diary = Diary(list(devices), after, after + HORIZON)
    found = [
        slot
        for device in diary.devices
        for slot in islice(diary.slots(device, minutes, after), most)
    ]
    return sorted(found, key=lambda slot: slot.start)[:most]


class Diary:
    """What several devices have on between two moments. Three queries, however many they are."""

    def __init__(self, devices: list[Device], begin: dt.datetime, end: dt.datetime) -> None:
        self.devices = devices
        self.span = Period(begin.astimezone(dt.UTC), end.astimezone(dt.UTC))
        prefetch_related_objects(
            devices,
            "opening_hours",
            Prefetch(
                "reservations",
                queryset=Reservation.objects.overlapping(*self.span),
                to_attr="promised",
            ),
            Prefetch(
                "downtimes",
                queryset=Downtime.objects.standing().overlapping(*self.span),
                to_attr="blocked",
            ),
        )
        self._busy = {device.pk: self._busy_of(device) for device in devices}

    def _busy_of(self, device: Device) -> list[Period]:
        now = timezone.now()
        busy = [Period(one.period.lower, one.period.upper) for one in device.promised]  # type: ignore[attr-defined]
        busy += [
            Period(one.starts_at, one.ends_at or end_of_day(now))
            for one in device.blocked  # type: ignore[attr-defined]
        ]
        out_until = out_of_service_until(device, now)
        if out_until is not None:
            busy.append(Period(self.span.start, out_until))
        return busy

    def take(self, slot: Slot) -> None:
        """Plan with this slot as if it were booked."""
        self._busy[slot.device.pk].append(Period(slot.start, slot.end))

    def slots(self, device: Device, minutes: int, after: dt.datetime) -> Iterator[Slot]:
        """Free times of one device, one behind the other."""
        length = dt.timedelta(minutes=max(1, minutes))
        for gap in self._gaps(device):
            start = on_the_grid(max(gap.start, after.astimezone(dt.UTC)))
            while start + length <= gap.end:
                yield Slot(device, start, start + length)
                start = on_the_grid(start + length)

    def first(
        self, minutes: int, after: dt.datetime, until: dt.datetime, but: Device | None = None
    ) -> Slot | None:
        """The earliest free time on any device but one that ends by `until`."""
        firsts = [
            slot
            for device in self.devices
            if device != but
            for slot in islice(self.slots(device, minutes, after), 1)
            if slot.end <= until
        ]
        return min(firsts, key=lambda slot: slot.start, default=None)

    def _gaps(self, device: Device) -> Iterator[Period]:
        """When the device is open and free, earliest first."""
        busy = sorted(self._busy[device.pk])
        for opening in self._openings(device):
            free_from = opening.start
            for taken in busy:
                if taken.end <= free_from or taken.start >= opening.end:
                    continue
                if taken.start > free_from:
                    yield Period(free_from, taken.start)
                free_from = max(free_from, taken.end)
            if free_from < opening.end:
                yield Period(free_from, opening.end)

    def _openings(self, device: Device) -> Iterator[Period]:
        """The opening hours within the span; a device without any works day and night."""
        hours = list(device.opening_hours.all())
        if not hours:
            yield self.span
            return
        for day in _days(self.span):
            for one in hours:
                if one.weekday == day.weekday():
                    opens, closes = (_at(day, clock) for clock in (one.opens_at, one.closes_at))
                    opening = Period(max(opens, self.span.start), min(closes, self.span.end))
                    if opening.start < opening.end:
                        yield opening


def _days(span: Period) -> list[dt.date]:
    first, last = (timezone.localtime(moment).date() for moment in span)
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _at(day: dt.date, clock: dt.time) -> dt.datetime:
    local = dt.datetime.combine(day, clock, timezone.get_default_timezone())
    return local.astimezone(dt.UTC)


def on_the_grid(moment: dt.datetime) -> dt.datetime:
    """The next mark of the clock, or `moment` itself when it is one."""
    over = dt.timedelta(
        minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment + (GRID - over) if over else moment
