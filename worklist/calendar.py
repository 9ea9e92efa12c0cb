"""The schedule as the calendar in the browser draws it: devices as rows, and what they have on."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from common.templatetags.chips import look_of
from common.templatetags.ward import pn
from equipment.models import Device, Downtime
from worklist.free_times import end_of_day, out_of_service_until
from worklist.models import Order, ScheduledProcedure

if TYPE_CHECKING:
    from staff.models import User

Status = ScheduledProcedure.Status

LONGEST = dt.timedelta(days=35)
MOST = 4000
"""More than five weeks of a large department; nobody could tell the bars apart."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is looked at. What it does not understand means today."""

    start: dt.datetime
    end: dt.datetime

    @classmethod
    def of(cls, params: QueryDict) -> "Span":
        start, end = (_moment(params.get(name, "")) for name in ("start", "end"))
        if start is None:
            end = end_of_day(timezone.now())
            start = end - dt.timedelta(days=1)
        if end is None or end <= start:
            end = start + dt.timedelta(days=1)
        return cls(start, min(end, start + LONGEST))


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = parse_datetime(text.replace(" ", "+"))
        if moment is not None and timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        # Far ends of the calendar overflow as soon as anybody adds a day to them.
        is_sane = moment is not None and 1900 < moment.year < 9000  # noqa: PLR2004
    except (ValueError, OverflowError):
        return None
    return moment if is_sane else None


@dataclass
class Calendar:
    """What one person may see of a span of time. Four queries, however long it is."""

    user: "User"
    span: Span

    @cached_property
    def devices(self) -> list[Device]:
        return list(Device.objects.not_retired().by_room())

    @property
    def resources(self) -> list[dict[str, Any]]:
        """A row for each device; one that is out of service says so in words."""
        return [
            {
                "id": str(device.pk),
                "title": device.name,
                "extendedProps": {
                    "room": device.room.name,
                    "modality": device.modality,
                    "href": reverse("equipment:device", args=[device.pk]),
                    "out": "" if device.takes_patients else device.get_status_display(),
                },
            }
            for device in self.devices
        ]

    @property
    def may_book(self) -> bool:
        return self.user.has_perm("worklist.book_procedure")

    @property
    def events(self) -> list[dict[str, Any]]:
        blocks = list(
            Downtime.objects.standing().overlapping(self.span.start, self.span.end)[:MOST]
        )
        return [*self._procedures(), *map(_block, blocks), *self._outages(blocks)]

    def _procedures(self) -> list[dict[str, Any]]:
        visible = ScheduledProcedure.objects.visible_to(self.user).taking_time()
        found = visible.overlapping(self.span.start, self.span.end).with_row_details()
        return [self._procedure(step) for step in found.in_time_order()[:MOST]]

    def _procedure(self, step: ScheduledProcedure) -> dict[str, Any]:
        order, patient = step.order, step.order.patient
        look, urgency = look_of(step.status, "procedure"), look_of(order.priority, "priority")
        is_plain = order.priority == Order.Priority.ROUTINE
        return {
            "id": str(step.pk),
            "resourceIds": [str(step.device_id)],
            "start": _local(step.scheduled_start),
            "end": _local(step.scheduled_end),
            "title": patient.display_name,
            "startEditable": self.may_book and step.may_move,
            "classNames": [
                f"step-{look.hue}",
                *(["is-squeezed"] if step.is_squeezed_in else []),
                *(["is-over"] if step.is_final else []),
                *(["is-now"] if look.strong else []),
            ],
            "extendedProps": {
                "what": step.procedure_type.meaning,
                "side": step.get_side_display(),
                "record": patient.patient_id,
                "otherName": pn(patient.name_ideographic) if patient.other_scripts else "",
                "born": patient.birth_date.isoformat() if patient.birth_date else "",
                "accession": order.accession_number,
                "state": str(look.word),
                "shape": look.shape,
                "priority": "" if is_plain else str(urgency.word),
                "urgency": "" if is_plain else urgency.shape,
                "squeezed": step.is_squeezed_in,
                "isHere": step.arrived_at is not None,
                "mayMove": self.may_book and step.may_move,
                "href": reverse("worklist:procedure", args=[step.pk]),
                "move": reverse("worklist:move", args=[step.pk]),
            },
        }

    def _outages(self, blocks: list[Downtime]) -> list[dict[str, Any]]:
        """A device that is out of service takes nobody for the rest of the day."""
        now = timezone.now()
        told = {block.device_id for block in blocks if block.ends_at is None}
        return [
            _background(f"out-{device.pk}", device.pk, (now, until), device.get_status_display())
            for device in self.devices
            if (until := out_of_service_until(device, now)) and device.pk not in told
        ]


def _block(block: Downtime) -> dict[str, Any]:
    """A planned block, or a time out of use; one without an end lasts until tonight."""
    times = (block.starts_at, block.ends_at or end_of_day(timezone.now()))
    css = "is-planned" if block.is_planned else "is-down"
    return _background(f"block-{block.pk}", block.device_id, times, str(block), css)


def _background(
    key: str,
    device_pk: int,
    times: tuple[dt.datetime, dt.datetime],
    title: str,
    css: str = "is-down",
) -> dict[str, Any]:
    return {
        "id": key,
        "resourceIds": [str(device_pk)],
        "start": _local(times[0]),
        "end": _local(times[1]),
        "title": title,
        "display": "background",
        "classNames": [css],
        "editable": False,
    }


def _local(moment: dt.datetime) -> str:
    """The department's clock, whatever the browser's says: the calendar draws it as it stands."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")


def schedule_words() -> dict[str, Any]:
    """What the calendar's script says."""
    return {
        "sprite": static("icons/sprite.svg"),
        "squeezed": _("Squeezed in: the device is promised to somebody else at this time."),
        "squeezedWord": _("squeezed in"),
        "record": _("MRN"),
        "born": _("Born"),
        "procedure": _("Procedure"),
        "time": _("Time"),
        "device": _("Device"),
        "accession": _("Accession number"),
        "moved": _("Moved to %(time)s."),
        "empty": _("Nothing is scheduled on this day."),
        "buttons": {
            "today": _("Today"),
            "prev": _("Earlier"),
            "next": _("Later"),
            "resourceTimelineDay": _("Day"),
            "resourceTimeGridDay": _("Columns"),
            "resourceTimelineWeek": _("Week"),
            "listDay": _("List"),
        },
    }
