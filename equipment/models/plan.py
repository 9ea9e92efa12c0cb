"""Maintenance that comes round again."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import ExpressionWrapper, F
from django.utils.translation import gettext_lazy as _

from equipment.models.device import Device
from equipment.recurrence import in_words, rule_of

if TYPE_CHECKING:
    from staff.models import User


class MaintenanceKind(models.TextChoices):
    """What maintenance is for."""

    PREVENTIVE = "PREVENTIVE", _("Preventive")
    CORRECTIVE = "CORRECTIVE", _("Corrective")
    INSPECTION = "INSPECTION", _("Inspection")
    CALIBRATION = "CALIBRATION", _("Calibration")
    SOFTWARE = "SOFTWARE", _("Software")


class MaintenancePlanQuerySet(models.QuerySet["MaintenancePlan"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("equipment.view_device") else self.none()

    def on_device(self, device_pk: int) -> Self:
        return self.filter(device=device_pk)

    def in_force(self) -> Self:
        return self.filter(is_active=True).exclude(device__status=Device.Status.RETIRED)

    def due_between(self, first: dt.date, last: dt.date) -> Self:
        return self.filter(next_due_on__gte=first, next_due_on__lte=last)

    def to_be_listed(self, today: dt.date) -> Self:
        """Those whose window has begun: from now on the work stands in the list."""
        begins = ExpressionWrapper(
            F("next_due_on") - F("window_before"), output_field=models.DateField()
        )
        return self.in_force().annotate(begins_on=begins).filter(begins_on__lte=today)

    def with_device(self) -> Self:
        return self.select_related("device__room").order_by("next_due_on", "pk")

    def next_of_each(self, device_pks: Iterable[int]) -> Self:
        """The plan of each of these devices that falls due first."""
        due = self.filter(device__in=device_pks, next_due_on__isnull=False)
        return due.order_by("device_id", "next_due_on", "pk").distinct("device_id")


class MaintenancePlan(models.Model):
    """Maintenance that comes round again: a recurrence rule, and how early and late it may be."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="plans")
    kind = models.CharField(
        _("kind"), max_length=12, choices=MaintenanceKind, default=MaintenanceKind.PREVENTIVE
    )
    title = models.CharField(_("what is done"), max_length=120)
    instructions = models.TextField(_("how"), blank=True, default="")
    rrule = models.CharField(
        _("comes round"),
        max_length=200,
        help_text=_("A recurrence rule (RFC 5545), e.g. FREQ=MONTHLY;INTERVAL=3."),
    )
    starts_on = models.DateField(_("counted from"))
    window_before = models.PositiveSmallIntegerField(
        _("days early"), default=7, help_text=_("From then on it may be done, and is listed.")
    )
    window_after = models.PositiveSmallIntegerField(
        _("days late"), default=7, help_text=_("After that it is overdue.")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    next_due_on = models.DateField(_("due next"), null=True, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)

    objects = MaintenancePlanQuerySet.as_manager()

    class Meta:
        ordering = ["next_due_on", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def rhythm(self) -> str:
        """How often, in words."""
        return in_words(rule_of(self.rrule))

    @property
    def may_begin_on(self) -> dt.date | None:
        return self.next_due_on and self.next_due_on - dt.timedelta(days=self.window_before)

    @property
    def late_after(self) -> dt.date | None:
        return self.next_due_on and self.next_due_on + dt.timedelta(days=self.window_after)
