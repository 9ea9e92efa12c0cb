"""What the frame of every page says of the machines."""

import datetime as dt

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipment.models import Device, MaintenanceEntry
from staff.models import User
from staff.places import Count, Notice, count_at, finds_notices

SOON = dt.timedelta(days=60)
AHEAD = dt.timedelta(days=14)


@count_at("equipment")
def devices_down(user: User) -> Count:
    """How many machines take no patient now."""
    number = Device.objects.visible_to(user).out_of_service().count()
    words = ngettext("%d device takes no patients", "%d devices take no patients", number) % number
    return Count(number, words, is_urgent=True)


@finds_notices
def devices_out_of_service(user: User) -> list[Notice]:
    """Every machine that takes no patient now, and why."""
    devices = Device.objects.visible_to(user).out_of_service().with_room()
    return [
        Notice(_sentence(device), reverse("equipment:device", args=[device.pk]))
        for device in devices
    ]


@finds_notices
def maintenance_due(user: User) -> list[Notice]:
    """For those who keep the log: what falls due, and, as trouble, what is overdue."""
    if not user.has_perm("equipment.log_maintenance"):
        return []
    today = timezone.localdate()
    due = MaintenanceEntry.objects.visible_to(user).due_by(today + AHEAD)
    rows = list(due.with_device_and_plan())
    late = [entry for entry in rows if entry.is_overdue]
    waiting = [entry for entry in rows if not entry.is_overdue]
    notices = [_late(entry, today) for entry in late[:3]]
    if len(late) > len(notices):
        notices.append(_more_late(len(late) - len(notices)))
    return notices + [_due(entry) for entry in waiting[:5]]


@finds_notices
def promises_ending(user: User) -> list[Notice]:
    """Warranties and service contracts that end within two months: renewing takes as long."""
    if not user.has_perm("equipment.log_maintenance"):
        return []
    today = timezone.localdate()
    last = today + SOON
    ending = Device.objects.visible_to(user).not_retired().with_promise_ending(today, last)
    return [notice for device in ending for notice in _endings(device, today, last)]


def _endings(device: Device, today: dt.date, last: dt.date) -> list[Notice]:
    sentences = {
        _("%(device)s: the warranty ends on %(day)s."): device.warranty_until,
        _("%(device)s: the service contract ends on %(day)s."): device.contract_until,
    }
    address = reverse("equipment:device", args=[device.pk])
    return [
        Notice(sentence % {"device": device.name, "day": _day(day)}, address)
        for sentence, day in sentences.items()
        if day is not None and today <= day <= last
    ]


def _late(entry: MaintenanceEntry, today: dt.date) -> Notice:
    days = (today - entry.due_on).days if entry.due_on else 0
    sentence = ngettext(
        "%(device)s: “%(title)s” is overdue, since yesterday.",
        "%(device)s: “%(title)s” is overdue, since %(days)d days.",
        days,
    ) % {"device": entry.device.name, "title": entry.title, "days": days}
    return Notice(sentence, reverse("equipment:entry", args=[entry.pk]), is_trouble=True)


def _more_late(number: int) -> Notice:
    words = ngettext(
        "%d more piece of maintenance is overdue.",
        "%d more pieces of maintenance are overdue.",
        number,
    )
    return Notice(words % number, reverse("equipment:maintenance") + "?show=overdue", True)


def _due(entry: MaintenanceEntry) -> Notice:
    sentence = _("%(device)s: “%(title)s” is due on %(day)s.") % {
        "device": entry.device.name,
        "title": entry.title,
        "day": _day(entry.due_on),
    }
    return Notice(sentence, reverse("equipment:entry", args=[entry.pk]))


def _day(day: dt.date | None) -> str:
    return formats.date_format(day, "j F") if day else ""


def _sentence(device: Device) -> str:
    words = {
        "device": device.name,
        "state": device.get_status_display(),
        "why": device.status_reason,
    }
    if device.status_reason:
        return _("%(device)s: %(state)s. %(why)s") % words
    return _("%(device)s: %(state)s.") % words
