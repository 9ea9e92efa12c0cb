"""When and where it is done: the scheduled procedure and every move it made."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from equipment.models import Device
from patients.models import Alert, Fold, Patient
from worklist.models.asked import AskedQuerySet
from worklist.models.move import Move
from worklist.models.order import Order, ProcedureType

if TYPE_CHECKING:
    from staff.models import User


def _bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """When `day` begins and ends here: 23 to 25 hours, as the clocks have it."""
    zone = timezone.get_default_timezone()
    return (
        dt.datetime.combine(day, dt.time(), zone),
        dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone),
    )


class ScheduledProcedureQuerySet(AskedQuerySet["ScheduledProcedure"]):
    def visible_to(self, user: "User") -> Self:
        """Rows this person may see. Every page and endpoint starts here."""
        if user.has_perm("worklist.view_scheduledprocedure"):
            return self
        if user.has_perm("worklist.view_own_order"):
            return self.filter(order__ordered_by=user)
        return self.none()

    def on(self, day: dt.date) -> Self:
        """Scheduled on `day`, in the department's time zone."""
        start, end = _bounds(day)
        return self.filter(scheduled_start__gte=start, scheduled_start__lt=end)

    def unfinished(self) -> Self:
        return self.exclude(status__in=ScheduledProcedure.FINAL)

    def finished(self) -> Self:
        return self.filter(status__in=ScheduledProcedure.FINAL)

    def in_progress(self) -> Self:
        return self.filter(status=ScheduledProcedure.Status.IN_PROGRESS)

    def completed(self) -> Self:
        return self.filter(status=ScheduledProcedure.Status.COMPLETED)

    def taking_place_on(self, day: dt.date) -> Self:
        """On the list of `day` or begun on it, and neither cancelled nor missed."""
        status = ScheduledProcedure.Status
        start, end = _bounds(day)
        return self.filter(
            Q(scheduled_start__gte=start, scheduled_start__lt=end)
            | Q(started_at__gte=start, started_at__lt=end)
        ).exclude(status__in=[status.CANCELLED, status.NO_SHOW])

    def of_study(self, study_uid: str) -> Self:
        return self.filter(order__study_instance_uid=study_uid)

    def of_accession(self, accession: str, issuer: str) -> Self:
        """An accession number counts with its issuer; whoever names none means ours."""
        found = self.filter(order__accession_number=accession)
        return found.filter(Q(order__issuer=issuer) | Q(order__issuer="")) if issuer else found

    def with_patient(self) -> Self:
        return self.select_related("order__patient", "device", "procedure_type")

    def in_room(self, room_pk: int) -> Self:
        return self.filter(device__room=room_pk)

    def of_modality(self, modality: str) -> Self:
        return self.filter(device__modality=modality)

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(order__patient=patient_pk)

    def with_board_details(self) -> Self:
        """All that a row of the board says, in two queries."""
        return self.select_related(
            "order__patient", "device__room", "procedure_type"
        ).prefetch_related(
            models.Prefetch("order__patient__alerts", queryset=Alert.objects.filter(is_active=True))
        )

    def with_row_details(self) -> Self:
        """What a row of the board says of the procedure itself; alerts are fetched beside it."""
        return self.select_related("order__patient", "device__room", "procedure_type")

    def with_page_details(self) -> Self:
        """The same for the procedure's own page, with its history."""
        return self.with_board_details().prefetch_related(
            models.Prefetch("moves", queryset=Move.objects.select_related("by"))
        )

    def newest_first(self) -> Self:
        return self.order_by("-scheduled_start", "-pk")

    def in_time_order(self) -> Self:
        return self.order_by("scheduled_start", "pk")

    def on_device(self, device_pk: int) -> Self:
        return self.filter(device=device_pk)

    def on_board(self, day: dt.date) -> Self:
        """The list of `day`; today's also keeps whoever is still here from yesterday."""
        start, end = _bounds(day)
        listed = Q(scheduled_start__gte=start, scheduled_start__lt=end)
        if day == timezone.localdate():
            listed |= Q(scheduled_start__lt=start, status__in=ScheduledProcedure.PRESENT)
        return self.filter(listed)

    def in_states(self, states: Iterable[str]) -> Self:
        return self.filter(status__in=states)

    def performed_by(self, user: "User") -> Self:
        return self.filter(performed_by=user)

    def about(self, words: str) -> Self:
        """Every word is found in the patient's name or number, the accession or the procedure."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(order__patient__folded_name__contains=Fold(Value(word)))
                | Q(order__patient__patient_id__istartswith=word)
                | Q(order__accession_number__istartswith=word)
                | Q(procedure_type__meaning__icontains=word)
            )
        return found

    def most_urgent_first(self) -> Self:
        """Stat, urgent, routine; within these whoever is here, longest wait first, then by time.

        What is over comes last, whatever its priority was.
        """
        urgency = Case(
            When(status__in=ScheduledProcedure.FINAL, then=Value(3)),
            When(order__priority=Order.Priority.STAT, then=Value(0)),
            When(order__priority=Order.Priority.HIGH, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        status = ScheduledProcedure.Status
        presence = Case(
            When(status__in=[status.IN_PROGRESS, status.ACQUIRED], then=Value(0)),
            When(status__in=[status.ARRIVED, status.READY], then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.order_by(
            urgency, presence, F("arrived_at").asc(nulls_last=True), "scheduled_start", "pk"
        )

    def how_many(self, user: "User") -> Self:
        """How many by device, state, and whether `user` performs them: for the filters."""
        return self.values(
            "device_id",
            "device__room_id",
            "device__room__name",
            "device__modality",
            "device__status",
            "status",
            is_mine=Case(
                When(performed_by=user, then=Value(True)),
                default=Value(False),
                output_field=models.BooleanField(),
            ),
        ).annotate(number=models.Count("pk"))  # type: ignore[return-value]


class ScheduledProcedure(Stateful):
    """One examination, on one device, at one time (the standard's Scheduled Procedure Step)."""

    class Status(models.TextChoices):
        SCHEDULED = "SCHEDULED", _("Scheduled")
        ARRIVED = "ARRIVED", _("Arrived")
        READY = "READY", _("Ready")
        ON_HOLD = "ON_HOLD", _("On hold")
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        ACQUIRED = "ACQUIRED", _("Acquired")
        COMPLETED = "COMPLETED", _("Completed")
        DISCONTINUED = "DISCONTINUED", _("Discontinued")
        CANCELLED = "CANCELLED", _("Cancelled")
        NO_SHOW = "NO_SHOW", _("No show")

    class Images(models.TextChoices):
        """The images beside the state: a fact that no move of the procedure can contradict."""

        NONE = "NONE", _("No images yet")
        ARRIVING = "ARRIVING", _("Arriving")
        COMPLETE = "COMPLETE", _("All arrived")
        MISSING = "MISSING", _("Some missing")
        LATE = "LATE", _("Arrived late")

    class Side(models.TextChoices):
        LEFT = "L", _("left")
        RIGHT = "R", _("right")
        BOTH = "B", _("both sides")

    # SCHEDULED → IN_PROGRESS is legal: the modality may know before the desk (field 5.1 (a)).
    MOVES = {
        Status.SCHEDULED: frozenset(
            {Status.ARRIVED, Status.ON_HOLD, Status.IN_PROGRESS, Status.CANCELLED, Status.NO_SHOW}
        ),
        Status.ARRIVED: frozenset(
            {Status.READY, Status.ON_HOLD, Status.IN_PROGRESS, Status.CANCELLED}
        ),
        Status.READY: frozenset({Status.ON_HOLD, Status.IN_PROGRESS, Status.CANCELLED}),
        Status.ON_HOLD: frozenset(
            {Status.SCHEDULED, Status.ARRIVED, Status.READY, Status.IN_PROGRESS, Status.CANCELLED}
        ),
        Status.IN_PROGRESS: frozenset({Status.ACQUIRED, Status.COMPLETED, Status.DISCONTINUED}),
        Status.ACQUIRED: frozenset({Status.IN_PROGRESS, Status.COMPLETED, Status.DISCONTINUED}),
        Status.COMPLETED: frozenset[str](),
        Status.DISCONTINUED: frozenset[str](),
        Status.CANCELLED: frozenset[str](),
        Status.NO_SHOW: frozenset[str](),
    }
    PRESENT = (
        Status.ARRIVED,
        Status.READY,
        Status.ON_HOLD,
        Status.IN_PROGRESS,
        Status.ACQUIRED,
    )
    FINAL = (Status.COMPLETED, Status.DISCONTINUED, Status.CANCELLED, Status.NO_SHOW)

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="procedures")
    procedure_type = models.ForeignKey(
        ProcedureType, on_delete=models.PROTECT, related_name="procedures"
    )
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="procedures")
    step_id = models.CharField(max_length=16, unique=True)
    side = models.CharField(_("side"), max_length=1, choices=Side, blank=True, default="")
    scheduled_start = models.DateTimeField(_("scheduled"))
    scheduled_end = models.DateTimeField()
    status = models.CharField(max_length=16, choices=Status, default=Status.SCHEDULED)
    arrived_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    performed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="procedures_performed",
    )
    reason_code = models.CharField(
        max_length=16, blank=True, default="", help_text=_("Why it stopped, from CID 9301.")
    )
    reason = models.CharField(max_length=200, blank=True, default="")
    comment = models.TextField(blank=True, default="")
    images = models.CharField(max_length=8, choices=Images, default=Images.NONE)
    images_expected = models.PositiveIntegerField(default=0)
    images_received = models.PositiveIntegerField(default=0)
    last_image_at = models.DateTimeField(null=True, blank=True)

    objects = ScheduledProcedureQuerySet.as_manager()

    class Meta:
        permissions = [
            ("perform_procedure", "Can start and finish a procedure"),
            ("register_arrival", "Can register that a patient has arrived"),
            ("cancel_procedure", "Can cancel a procedure"),
        ]
        constraints = [
            models.CheckConstraint(
                name="procedure_slot_ends_after_it_starts",
                condition=Q(scheduled_end__gt=F("scheduled_start")),
                violation_error_message=_("A procedure needs at least a minute."),
            ),
            models.CheckConstraint(
                name="procedure_ends_after_it_starts",
                condition=Q(ended_at__isnull=True)
                | Q(started_at__isnull=True)
                | Q(ended_at__gte=F("started_at")),
                violation_error_message=_("A procedure cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="procedure_in_progress_has_a_start",
                condition=~Q(status="IN_PROGRESS") | Q(started_at__isnull=False),
                violation_error_message=_("A procedure in progress needs a start time."),
            ),
            models.CheckConstraint(
                name="discontinued_procedure_has_a_reason",
                condition=~Q(status="DISCONTINUED") | ~Q(reason_code=""),
                violation_error_message=_("Say why the procedure was discontinued."),
            ),
        ]
        indexes = [
            models.Index(fields=["scheduled_start"], name="procedure_by_time"),
            models.Index(fields=["device", "scheduled_start"], name="procedure_by_device"),
            models.Index(
                fields=["scheduled_start"],
                name="procedure_open",
                condition=~Q(status__in=["COMPLETED", "DISCONTINUED", "CANCELLED", "NO_SHOW"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_type} ({self.step_id})"

    @property
    def patient(self) -> Patient:
        return self.order.patient

    @property
    def is_final(self) -> bool:
        return self.status in self.FINAL

    @property
    def may_arrive(self) -> bool:
        return self.status == self.Status.SCHEDULED

    @property
    def may_start(self) -> bool:
        """A person may start it. (A machine's report is only held to the table of moves.)"""
        return self.status in {self.Status.SCHEDULED, self.Status.ARRIVED, self.Status.READY}

    @property
    def may_be_ready(self) -> bool:
        return self.status == self.Status.ARRIVED

    @property
    def may_hold(self) -> bool:
        return self.can_move_to(self.Status.ON_HOLD)

    @property
    def may_resume(self) -> bool:
        return self.status == self.Status.ON_HOLD

    @property
    def may_be_no_show(self) -> bool:
        return self.can_move_to(self.Status.NO_SHOW)

    @property
    def may_complete(self) -> bool:
        return self.can_move_to(self.Status.COMPLETED)

    @property
    def may_discontinue(self) -> bool:
        return self.can_move_to(self.Status.DISCONTINUED)

    @property
    def may_cancel(self) -> bool:
        return self.can_move_to(self.Status.CANCELLED)

    @property
    def has_all_images(self) -> bool:
        """All expected images are here; any will do when nobody knows how many to expect."""
        return self.images_received > 0 and self.images_received >= self.images_expected

    @property
    def lacks_images(self) -> bool:
        return self.images_received < self.images_expected

    @property
    def images_words(self) -> str:
        """ "37 of 200", or just how many when nobody knows how many to expect."""
        if not self.images_expected:
            return str(self.images_received)
        return _("%(here)s of %(expected)s") % {
            "here": self.images_received,
            "expected": self.images_expected,
        }

    @property
    def images_look(self) -> str:
        """How the progress is drawn: done, late, or simply under way."""
        looks = {
            self.Images.COMPLETE: "done",
            self.Images.MISSING: "late",
            self.Images.LATE: "late",
        }
        return looks.get(self.Images(self.images), "")

    @property
    def is_late(self) -> bool:
        """The time on the list has passed and nobody has come."""
        return self.status == self.Status.SCHEDULED and self.scheduled_start < timezone.now()

    @property
    def says_why(self) -> bool:
        """A state that nobody understands without its reason."""
        status = self.Status
        return self.status in {status.ON_HOLD, status.DISCONTINUED, status.CANCELLED}

    @property
    def is_waiting(self) -> bool:
        """The patient is here and nobody has started."""
        return self.status in {self.Status.ARRIVED, self.Status.READY}
