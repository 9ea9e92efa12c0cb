"""What was asked for."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from patients.models import Alert, Patient
from worklist.models.catalogue import ProcedureType

if TYPE_CHECKING:
    from staff.models import User


class Side(models.TextChoices):
    """Of the body, as asked for and as done."""

    LEFT = "L", _("left")
    RIGHT = "R", _("right")
    BOTH = "B", _("both sides")


def new_uid() -> str:
    """A unique identifier under 2.25: a UUID as one decimal number (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid4().int}"


# The states of procedures, as this module is older than they are.
OVER = ("CANCELLED", "NO_SHOW", "DISCONTINUED")
STANDING = ("SCHEDULED", "ARRIVED", "READY", "ON_HOLD", "IN_PROGRESS", "ACQUIRED", "COMPLETED")


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: "User") -> Self:
        if user.has_perm("worklist.view_scheduledprocedure"):
            return self
        if user.has_perm("worklist.view_own_order"):
            return self.filter(ordered_by=user)
        return self.none()

    def with_type(self) -> Self:
        return self.select_related("procedure_type", "patient")

    def with_list_details(self) -> Self:
        """All that a row of a list of orders says, in two queries."""
        return self.select_related("procedure_type", "patient", "ordered_by").prefetch_related(
            models.Prefetch("patient__alerts", queryset=Alert.objects.active())
        )

    def with_page_details(self) -> Self:
        """The same for the order's own page, with its steps."""
        return self.with_list_details().prefetch_related(
            "procedures__procedure_type", "procedures__device__room"
        )

    def waiting(self) -> Self:
        """Placed, and nobody has booked a time for it."""
        return self.filter(status=Order.Status.PLACED)

    def to_book_again(self, since: dt.datetime) -> Self:
        """Every step since then was cancelled, missed or stopped, and the order still stands."""
        this = self.model.objects.filter(pk=models.OuterRef("pk"))
        return (
            self.filter(
                status=Order.Status.SCHEDULED,
                procedures__status__in=OVER,
                procedures__scheduled_start__gte=since,
            )
            .exclude(models.Exists(this.filter(procedures__status__in=STANDING)))
            .distinct()
        )

    def how_many_and_stat(self) -> dict[str, int]:
        """How many there are, and how many of them cannot wait."""
        stat = models.Q(priority=Order.Priority.STAT)
        return self.aggregate(number=models.Count("pk"), stat=models.Count("pk", filter=stat))

    def of_modalities(self, modalities: Collection[str]) -> Self:
        return self.filter(procedure_type__modality__in=modalities)

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(patient=patient_pk)

    def like(self, procedure_type: ProcedureType, since: dt.datetime) -> Self:
        """The same procedure, still open or asked for since then, and not taken back."""
        still_open = models.Q(status__in=[Order.Status.PLACED, Order.Status.SCHEDULED])
        return self.filter(
            still_open | models.Q(ordered_at__gte=since), procedure_type=procedure_type
        ).exclude(status=Order.Status.CANCELLED)

    def most_urgent_first(self) -> Self:
        """Stat, urgent, routine; within these whoever has waited longest."""
        urgency = models.Case(
            models.When(priority=Order.Priority.STAT, then=models.Value(0)),
            models.When(priority=Order.Priority.HIGH, then=models.Value(1)),
            default=models.Value(2),
            output_field=models.IntegerField(),
        )
        return self.order_by(urgency, "ordered_at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-ordered_at", "-pk")


class Order(Stateful):
    """A request for imaging. Its identifiers are minted once and stay the same for ever."""

    class Status(models.TextChoices):
        PLACED = "PLACED", _("Placed")
        SCHEDULED = "SCHEDULED", _("Scheduled")
        FULFILLED = "FULFILLED", _("Fulfilled")
        CANCELLED = "CANCELLED", _("Cancelled")

    class Priority(models.TextChoices):
        """Requested Procedure Priority (PS3.3 C.4.11); `urgency` puts them in order."""

        STAT = "STAT", _("Stat")
        HIGH = "HIGH", _("Urgent")
        ROUTINE = "ROUTINE", _("Routine")

    class Transport(models.TextChoices):
        WALKS = "WALKS", _("walks")
        CHAIR = "CHAIR", _("wheelchair")
        BED = "BED", _("bed")
        PORTABLE = "PORTABLE", _("stays in bed: portable unit")

    MOVES = {
        Status.PLACED: frozenset({Status.SCHEDULED, Status.CANCELLED}),
        Status.SCHEDULED: frozenset({Status.FULFILLED, Status.CANCELLED}),
        Status.FULFILLED: frozenset[str](),
        Status.CANCELLED: frozenset[str](),
    }

    accession_number = models.CharField(_("accession number"), max_length=16, unique=True)
    issuer = models.CharField(max_length=64, blank=True, default="")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="orders")
    procedure_type = models.ForeignKey(
        ProcedureType, on_delete=models.PROTECT, related_name="orders"
    )
    requested_procedure_id = models.CharField(max_length=16, unique=True)
    study_instance_uid = models.CharField(max_length=64, unique=True, default=new_uid)
    priority = models.CharField(
        _("priority"), max_length=8, choices=Priority, default=Priority.ROUTINE
    )
    clinical_question = models.TextField(_("clinical question"), blank=True, default="")
    side = models.CharField(_("side"), max_length=1, choices=Side, blank=True, default="")
    transport = models.CharField(
        _("how the patient comes"), max_length=8, choices=Transport, blank=True, default=""
    )
    ward = models.CharField(
        _("ward"), max_length=64, blank=True, default="", help_text=_("Empty: comes from home.")
    )
    is_walk_in = models.BooleanField(_("came without an appointment"), default=False)
    ordering_physician = models.CharField(
        _("ordering physician"), max_length=64, blank=True, default=""
    )
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="orders_placed",
    )
    ordered_at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=16, choices=Status, default=Status.PLACED)
    reason_code = models.CharField(
        max_length=16, blank=True, default="", help_text=_("Why it was taken back, from CID 9301.")
    )
    reason = models.CharField(max_length=200, blank=True, default="")

    objects = OrderQuerySet.as_manager()

    class Meta:
        permissions = [
            ("place_order", "Can place an order"),
            ("view_own_order", "Can view the orders they have placed"),
        ]
        constraints = [
            models.CheckConstraint(
                name="order_has_an_accession_number",
                condition=~models.Q(accession_number=""),
                violation_error_message=_("An order needs an accession number."),
            )
        ]
        indexes = [
            models.Index(fields=["patient", "-ordered_at"], name="order_of_patient"),
            models.Index(
                fields=["ordered_at"], name="order_waiting", condition=models.Q(status="PLACED")
            ),
        ]

    def __str__(self) -> str:
        return self.accession_number

    @property
    def may_be_booked(self) -> bool:
        """Another step of it may still get a time."""
        return self.status in {self.Status.PLACED, self.Status.SCHEDULED}

    @property
    def may_cancel(self) -> bool:
        return self.can_move_to(self.Status.CANCELLED)
