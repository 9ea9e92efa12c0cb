"""A device's time: when it is open, who has it, when it was out of use."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipment.models.device import Device

if TYPE_CHECKING:
    from staff.models import User


class OpeningHours(models.Model):
    """When a device is planned to work on one day of the week. No rows at all: day and night."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    opens_at = models.TimeField(_("from"))
    closes_at = models.TimeField(_("until"))

    class Meta:
        ordering = ["weekday", "opens_at"]
        verbose_name_plural = _("opening hours")
        constraints = [
            models.CheckConstraint(
                name="device_closes_after_it_opens",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("It closes before it opens."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def on_device(self, device_pk: int) -> Self:
        return self.filter(device=device_pk)

    def overlapping(self, start: dt.datetime, end: dt.datetime) -> Self:
        return self.filter(period__overlap=(start, end))

    def in_order(self) -> Self:
        return self.order_by("period")


class Reservation(models.Model):
    """A device is promised to somebody for a while: to a patient, or to those who care for it.

    The database refuses two promises of the same minute (an exclusion constraint), whoever asks
    at the same moment and whatever for. It exists as long as the promise does.
    """

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="reservations")
    period = DateTimeRangeField()

    objects = ReservationQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_reservation_of_a_device_at_a_time",
                expressions=[
                    (F("device"), RangeOperators.EQUAL),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The device is taken at that time."),
            ),
            models.CheckConstraint(
                name="reservation_takes_time",
                condition=Q(period__isempty=False),
                violation_error_message=_("A reservation needs at least a minute."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.period.lower:%Y-%m-%d %H:%M}"


class DowntimeQuerySet(models.QuerySet["Downtime"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("equipment.view_device") else self.none()

    def on_device(self, device_pk: int) -> Self:
        return self.filter(device=device_pk)

    def overlapping(self, start: dt.datetime, end: dt.datetime) -> Self:
        """Those that take part of [start, end); one without an end still lasts."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=start), starts_at__lt=end)

    def still_open(self) -> Self:
        return self.filter(ends_at__isnull=True)

    def in_order(self) -> Self:
        return self.order_by("starts_at", "pk")

    def touching(self, day: dt.date) -> Self:
        """Those that take part of a day, in the department's time zone."""
        lasts = Q(ends_at__isnull=True) | Q(ends_at__date__gte=day)
        return self.filter(lasts, starts_at__date__lte=day)

    def next_of_each(self, device_pks: Iterable[int], now: dt.datetime) -> Self:
        """The planned block of each of these devices that runs or comes first."""
        ahead = self.ahead(now).filter(device__in=device_pks)
        return ahead.order_by("device_id", "starts_at", "pk").distinct("device_id")

    def begun_by(self, moment: dt.datetime) -> Self:
        return self.filter(starts_at__lte=moment).order_by("-starts_at", "-pk")

    def of_next_weeks(self) -> Self:
        """Blocks that run or are ahead, as many as a page has room for."""
        return self.ahead(timezone.now()).select_related("noted_by")[:12]

    def with_device(self) -> Self:
        return self.select_related("device__room", "noted_by", "entry")

    def under_reservations(self, keys: Iterable[int]) -> Self:
        return self.filter(reservation__in=keys)

    def planned(self) -> Self:
        return self.filter(is_planned=True)

    def unplanned(self) -> Self:
        return self.filter(is_planned=False)

    def ahead(self, now: dt.datetime) -> Self:
        """Planned blocks that stand and are not over, the next one first."""
        return self.planned().standing().filter(ends_at__gt=now).order_by("starts_at", "pk")

    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class Downtime(models.Model):
    """A device takes no patient from one moment to another, and why: planned, or because it broke.

    A planned block holds a reservation, so that nobody books into it. An unplanned one begins when
    the device goes down and ends when it is given back.
    """

    class Cause(models.TextChoices):
        FAULT = "FAULT", _("Fault")
        MAINTENANCE = "MAINTENANCE", _("Maintenance")
        QC = "QC", _("Quality control")
        SOFTWARE = "SOFTWARE", _("Software")
        CLEANING = "CLEANING", _("Cleaning")
        TRAINING = "TRAINING", _("Training")
        STAFF = "STAFF", _("No staff")
        OTHER = "OTHER", _("Other")

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="downtimes")
    cause = models.CharField(_("cause"), max_length=12, choices=Cause)
    reason = models.CharField(_("in words"), max_length=200, blank=True, default="")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    is_planned = models.BooleanField(_("planned"), default=False)
    reservation = models.OneToOneField(
        Reservation, null=True, blank=True, on_delete=models.SET_NULL, related_name="downtime"
    )
    entry = models.ForeignKey(
        "equipment.MaintenanceEntry",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="downtimes",
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    noted_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = DowntimeQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="downtime_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                violation_error_message=_("It ends before it starts."),
            ),
            models.CheckConstraint(
                name="planned_downtime_has_an_end",
                condition=Q(is_planned=False) | Q(ends_at__isnull=False),
                violation_error_message=_("Say until when the device is blocked."),
            ),
            models.UniqueConstraint(
                name="one_open_downtime_per_device",
                fields=["device"],
                condition=Q(ends_at__isnull=True),
                violation_error_message=_("The device is out of use already."),
            ),
        ]
        indexes = [models.Index(fields=["device", "starts_at"], name="downtime_of_device")]

    def __str__(self) -> str:
        return (
            f"{self.get_cause_display()}: {self.reason}"
            if self.reason
            else str(self.get_cause_display())
        )

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def is_running(self) -> bool:
        now = timezone.now()
        return self.starts_at <= now and (self.ends_at is None or self.ends_at > now)

    @property
    def may_be_withdrawn(self) -> bool:
        """A planned block that is not over."""
        ahead = self.ends_at is not None and self.ends_at > timezone.now()
        return self.is_planned and not self.is_withdrawn and ahead


class StatusChangeQuerySet(models.QuerySet["StatusChange"]):
    def on_device(self, device_pk: int) -> Self:
        return self.filter(device=device_pk)

    def newest_first(self) -> Self:
        return self.select_related("by", "entry").order_by("-at", "-pk")

    def latest_of_each(self, device_pks: Iterable[int]) -> Self:
        """The last change of each of these devices, with who made it."""
        return (
            self.filter(device__in=device_pks)
            .select_related("by")
            .order_by("device_id", "-at", "-pk")
            .distinct("device_id")
        )


class StatusChange(models.Model):
    """One change of a device's status: from, to, who, when, why."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="status_changes")
    from_status = models.CharField(max_length=16, choices=Device.Status)
    to_status = models.CharField(max_length=16, choices=Device.Status)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200)
    entry = models.ForeignKey(
        "equipment.MaintenanceEntry",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="status_changes",
    )

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
