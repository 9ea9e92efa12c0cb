"""How a device stands: whether it takes patients, and since when it does not."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from equipment.models import (
    Device,
    Downtime,
    MaintenanceEntry,
    MaintenanceKind,
    MaintenancePlan,
    StatusChange,
)
from equipment.services.promises import release
from equipment.signals import device_status_changed

if TYPE_CHECKING:
    from staff.models import User

LONGEST_REASON = 200

# A device that is out of use because of this work is out of use for that cause.
CAUSES: Mapping[str, str] = {
    MaintenanceKind.CORRECTIVE: Downtime.Cause.FAULT,
    MaintenanceKind.SOFTWARE: Downtime.Cause.SOFTWARE,
    MaintenanceKind.CALIBRATION: Downtime.Cause.QC,
}


@transaction.atomic
def change_device_status(
    device: Device,
    wanted: str,
    *,
    by: "User",
    reason: str,
    entry: MaintenanceEntry | None = None,
) -> Device:
    """Say that a device is down, in service or fit again. Refused without a reason.

    A downtime begins when the device stops taking patients and ends when it takes them again.
    Whoever listens to `device_status_changed` may refuse, too: then nothing has changed.
    """
    if not reason.strip():
        raise Refused(_("Say why, in a few words: whoever stands before the device wants to know."))
    device = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    before, took_patients = device.status, device.takes_patients
    device.move_to(wanted)
    if wanted == Device.Status.RETIRED:
        _refuse_while_work_is_open(device)
    device.status_reason = reason.strip()[:LONGEST_REASON]
    device.full_clean()
    device.save(update_fields=["status", "status_reason"])
    change = StatusChange.objects.create(
        device=device,
        from_status=before,
        to_status=device.status,
        by=by,
        reason=device.status_reason,
        entry=entry,
    )
    _keep_downtime(change, took_patients=took_patients)
    record("device.status_changed", device, by=by, was=before, now=wanted)
    device_status_changed.send(Device, device=device, was=before, by=by)
    transaction.on_commit(partial(poke, "devices", "board", "schedule"))
    return device


def _refuse_while_work_is_open(device: Device) -> None:
    """A device does not leave with work on it that nobody has finished."""
    unfinished = MaintenanceEntry.objects.unfinished().on_device(device.pk).newest_first()
    first = unfinished.first()
    if first is not None:
        raise Refused(
            _("%(device)s has unfinished maintenance (“%(title)s”). Finish it, then retire it.")
            % {"device": device, "title": first.title}
        )


def _keep_downtime(change: StatusChange, *, took_patients: bool) -> None:
    """Begin or end the downtime that this change means."""
    device = change.device
    is_gone = change.to_status == Device.Status.RETIRED
    if is_gone:
        _forget_the_future(device, change.at)
    if (device.takes_patients and not took_patients) or is_gone:
        end_downtime(device, change.at)
    elif took_patients and not device.takes_patients:
        Downtime.objects.create(
            device=device,
            cause=CAUSES.get(change.entry.kind, Downtime.Cause.MAINTENANCE)
            if change.entry
            else Downtime.Cause.FAULT,
            reason=change.reason,
            starts_at=change.at,
            entry=change.entry,
            noted_by=change.by,
        )


def end_downtime(device: Device, at: dt.datetime) -> None:
    """The device takes patients again: its open downtime is over."""
    for downtime in Downtime.objects.select_for_update().on_device(device.pk).still_open():
        downtime.ends_at = max(at, downtime.starts_at)
        downtime.save(update_fields=["ends_at"])


def _forget_the_future(device: Device, now: dt.datetime) -> None:
    """A device that is gone needs no planned blocks and no maintenance."""
    for block in Downtime.objects.select_for_update().on_device(device.pk).ahead(now):
        release(block, now)
    MaintenancePlan.objects.on_device(device.pk).update(is_active=False)
