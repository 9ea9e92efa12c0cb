"""The maintenance log: work is opened, begun, handed back, noted and finished."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from equipment.models import Device, MaintenanceEntry, Part, WorkNote
from equipment.services.plans import count_on
from equipment.services.status import change_device_status

if TYPE_CHECKING:
    from staff.models import User

Status = MaintenanceEntry.Status


@dataclass(frozen=True, slots=True)
class Opening:
    """Work that somebody has to do on a device."""

    kind: str
    title: str
    description: str = ""
    due_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class UsedPart:
    """A part that went into a device."""

    name: str
    number: str = ""
    quantity: int = 1
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What was done, what it took, and how the device stands afterwards."""

    work_done: str
    hours: Decimal | None = None
    cost: Decimal | None = None
    company: str = ""
    parts: Sequence[UsedPart] = ()
    next_status: str = ""
    """Empty: the device stays as it is."""


@transaction.atomic
def open_entry(device: Device, opening: Opening, *, by: "User") -> MaintenanceEntry:
    """Write down work to be done. It changes nothing about the device's status."""
    device = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    if device.status == Device.Status.RETIRED:
        raise Refused(_("%(device)s is retired: nobody uses it any more.") % {"device": device})
    entry = MaintenanceEntry(
        device=device,
        kind=opening.kind,
        title=opening.title.strip(),
        description=opening.description.strip(),
        due_on=opening.due_on,
        opened_by=by,
    )
    entry.full_clean()
    entry.save()
    record("maintenance.logged", entry, by=by, device=device.pk, kind=entry.kind)
    _tell(entry)
    return entry


@transaction.atomic
def begin_work(entry: MaintenanceEntry, *, by: "User") -> MaintenanceEntry:
    """Take the work on. A device that is down is in service from now on."""
    device, entry = _locked(entry)
    entry.move_to(Status.IN_WORK)
    entry.assigned_to = by
    entry.started_at = entry.started_at or timezone.now()
    entry.full_clean()
    entry.save(update_fields=["status", "assigned_to", "started_at"])
    record("maintenance.begun", entry, by=by, device=device.pk)
    if device.status == Device.Status.DOWN and by.has_perm("equipment.change_device"):
        reason = device.status_reason or entry.title
        change_device_status(device, Device.Status.IN_SERVICE, by=by, reason=reason, entry=entry)
    _tell(entry)
    return entry


@transaction.atomic
def hand_back(entry: MaintenanceEntry, *, by: "User", note: str) -> MaintenanceEntry:
    """Leave the work to somebody else, and say how far it is. A device in service is down again."""
    if not note.strip():
        raise Refused(_("Say how far it is: whoever goes on wants to know."))
    device, entry = _locked(entry)
    entry.move_to(Status.OPEN)
    entry.assigned_to = None
    entry.full_clean()
    entry.save(update_fields=["status", "assigned_to"])
    WorkNote.objects.create(entry=entry, by=by, text=note.strip())
    record("maintenance.handed_back", entry, by=by, device=device.pk)
    others = MaintenanceEntry.objects.on_device(device.pk).in_work().exists()
    is_ours = device.status == Device.Status.IN_SERVICE and not others
    if is_ours and by.has_perm("equipment.change_device"):
        reason = device.status_reason or entry.title
        change_device_status(device, Device.Status.DOWN, by=by, reason=reason, entry=entry)
    _tell(entry)
    return entry


@transaction.atomic
def note_work(entry: MaintenanceEntry, *, by: "User", text: str) -> WorkNote:
    """A line in the log: what was seen, tried, ordered, said on the telephone."""
    if not text.strip():
        raise Refused(_("There is nothing to note."))
    _device, entry = _locked(entry)
    note = WorkNote.objects.create(entry=entry, by=by, text=text.strip())
    record("maintenance.noted", entry, by=by)
    _tell(entry)
    return note


@transaction.atomic
def finish_work(entry: MaintenanceEntry, work: Work, *, by: "User") -> MaintenanceEntry:
    """The work is done, and what it took. Its plan counts on; the device goes on as `work` says."""
    device, entry = _locked(entry)
    entry.move_to(Status.DONE)
    if work.next_status and not by.has_perm("equipment.change_device"):
        raise Refused(_("You may finish the work, but not change how the device stands."))
    entry.finished_at = timezone.now()
    entry.finished_by = by
    entry.assigned_to = entry.assigned_to or by
    entry.started_at = entry.started_at or entry.finished_at
    entry.work_done = work.work_done.strip()
    entry.hours, entry.cost, entry.company = work.hours, work.cost, work.company.strip()
    entry.full_clean()
    entry.save()
    _note_parts(entry, work.parts)
    record("maintenance.finished", entry, by=by, device=device.pk, kind=entry.kind)
    count_on(entry)
    if work.next_status and work.next_status != device.status:
        reason = entry.work_done.split("\n")[0]
        change_device_status(device, work.next_status, by=by, reason=reason, entry=entry)
    _tell(entry)
    return entry


def _note_parts(entry: MaintenanceEntry, parts: Sequence[UsedPart]) -> None:
    for used in parts:
        part = Part(
            entry=entry,
            name=used.name.strip(),
            number=used.number.strip(),
            quantity=used.quantity,
            cost=used.cost,
        )
        part.full_clean()
        part.save()


def _locked(entry: MaintenanceEntry) -> tuple[Device, MaintenanceEntry]:
    """The device first, then the work on it: everybody takes them in this order."""
    device = Device.objects.select_for_update(no_key=True).get(pk=entry.device_id)
    return device, MaintenanceEntry.objects.select_for_update().get(pk=entry.pk)


def _tell(entry: MaintenanceEntry) -> None:
    transaction.on_commit(partial(poke, "devices", f"maintenance-{entry.pk}"))
