"""Maintenance that comes round again: planned, changed, stopped, counted on when done."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from equipment.models import Device, MaintenanceEntry, MaintenancePlan
from equipment.recurrence import HORIZON, rule_of

if TYPE_CHECKING:
    from staff.models import User

EARLIEST = dt.date(1970, 1, 1)
CHANGEABLE = (
    *("kind", "title", "instructions", "rrule", "starts_on"),
    *("window_before", "window_after", "minutes", "is_active"),
)


@transaction.atomic
def make_plan(device: Device, facts: Mapping[str, Any], *, by: "User") -> MaintenancePlan:
    """Let maintenance of a device come round again, counted from a day."""
    device = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    if device.status == Device.Status.RETIRED:
        raise Refused(_("%(device)s is retired: nobody uses it any more.") % {"device": device})
    plan = MaintenancePlan(device=device)
    _take(plan, facts)
    plan.save()
    record("plan.made", plan, by=by, device=device.pk)
    _tell()
    return plan


@transaction.atomic
def change_plan(plan: MaintenancePlan, facts: Mapping[str, Any], *, by: "User") -> MaintenancePlan:
    """Change what is done, how often, or whether at all. What is listed already stays listed."""
    plan = MaintenancePlan.objects.select_for_update().get(pk=plan.pk)
    _take(plan, facts)
    plan.save()
    record("plan.changed", plan, by=by, device=plan.device_id, fields=sorted(facts))
    _tell()
    return plan


def _take(plan: MaintenancePlan, facts: Mapping[str, Any]) -> None:
    for name in CHANGEABLE:
        if name in facts:
            setattr(plan, name, facts[name])
    rule = rule_of(plan.rrule)
    plan.rrule = plan.rrule.strip().upper().removeprefix("RRULE:")
    if not EARLIEST <= plan.starts_on <= timezone.localdate() + HORIZON:
        raise ValidationError({"starts_on": _("No device is that old, or that far ahead.")})
    if next(rule.days(plan.starts_on), None) is None:
        raise ValidationError({"rrule": _("There is no such day in the next twenty years.")})
    last = plan.entries.done_last() if plan.pk else None
    plan.next_due_on = next_day(plan, after=last.due_on if last else None)
    plan.full_clean()


def next_day(plan: MaintenancePlan, after: dt.date | None = None) -> dt.date | None:
    """The next day of the plan after `after`; without it the first that is not long over.

    A plan that is entered late begins now: nobody mends the years before it was written down.
    """
    if after is None:
        after = timezone.localdate() - dt.timedelta(days=plan.window_after + 1)
    return next(rule_of(plan.rrule).days(plan.starts_on, after), None)


def count_on(entry: MaintenanceEntry) -> None:
    """An occurrence was done: the next one follows, never one whose day is over already."""
    if entry.plan_id is None:
        return
    plan = MaintenancePlan.objects.select_for_update().get(pk=entry.plan_id)
    done_on = timezone.localdate(entry.finished_at)
    plan.next_due_on = next_day(plan, after=max(done_on, entry.due_on or done_on))
    plan.save(update_fields=["next_due_on"])


@transaction.atomic
def list_due(plan: MaintenancePlan, today: dt.date) -> MaintenanceEntry | None:
    """Put the plan's next occurrence into the log once its window has begun; twice equals once."""
    plan = MaintenancePlan.objects.select_for_update().get(pk=plan.pk)
    begins = plan.may_begin_on
    if begins is None or begins > today or not plan.is_active:
        return None
    entry, is_new = MaintenanceEntry.objects.get_or_create(
        plan=plan,
        due_on=plan.next_due_on,
        defaults={
            "device_id": plan.device_id,
            "kind": plan.kind,
            "title": plan.title,
            "description": plan.instructions,
        },
    )
    if not is_new:
        return None
    record("maintenance.fell_due", entry, by=None, device=plan.device_id)
    _tell()
    return entry


def _tell() -> None:
    transaction.on_commit(partial(poke, "devices"))
