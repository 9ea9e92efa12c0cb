"""Booking: an order gets a device and a time that nobody else can have."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Required, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.refusals import Refused
from equipment.models import Device, Reservation
from patients.models import Patient
from worklist.free_times import Diary, end_of_day, on_the_grid, out_of_service_until
from worklist.modalities import alike
from worklist.models import Move, Order, ProcedureType, ScheduledProcedure
from worklist.occupancy import what_is_there
from worklist.services.moving import tell_open_pages
from worklist.services.orders import STEPS, Particulars, next_number, place_order
from worklist.services.procedures import register_arrival

if TYPE_CHECKING:
    from staff.models import User

FARTHEST = dt.timedelta(days=3660)
Screening = ScheduledProcedure.Screening


class Booking(TypedDict, total=False):
    """Where and when. `squeeze`: go on the list even if the device is taken at that time."""

    device: Required[Device]
    start: Required[dt.datetime]
    side: str
    squeeze: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A device, locked, from one moment to another."""

    device: Device
    start: dt.datetime
    end: dt.datetime
    may_squeeze: bool = False


def locked_device(device: Device) -> Device:
    """The device as it stands now. Its lock comes before that of any procedure."""
    return Device.objects.select_for_update(no_key=True).get(pk=device.pk)


def schedule_procedure(
    order: Order, *, by: "User | None", **booking: Unpack[Booking]
) -> ScheduledProcedure:
    """Put an order on the list of a device.

    Refused when the device cannot do it, is out of service, or is taken (then the sentence says by
    what), and when the side is missing.
    """
    return book_step(order, order.procedure_type, by=by, **booking)


@transaction.atomic
def book_step(
    order: Order, procedure_type: ProcedureType, *, by: "User | None", **booking: Unpack[Booking]
) -> ScheduledProcedure:
    """One step of an order, perhaps not its only one: all of them make one study.

    Refused like `schedule_procedure`.
    """
    device = locked_device(booking["device"])
    order = Order.objects.select_for_update(of=("self",)).with_type().get(pk=order.pk)
    side, start = booking.get("side") or order.side, booking["start"]
    refuse_unfit(order, procedure_type, side)
    refuse_unable(device, procedure_type, start)
    end = start + dt.timedelta(minutes=max(1, procedure_type.minutes))
    place = Place(device, start, end, booking.get("squeeze", False))
    if order.status == Order.Status.PLACED:
        order.move_to(Order.Status.SCHEDULED)
        order.save(update_fields=["status"])
    procedure = ScheduledProcedure(
        order=order,
        procedure_type=procedure_type,
        device=device,
        step_id=next_number(STEPS, "S"),
        side=side,
        scheduled_start=start,
        scheduled_end=end,
        images_expected=procedure_type.images_of(side),
        screening=Screening.OPEN if procedure_type.needs_screening else Screening.NOT_NEEDED,
        reservation=promised(place),
    )
    procedure.full_clean()
    procedure.save()
    Move.objects.create(procedure=procedure, to_status=procedure.status, by=by)
    record("procedure.scheduled", procedure, by=by, patient=order.patient, device=device.ae_title)
    tell_open_pages(procedure.pk)
    return procedure


def promised(place: Place, held: Reservation | None = None) -> Reservation | None:
    """The time of `place`, promised to one procedure; `held` is what it was promised before.

    The database decides who was first. Raises Refused with what is there instead, or gives up the
    promise when the procedure may be squeezed in.
    """
    reservation = held or Reservation()
    reservation.device, reservation.period = place.device, (place.start, place.end)
    try:
        with transaction.atomic():
            reservation.save()
    except IntegrityError as why:
        if place.may_squeeze:
            return None
        sentence = what_is_there(place.device, place.start, place.end, but=held)
        raise Refused(sentence or _("%(d)s is taken.") % {"d": place.device}) from why
    return reservation


def refuse_unfit(order: Order, procedure_type: ProcedureType, side: str) -> None:
    """Raise Refused when nothing of this order can be booked."""
    if order.status in {Order.Status.CANCELLED, Order.Status.FULFILLED}:
        raise Refused(
            _("Order %(order)s is %(state)s: place a new order.")
            % {"order": order, "state": order.get_status_display().lower()}
        )
    if procedure_type.needs_side and not side:
        raise Refused(_("Say which side: left, right or both."))


def refuse_unable(device: Device, procedure_type: ProcedureType, start: dt.datetime) -> None:
    """Raise Refused when this device cannot do it, or is out of service then."""
    if abs(start - timezone.now()) > FARTHEST:
        raise Refused(_("That is too far away: look at the year."))
    if not alike(device.modality, procedure_type.modality):
        raise Refused(
            _("%(procedure)s cannot be done on %(device)s.")
            % {"procedure": procedure_type, "device": device}
        )
    out_until = out_of_service_until(device, timezone.now())
    if device.status == Device.Status.RETIRED or (out_until and start < out_until):
        raise Refused(
            _("%(device)s is %(state)s: choose another device.")
            % {"device": device, "state": device.get_status_display().lower()}
        )


@transaction.atomic
def walk_in(
    patient: Patient,
    procedure_type: ProcedureType,
    *,
    by: "User",
    device: Device,
    squeeze: bool = False,
    **particulars: Unpack[Particulars],
) -> ScheduledProcedure:
    """Somebody stands here without an appointment: order, book and register the arrival at once.

    They get the next free time of today, or with `squeeze` go in between now. Refused when today
    has no free time left.
    """
    now = timezone.now()
    particulars["is_walk_in"] = True
    order = place_order(patient, procedure_type, by=by, **particulars)
    start = on_the_grid(now) if squeeze else next_time_today(device, procedure_type, now)
    procedure = schedule_procedure(order, by=by, device=device, start=start, squeeze=squeeze)
    return register_arrival(procedure, by=by, at=now)


def next_time_today(device: Device, procedure_type: ProcedureType, now: dt.datetime) -> dt.datetime:
    """When the device is free next. Raises Refused when it is not any more today."""
    tonight = end_of_day(now)
    slot = Diary([device], now, tonight).first(procedure_type.minutes, now, tonight)
    if slot is None:
        raise Refused(
            _("%(device)s has no free time left today: squeeze in or book another day.")
            % {"device": device}
        )
    return slot.start
