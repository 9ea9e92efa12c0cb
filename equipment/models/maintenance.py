"""The care of a device: faults, repairs, inspections, and what comes round again."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from equipment.models.device import Device

if TYPE_CHECKING:
    from staff.models import User


class MaintenanceKind(models.TextChoices):
    """What maintenance is for."""

    PREVENTIVE = "PREVENTIVE", _("Preventive")
    CORRECTIVE = "CORRECTIVE", _("Corrective")
    INSPECTION = "INSPECTION", _("Inspection")
    CALIBRATION = "CALIBRATION", _("Calibration")
    SOFTWARE = "SOFTWARE", _("Software")


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

    class Meta:
        ordering = ["next_due_on", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def may_begin_on(self) -> dt.date | None:
        return self.next_due_on and self.next_due_on - dt.timedelta(days=self.window_before)

    @property
    def late_after(self) -> dt.date | None:
        return self.next_due_on and self.next_due_on + dt.timedelta(days=self.window_after)


class MaintenanceEntryQuerySet(models.QuerySet["MaintenanceEntry"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("equipment.view_device") else self.none()

    def unfinished(self) -> Self:
        return self.exclude(status=MaintenanceEntry.Status.DONE)

    def on_device(self, device_pk: int) -> Self:
        return self.filter(device=device_pk)

    def with_details(self) -> Self:
        return self.select_related("device__room", "opened_by", "assigned_to", "plan")

    def newest_first(self) -> Self:
        return self.order_by("-opened_at", "-pk")


class MaintenanceEntry(Stateful):
    """One piece of care: what is wrong or due, who does it, what was done, what it took."""

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Open")
        IN_WORK = "IN_WORK", _("In work")
        DONE = "DONE", _("Done")

    MOVES = {
        Status.OPEN: frozenset({Status.IN_WORK, Status.DONE}),
        Status.IN_WORK: frozenset({Status.OPEN, Status.DONE}),
        Status.DONE: frozenset[str](),
    }

    class Symptom(models.TextChoices):
        """What somebody standing before the device sees."""

        IMAGE = "IMAGE", _("Image quality")
        NO_START = "NO_START", _("Does not start")
        STOPPED = "STOPPED", _("Stopped during an examination")
        MECHANICAL = "MECHANICAL", _("Table, tube or gantry")
        ERROR = "ERROR", _("Error message")
        NETWORK = "NETWORK", _("Worklist or sending")
        NOISE = "NOISE", _("Noise, smell or heat")
        ACCESSORY = "ACCESSORY", _("Coil, probe or accessory")
        SAFETY = "SAFETY", _("Somebody could be hurt")
        OTHER = "OTHER", _("Something else")

    class Effect(models.TextChoices):
        """What the fault means for patients."""

        NONE = "NONE", _("Works as before")
        LIMITED = "LIMITED", _("Works with limits")
        DOWN = "DOWN", _("Does not work")

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="maintenance")
    kind = models.CharField(
        _("kind"), max_length=12, choices=MaintenanceKind, default=MaintenanceKind.CORRECTIVE
    )
    symptom = models.CharField(
        _("what is wrong"), max_length=12, choices=Symptom, blank=True, default=""
    )
    effect = models.CharField(_("what it means"), max_length=8, choices=Effect, default=Effect.NONE)
    title = models.CharField(_("in a few words"), max_length=120)
    description = models.TextField(_("more"), blank=True, default="")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    plan = models.ForeignKey(
        MaintenancePlan, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="maintenance",
        verbose_name=_("who does it"),
    )
    company = models.CharField(_("company"), max_length=80, blank=True, default="")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    work_done = models.TextField(_("what was done"), blank=True, default="")
    hours = models.DecimalField(
        _("hours of work"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    cost = models.DecimalField(_("cost"), max_digits=10, decimal_places=2, null=True, blank=True)

    objects = MaintenanceEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="done_maintenance_says_what_was_done",
                condition=~Q(status="DONE") | (~Q(work_done="") & Q(finished_at__isnull=False)),
                violation_error_message=_("Say what was done."),
            ),
            models.CheckConstraint(
                name="maintenance_costs_are_not_negative",
                condition=(Q(hours__isnull=True) | Q(hours__gte=0))
                & (Q(cost__isnull=True) | Q(cost__gte=0)),
                violation_error_message=_("Hours and cost cannot be negative."),
            ),
            models.UniqueConstraint(
                name="one_entry_per_plan_and_due_day",
                fields=["plan", "due_on"],
                condition=Q(plan__isnull=False),
                violation_error_message=_("This maintenance is listed already."),
            ),
        ]
        indexes = [
            models.Index(fields=["device", "-opened_at"], name="maintenance_of_device"),
            models.Index(
                fields=["due_on"], name="maintenance_unfinished", condition=~Q(status="DONE")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_fault(self) -> bool:
        return bool(self.symptom)


class Part(models.Model):
    """A part that was changed or used."""

    entry = models.ForeignKey(MaintenanceEntry, on_delete=models.CASCADE, related_name="parts")
    name = models.CharField(_("part"), max_length=120)
    number = models.CharField(_("part number"), max_length=64, blank=True, default="")
    quantity = models.PositiveSmallIntegerField(_("how many"), default=1)
    cost = models.DecimalField(_("cost"), max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"


class WorkNote(models.Model):
    """A line in the log of one piece of maintenance."""

    entry = models.ForeignKey(MaintenanceEntry, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class Attachment(models.Model):
    """A photo or a document of a fault or a service, kept byte for byte as it came."""

    entry = models.ForeignKey(
        MaintenanceEntry, on_delete=models.PROTECT, related_name="attachments"
    )
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")
