"""The care of a device: faults, repairs, inspections, and what they took."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from equipment.models.device import Device
from equipment.models.plan import MaintenanceKind, MaintenancePlan

if TYPE_CHECKING:
    from staff.models import User


class MaintenanceEntryQuerySet(models.QuerySet["MaintenanceEntry"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("equipment.view_device") else self.none()

    def unfinished(self) -> Self:
        return self.exclude(status=MaintenanceEntry.Status.DONE)

    def in_work(self) -> Self:
        return self.filter(status=MaintenanceEntry.Status.IN_WORK)

    def done(self) -> Self:
        return self.filter(status=MaintenanceEntry.Status.DONE)

    def done_last(self) -> "MaintenanceEntry | None":
        """Of a plan: the occurrence that was done last."""
        return self.done().order_by("-due_on").first()

    def of_token(self, token: uuid.UUID | None) -> "MaintenanceEntry | None":
        """What the same form has reported already."""
        return self.filter(token=token).first() if token else None

    def faults(self) -> Self:
        return self.exclude(symptom="")

    def on_device(self, device_pk: int) -> Self:
        return self.filter(device=device_pk)

    def on_devices(self, device_pks: Iterable[int]) -> Self:
        return self.filter(device__in=device_pks).order_by("opened_at", "pk")

    def of_plan(self, plan_pk: int) -> Self:
        return self.filter(plan=plan_pk)

    def with_plan(self) -> Self:
        return self.select_related("plan")

    def with_device_and_plan(self) -> Self:
        return self.select_related("device", "plan").order_by("due_on", "pk")

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def having_a_day(self) -> Self:
        """Work that falls due on some day."""
        return self.filter(due_on__isnull=False)

    def due_between(self, first: dt.date, last: dt.date) -> Self:
        return self.filter(due_on__gte=first, due_on__lte=last)

    def due_by(self, day: dt.date) -> Self:
        return self.unfinished().filter(due_on__lte=day)

    def overdue(self, today: dt.date) -> Self:
        """Past the last day on which it may be done; without a plan that is the day itself."""
        late_after = ExpressionWrapper(
            F("due_on") + Coalesce(F("plan__window_after"), 0), output_field=models.DateField()
        )
        return (
            self.unfinished().annotate(late_after_day=late_after).filter(late_after_day__lt=today)
        )

    def with_details(self) -> Self:
        return self.select_related(
            "device__room", "opened_by", "assigned_to", "finished_by", "plan"
        )

    def with_whole_log(self) -> Self:
        """All that a program is told about a piece of work."""
        return self.with_details().prefetch_related("parts", "notes__by", "attachments")

    def most_pressing_first(self) -> Self:
        """What stops patients, then what falls due, then what came first."""
        stops = Case(
            When(effect="DOWN", then=0),
            When(effect="LIMITED", then=1),
            default=2,
            output_field=models.IntegerField(),
        )
        return self.order_by(stops, F("due_on").asc(nulls_last=True), "opened_at", "pk")

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
    token = models.UUIDField(
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text=_("Of the form that reported it: sent twice, it is the same report."),
    )

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

    @property
    def is_done(self) -> bool:
        return self.status == self.Status.DONE

    @property
    def may_begin(self) -> bool:
        return self.can_move_to(self.Status.IN_WORK)

    @property
    def may_hand_back(self) -> bool:
        return self.can_move_to(self.Status.OPEN)

    @property
    def may_finish(self) -> bool:
        return self.can_move_to(self.Status.DONE)

    @property
    def late_after(self) -> dt.date | None:
        """The last day on which it may be done."""
        days = self.plan.window_after if self.plan else 0
        return self.due_on and self.due_on + dt.timedelta(days=days)

    @property
    def is_overdue(self) -> bool:
        late = self.late_after
        return not self.is_done and late is not None and late < timezone.localdate()


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


class WorkNoteQuerySet(models.QuerySet["WorkNote"]):
    def was_sent(self, token: uuid.UUID | None) -> bool:
        """Whether the same form has written its line already."""
        return token is not None and self.filter(token=token).exists()


class WorkNote(models.Model):
    """A line in the log of one piece of maintenance."""

    entry = models.ForeignKey(MaintenanceEntry, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()
    token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = WorkNoteQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def paths_among(self, paths: Iterable[str]) -> set[str]:
        """Those of these kept files that some log names."""
        return set(self.filter(path__in=paths).values_list("path", flat=True))

    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("equipment.view_device") else self.none()


class Attachment(models.Model):
    """A photo or a document of a fault or a service, kept byte for byte as it came.

    Of a photo, people are shown copies that we drew ourselves: a camera writes into its file where
    and when it was used, and a file that came from outside may be more than a picture.
    """

    entry = models.ForeignKey(
        MaintenanceEntry, on_delete=models.PROTECT, related_name="attachments"
    )
    path = models.CharField(max_length=200)
    shown_path = models.CharField(max_length=200, blank=True, default="")
    small_path = models.CharField(max_length=200, blank=True, default="")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")
