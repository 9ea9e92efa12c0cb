"""What the pages of orders say: lists, free times by day, and what was asked for before."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils import timezone

from equipment.models import Device
from worklist.forms_booking import BookingForm, OrderForm
from worklist.free_times import Slot, devices_for, free_times
from worklist.modalities import spellings
from worklist.models import Order, ProcedureType

if TYPE_CHECKING:
    from staff.models import User
    from worklist.models.order import OrderQuerySet

RECENT = dt.timedelta(days=7)
TO_BOOK_AGAIN = dt.timedelta(days=30)
MOST_ROWS = 200
FARTHEST_DAYS = 365


def alike_orders(form: OrderForm) -> "list[Order]":
    """The same procedure of the same patient, still open or asked for within a week."""
    patient, kind = form.cleaned_data["patient"], form.cleaned_data["procedure_type"]
    same = Order.objects.of_patient(patient.pk).like(kind, timezone.now() - RECENT)
    return list(same.with_list_details().newest_first()[:5])


@dataclass
class OrderList:
    """The orders of one person's day: to be booked, to be booked again, or their own."""

    user: "User"

    @property
    def _visible(self) -> "OrderQuerySet":
        return Order.objects.visible_to(self.user).with_list_details()

    @property
    def are_own(self) -> bool:
        """A referrer looks at what they asked for, whatever became of it."""
        return not self.user.has_perm("worklist.view_scheduledprocedure")

    @cached_property
    def own(self) -> list[Order]:
        return list(self._visible.newest_first()[:MOST_ROWS])

    @cached_property
    def waiting(self) -> list[Order]:
        return list(self._visible.waiting().most_urgent_first()[:MOST_ROWS])

    def waiting_for(self, device: Device) -> list[Order]:
        """The most urgent of those that `device` can do."""
        kinds = spellings(device.modality)
        return list(self._visible.waiting().of_modalities(kinds).most_urgent_first()[:30])

    @cached_property
    def again(self) -> list[Order]:
        since = timezone.now() - TO_BOOK_AGAIN
        return list(self._visible.to_book_again(since).most_urgent_first()[:MOST_ROWS])

    @property
    def is_cut(self) -> bool:
        return len(self.own if self.are_own else self.waiting) == MOST_ROWS


class Catalogue:
    """What the order form's script must know: kinds, sides, devices that can."""

    @cached_property
    def for_scripts(self) -> dict[str, Any]:
        kinds = ProcedureType.objects.offered()
        devices = Device.objects.in_service()
        return {
            "kinds": {
                str(kind.pk): {
                    "modality": kind.modality,
                    "alike": sorted(spellings(kind.modality)),
                    "needsSide": kind.needs_side,
                }
                for kind in kinds
            },
            "devices": {str(device.pk): device.modality for device in devices},
        }


def day_asked(params: QueryDict) -> dt.date:
    """The day that somebody wants to look at, at the earliest today."""
    today = timezone.localdate()
    try:
        day = dt.date.fromisoformat(params.get("day", ""))
    except ValueError:
        return today
    return day if today <= day <= today + dt.timedelta(days=FARTHEST_DAYS) else today


@dataclass(frozen=True)
class FreeTimes:
    """Free times of the devices that can do it, from one day on."""

    order: Order
    procedure_type: ProcedureType
    side: str
    day: dt.date

    @classmethod
    def of(cls, order: Order, form: BookingForm, params: QueryDict) -> "FreeTimes":
        side = form.chosen_side or order.side
        return cls(order, form.chosen_kind, side, day_asked(params))

    @property
    def needs_side(self) -> bool:
        """Nothing can be booked before somebody says which side."""
        return self.procedure_type.needs_side and not self.side

    @cached_property
    def days(self) -> list[tuple[dt.date, list[Slot]]]:
        """The slots by day, soonest first."""
        now = timezone.now()
        is_today = self.day == timezone.localdate(now)
        after = now if is_today else _midnight(self.day)
        kind = self.procedure_type
        slots = free_times(devices_for(kind), minutes=kind.minutes, after=after, most=18)
        by_day = groupby(slots, key=lambda slot: timezone.localtime(slot.start).date())
        return [(day, list(of_it)) for day, of_it in by_day]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())
