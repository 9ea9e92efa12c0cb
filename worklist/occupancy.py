"""What stands in the way of a time on a device, in words that name no patient."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipment.models import Device, Downtime, Reservation
from worklist.models import ScheduledProcedure

if TYPE_CHECKING:
    from collections.abc import Sequence


def clock(moment: dt.datetime | None) -> str:
    """14:30, with the day when it is not today."""
    local = timezone.localtime(moment)
    return local.strftime("%H:%M" if local.date() == timezone.localdate() else "%Y-%m-%d %H:%M")


def what_is_there(
    device: Device, start: dt.datetime, end: dt.datetime, *, but: Reservation | None = None
) -> str:
    """One sentence on who has the device then; empty when nobody has."""
    found = Reservation.objects.on_device(device.pk).overlapping(start, end).order_by("period")
    there = [
        one
        for one in found.select_related("procedure__procedure_type", "downtime")
        if but is None or one.pk != but.pk
    ]
    if not there:
        return ""
    first = _named(there[0])
    return _and_others(
        _("%(device)s is taken: %(what)s.") % {"device": device, "what": first}, there
    )


def _named(reservation: Reservation) -> str:
    """Its time, and the procedure or the cause behind it."""
    times = (
        f"{clock(reservation.period.lower)}–{timezone.localtime(reservation.period.upper):%H:%M}"
    )
    # Of a one-to-one that nobody holds, Django says so by lacking the attribute.
    procedure: ScheduledProcedure | None = getattr(reservation, "procedure", None)
    downtime: Downtime | None = getattr(reservation, "downtime", None)
    what = procedure.procedure_type if procedure else downtime
    return f"{times} {what}" if what else times


def _and_others(sentence: str, there: "Sequence[Reservation]") -> str:
    others = len(there) - 1
    if not others:
        return sentence
    more = ngettext("And %d more.", "And %d more.", others) % others
    return f"{sentence} {more}"
