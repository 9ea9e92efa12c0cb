"""A device's minutes, promised once: what planned blocks hold, and how they let go of it."""

import datetime as dt
from typing import cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.refusals import Refused
from common.templatetags.ward import in_words
from equipment.models import Device, Downtime, Reservation

Period = tuple[dt.datetime, dt.datetime]


def promise(device: Device, period: Period, held: Reservation | None = None) -> Reservation:
    """Hold `period` of a device, or move what is `held`. Refused when somebody else has it.

    The exclusion constraint decides, also between two people who ask at the same moment.
    """
    reservation = held or Reservation(device=device)
    reservation.period = period
    try:
        with transaction.atomic():
            reservation.full_clean()
            reservation.save()
    except (ValidationError, IntegrityError) as refusal:
        raise Refused(what_is_there(device, period, besides=held)) from refusal
    return reservation


def release(block: Downtime, now: dt.datetime) -> None:
    """Give back what a block has not used yet: one that has begun ends now, others never were."""
    reservation = block.reservation
    if block.starts_at >= now:
        block.withdrawn_at = now
    else:
        block.ends_at = now
    block.reservation = None
    block.save(update_fields=["withdrawn_at", "ends_at", "reservation"])
    if reservation is not None:
        reservation.delete()


def what_is_there(device: Device, period: Period, besides: Reservation | None = None) -> str:
    """The sentence for somebody who wanted a time that is taken."""
    taken = Reservation.objects.on_device(device.pk).overlapping(*period).in_order()
    others = [one for one in taken if besides is None or one.pk != besides.pk]
    if not others:
        return _("%(device)s is taken at that time. Try once more.") % {"device": device}
    blocks = Downtime.objects.under_reservations([one.pk for one in others]).in_order()
    said = [f"{block} ({_span(block.starts_at, block.ends_at)})" for block in blocks[:3]]
    ours = {block.reservation_id for block in blocks}
    patients = [one.period for one in others if one.pk not in ours]
    if patients:
        span = _span(cast(dt.datetime, patients[0].lower), patients[-1].upper)
        words = ngettext("%(n)d patient is booked", "%(n)d patients are booked", len(patients))
        said.append(f"{words % {'n': len(patients)}} ({span})")
    return _(
        "%(device)s is taken at that time: %(what)s. Move that first, or take another time."
    ) % {
        "device": device,
        "what": "; ".join(said),
    }


def _span(start: dt.datetime, end: dt.datetime | None) -> str:
    now = timezone.now()
    begins = in_words(start, now, "clock")
    if end is None:
        return begins
    same_day = timezone.localtime(start).date() == timezone.localtime(end).date()
    ends = f"{timezone.localtime(end):%H:%M}" if same_day else in_words(end, now, "clock")
    return f"{begins}–{ends}"
