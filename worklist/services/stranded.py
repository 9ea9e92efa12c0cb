"""A device fails: where its patients go."""

import datetime as dt
from collections.abc import Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.refusals import Refused
from equipment.models import Device, Downtime
from worklist.free_times import Diary, Slot, devices_alike, end_of_day
from worklist.models import ScheduledProcedure
from worklist.services.moving_day import move_procedure
from worklist.services.waiting import hold_procedure

if TYPE_CHECKING:
    from staff.models import User

LONGEST = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Stranded:
    """One procedure whose device is out, and the first place that could take it."""

    procedure: ScheduledProcedure
    slot: Slot | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of moving several at once. `left` are those that found no place."""

    moved: list[ScheduledProcedure]
    left: list[ScheduledProcedure]


def out_until(device: Device) -> dt.datetime:
    """Until when the device is out as far as anybody has said; tonight when nobody has."""
    now = timezone.now()
    blocks = Downtime.objects.on_device(device.pk).standing().overlapping(now, end_of_day(now))
    ends = [block.ends_at for block in blocks if block.ends_at]
    return max(ends, default=end_of_day(now))


def stranded_on(device: Device, until: dt.datetime) -> list[Stranded]:
    """What stands on the device's list until then and has not begun, each with its next place.

    The plan holds together: no two are offered the same minute. Whoever is most urgent chooses
    first, then whoever is here, then the clock.
    """
    now = timezone.now()
    midnight = end_of_day(now) - dt.timedelta(days=1)
    listed = ScheduledProcedure.objects.on_device(device.pk).movable()
    steps = list(listed.begins_between(midnight, until).with_board_details().most_urgent_first())
    diary = Diary(devices_alike(device.modality), now, min(until, now + LONGEST) + LONGEST)
    return sorted(
        (Stranded(step, place_for(step, diary, now)) for step in steps),
        key=lambda one: one.procedure.scheduled_start,
    )


def place_for(step: ScheduledProcedure, diary: Diary, now: dt.datetime) -> Slot | None:
    """The first free time of the same day on another device that takes patients now."""
    after = max(now, step.scheduled_start)
    minutes = int((step.scheduled_end - step.scheduled_start).total_seconds() // 60)
    slot = diary.first(minutes, after, end_of_day(after), but=step.device)
    if slot is not None:
        diary.take(slot)
    return slot


def move_stranded(
    device: Device, *, by: "User", until: dt.datetime, only: Set[int] | None = None
) -> Outcome:
    """Move everything that finds a place, each in its own transaction: one that is refused, because
    somebody was quicker, leaves the others moved. `only` names some of them."""
    outcome = Outcome([], [])
    for one in stranded_on(device, until):
        if only is not None and one.procedure.pk not in only:
            continue
        moved = one.slot is not None and _moved(one.procedure, one.slot, by)
        (outcome.moved if moved else outcome.left).append(one.procedure)
    return outcome


def _moved(procedure: ScheduledProcedure, slot: Slot, by: "User") -> bool:
    try:
        move_procedure(
            procedure, by=by, device=slot.device, start=slot.start, reason=_("Device down")
        )
    except Refused:
        return False
    return True


def hold_stranded(
    device: Device, *, by: "User", until: dt.datetime, only: Set[int]
) -> list[ScheduledProcedure]:
    """Let these wait until the device is back; those on hold already stay so."""
    chosen = [one.procedure for one in stranded_on(device, until) if one.procedure.pk in only]
    reason = _("Device down")
    return [hold_procedure(step, by=by, reason=reason) for step in chosen if step.may_hold]


def refuse_to_retire(device: Device) -> None:
    """Raise Refused while anybody is still booked on it: they would wait for ever."""
    number = ScheduledProcedure.objects.on_device(device.pk).unfinished().count()
    if number:
        sentence = ngettext(
            "%(device)s still has %(number)d open procedure: move or cancel it first.",
            "%(device)s still has %(number)d open procedures: move or cancel them first.",
            number,
        )
        raise Refused(sentence % {"device": device, "number": number})
