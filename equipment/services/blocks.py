"""Planned time without patients: a block is promised like an appointment, moved and given back."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from equipment.models import Device, Downtime, MaintenanceEntry
from equipment.services.promises import Period, promise, release

if TYPE_CHECKING:
    from staff.models import User

LONGEST_BLOCK = dt.timedelta(days=366)
FURTHEST_AHEAD = dt.timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Block:
    """What a device is to be kept free for, and when."""

    cause: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: str = ""
    entry: MaintenanceEntry | None = None


@transaction.atomic
def plan_block(device: Device, block: Block, *, by: "User") -> Downtime:
    """Keep a device free of patients for a while. Refused when somebody is promised that time."""
    device = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    if device.status == Device.Status.RETIRED:
        raise Refused(_("%(device)s is retired: nobody books it.") % {"device": device})
    _refuse_odd_times(block.starts_at, block.ends_at)
    planned = Downtime(
        device=device,
        cause=block.cause,
        reason=block.reason.strip(),
        starts_at=block.starts_at,
        ends_at=block.ends_at,
        is_planned=True,
        entry=block.entry,
        noted_by=by,
    )
    planned.reservation = promise(device, (block.starts_at, block.ends_at))
    planned.full_clean()
    planned.save()
    record("block.planned", planned, by=by, device=device.pk, cause=planned.cause)
    _tell()
    return planned


@transaction.atomic
def move_block(block: Downtime, period: Period, *, by: "User") -> Downtime:
    """Put a block at another time, or make it longer or shorter."""
    block = (
        Downtime.objects.select_for_update(of=["self"]).select_related("device").get(pk=block.pk)
    )
    _refuse_unless_ahead(block)
    _refuse_odd_times(*period)
    block.reservation = promise(block.device, period, held=block.reservation)
    block.starts_at, block.ends_at = period
    block.full_clean()
    block.save(update_fields=["starts_at", "ends_at", "reservation"])
    record("block.moved", block, by=by, device=block.device_id)
    _tell()
    return block


@transaction.atomic
def withdraw_block(block: Downtime, *, by: "User") -> Downtime:
    """Give the time back to patients. One that has begun ends now."""
    block = Downtime.objects.select_for_update().get(pk=block.pk)
    _refuse_unless_ahead(block)
    release(block, timezone.now())
    record("block.withdrawn", block, by=by, device=block.device_id)
    _tell()
    return block


def _refuse_unless_ahead(block: Downtime) -> None:
    if not block.may_be_withdrawn:
        raise Refused(_("This block is over or was withdrawn: there is nothing left to change."))


def _refuse_odd_times(starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    now = timezone.now()
    if ends_at <= starts_at:
        raise Refused(_("It ends before it starts."))
    if ends_at <= now:
        raise Refused(_("That time is over. A block is for the time ahead."))
    if ends_at - starts_at > LONGEST_BLOCK or starts_at - now > FURTHEST_AHEAD:
        raise Refused(_("A block lasts a year at most, and begins within five years."))


def _tell() -> None:
    transaction.on_commit(partial(poke, "devices", "board", "schedule"))
