"""What happened to a device, newest first: its status, its faults, the work on it, its blocks."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from equipment.models import Device, Downtime, MaintenanceEntry, StatusChange

LENGTH = 40


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline. `kind` chooses its icon and hue; `was` and `now` are states."""

    at: dt.datetime
    kind: str
    words: str | Promise
    detail: str = ""
    who: str = ""
    entry_pk: int | None = None
    was: str = ""
    now: str = ""
    until: dt.datetime | None = None


def timeline_of(device: Device, length: int = LENGTH) -> list[Happening]:
    """The last happenings of a device; what is planned for later is not among them."""
    now = timezone.now()
    sources = (
        _changes(device, length),
        _entries_opened(device, length),
        _entries_done(device, length),
        _blocks(device, length, now),
    )
    newest = merge(*sources, key=lambda happening: happening.at, reverse=True)
    return list(islice(newest, length))


def _changes(device: Device, length: int) -> Iterator[Happening]:
    for change in StatusChange.objects.on_device(device.pk).newest_first()[:length]:
        yield Happening(
            at=change.at,
            kind="status",
            words="",
            detail=change.reason,
            who=str(change.by or ""),
            entry_pk=change.entry_id,
            was=change.from_status,
            now=change.to_status,
        )


def _entries_opened(device: Device, length: int) -> Iterator[Happening]:
    opened = MaintenanceEntry.objects.on_device(device.pk).with_details().newest_first()
    for entry in opened[:length]:
        yield Happening(
            at=entry.opened_at,
            kind="fault" if entry.is_fault else "opened",
            words=entry.get_symptom_display() if entry.is_fault else entry.title,
            detail=entry.title if entry.is_fault else entry.get_kind_display(),
            who=str(entry.opened_by or ""),
            entry_pk=entry.pk,
        )


def _entries_done(device: Device, length: int) -> Iterator[Happening]:
    done = MaintenanceEntry.objects.on_device(device.pk).done().with_details()
    for entry in done.order_by("-finished_at", "-pk")[:length]:
        yield Happening(
            at=entry.finished_at or entry.opened_at,
            kind="done",
            words=_("Finished: %(title)s") % {"title": entry.title},
            detail=entry.work_done,
            who=str(entry.finished_by or ""),
            entry_pk=entry.pk,
        )


def _blocks(device: Device, length: int, now: dt.datetime) -> Iterator[Happening]:
    blocks = Downtime.objects.on_device(device.pk).planned().standing().begun_by(now)
    for block in blocks.select_related("noted_by")[:length]:
        yield Happening(
            at=block.starts_at,
            kind="block",
            words=_("Blocked: %(why)s") % {"why": block.get_cause_display()},
            detail=block.reason,
            who=str(block.noted_by or ""),
            entry_pk=block.entry_id,
            until=block.ends_at,
        )
