"""The status wall: each room with its devices, and all that a glance at one should tell."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from equipment.models import (
    Device,
    DeviceQuerySet,
    Downtime,
    MaintenanceEntry,
    MaintenancePlan,
    Room,
    StatusChange,
)

SOON = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Due:
    """Maintenance that is next: its day, and whether that day is over."""

    title: str
    day: dt.date
    is_late: bool
    entry_pk: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One device as the wall shows it. Found for all devices with a constant number of queries."""

    device: Device
    change: StatusChange | None
    block: Downtime | None
    due: Due | None
    faults: list[MaintenanceEntry]

    @property
    def is_blocked_now(self) -> bool:
        return self.block is not None and self.block.is_running


@dataclass(frozen=True, slots=True)
class RoomOnWall:
    room: Room
    devices: list[Standing]


def standings(devices: DeviceQuerySet) -> list[Standing]:
    """How each of these devices stands, in their order."""
    rows = list(devices)
    keys = [device.pk for device in rows]
    now = timezone.now()
    changes = {one.device_id: one for one in StatusChange.objects.latest_of_each(keys)}
    blocks = {one.device_id: one for one in Downtime.objects.next_of_each(keys, now)}
    open_work = list(MaintenanceEntry.objects.unfinished().on_devices(keys).with_plan())
    plans = MaintenancePlan.objects.in_force().next_of_each(keys)
    listed = {(entry.plan_id, entry.due_on) for entry in open_work if entry.plan_id}
    dues = [
        *(_due_entry(entry) for entry in open_work if entry.due_on),
        *(_due_plan(plan) for plan in plans if (plan.pk, plan.next_due_on) not in listed),
    ]
    return [
        Standing(
            device=device,
            change=changes.get(device.pk),
            block=blocks.get(device.pk),
            due=_soonest(due for pk, due in dues if pk == device.pk),
            faults=[one for one in open_work if one.device_id == device.pk and one.is_fault],
        )
        for device in rows
    ]


def rooms_on_wall(devices: DeviceQuerySet) -> list[RoomOnWall]:
    """Rooms in order, each with its devices."""
    by_room = groupby(standings(devices.by_room()), key=lambda standing: standing.device.room)
    return [RoomOnWall(room, list(there)) for room, there in by_room]


def _due_entry(entry: MaintenanceEntry) -> tuple[int, Due]:
    day = entry.due_on or timezone.localdate()
    return entry.device_id, Due(entry.title, day, entry.is_overdue, entry.pk)


def _due_plan(plan: MaintenancePlan) -> tuple[int, Due]:
    day, late = plan.next_due_on or timezone.localdate(), plan.late_after
    return plan.device_id, Due(plan.title, day, bool(late and late < timezone.localdate()))


def _soonest(dues: Iterable[Due]) -> Due | None:
    return min(dues, key=lambda due: due.day, default=None)
