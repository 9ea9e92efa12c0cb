"""When and where it is done: the scheduled procedure and every move it made."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from equipment.models import Device, Reservation
from patients.models import Patient
from worklist.models.catalogue import ProcedureType
from worklist.models.order import Order
from worklist.models.order import Side as BodySide
from worklist.models.queries import ScheduledProcedureQuerySet


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

    Side = BodySide

    class Performed(models.TextChoices):
        """What was done so far, whatever the state says of the patient."""

        NONE = "NONE", _("not begun")
        IN_PROGRESS = "IN_PROGRESS", _("under way")
        COMPLETED = "COMPLETED", _("completed")
        DISCONTINUED = "DISCONTINUED", _("discontinued")

    class Committed(models.TextChoices):
        """Whether the modality was promised that its images are safe (PS3.4 Annex J)."""

        NOT_ASKED = "NOT_ASKED", _("not asked")
        PENDING = "PENDING", _("pending")
        YES = "YES", _("committed")
        FAILED = "FAILED", _("failed")

    class Screening(models.TextChoices):
        """The questions before the examination."""

        NOT_NEEDED = "NOT_NEEDED", _("no screening needed")
        OPEN = "OPEN", _("screening open")
        CLEAR = "CLEAR", _("screening clear")
        FLAGGED = "FLAGGED", _("screening flagged")
        OVERRIDDEN = "OVERRIDDEN", _("flag overridden")

    # SCHEDULED → IN_PROGRESS is legal: the modality may know before the desk (field 5.1 (a)).
    # Back before the start: the wrong worklist entry was chosen (e). From DISCONTINUED on again:
    # only with another performed step (d).
    BEFORE = (Status.SCHEDULED, Status.ARRIVED, Status.READY)
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
        Status.IN_PROGRESS: frozenset(
            {Status.ACQUIRED, Status.COMPLETED, Status.DISCONTINUED, *BEFORE}
        ),
        Status.ACQUIRED: frozenset(
            {Status.IN_PROGRESS, Status.COMPLETED, Status.DISCONTINUED, *BEFORE}
        ),
        Status.COMPLETED: frozenset[str](),
        Status.DISCONTINUED: frozenset({Status.IN_PROGRESS}),
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
    images_told = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("How many the modality says it has made.")
    )
    images_told_here = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("How many of these are here, rejected ones included.")
    )
    images_due = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text=_("How many there should be, once the modality has listed what it made."),
    )
    images_safe = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("How many the modality was promised are kept safely.")
    )
    performed = models.CharField(max_length=12, choices=Performed, default=Performed.NONE)
    committed = models.CharField(max_length=12, choices=Committed, default=Committed.NOT_ASKED)
    screening = models.CharField(max_length=12, choices=Screening, default=Screening.NOT_NEEDED)
    screening_reason = models.CharField(
        max_length=200, blank=True, default="", help_text=_("Why a flag was overridden.")
    )
    reservation = models.OneToOneField(
        Reservation, null=True, blank=True, on_delete=models.SET_NULL, related_name="procedure"
    )

    held_from = ""
    """The state in which it was put on hold; only `with_worklist_details` knows."""

    objects = ScheduledProcedureQuerySet.as_manager()

    class Meta:
        permissions = [
            ("perform_procedure", "Can start and finish a procedure"),
            ("book_procedure", "Can book, move and squeeze in procedures"),
            ("override_screening", "Can go on although screening is flagged"),
            ("settle_discrepancy", "Can settle what did not go by the book, and open steps"),
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
    def may_move(self) -> bool:
        """Another time or device is possible: nobody has begun."""
        return self.status in {*self.BEFORE, self.Status.ON_HOLD}

    @property
    def is_squeezed_in(self) -> bool:
        """On the list without a reservation: somebody has to wait."""
        return self.reservation_id is None and not self.is_final

    @property
    def may_discontinue(self) -> bool:
        return self.can_move_to(self.Status.DISCONTINUED)

    @property
    def may_cancel(self) -> bool:
        return self.can_move_to(self.Status.CANCELLED)

    @property
    def is_told(self) -> bool:
        """The modality has ended, and what it lists is all that there should be."""
        is_over = self.performed == self.Performed.COMPLETED
        return is_over and bool(self.images_told) and self.images_told == self.images_due

    @property
    def images_wanted(self) -> int:
        """How many there should be: what is due once the modality has ended, before that what the
        catalogue expects; 0 when nobody knows."""
        if self.images_due and self.performed == self.Performed.COMPLETED:
            return self.images_due
        return max(self.images_expected, self.images_told)

    @property
    def images_here(self) -> int:
        """How many of those are here. What the modality made and somebody rejected has come too."""
        return self.images_told_here if self.is_told else self.images_received

    @property
    def has_all_images(self) -> bool:
        """All expected images are here; any will do when nobody knows how many to expect."""
        return self.images_received > 0 and self.images_here >= self.images_wanted

    @property
    def lacks_images(self) -> bool:
        return self.images_here < self.images_wanted

    @property
    def are_images_safe(self) -> bool:
        """All have come, and the modality was promised each of them."""
        return self.has_all_images and self.committed == self.Committed.YES

    @property
    def images_words(self) -> str:
        """ "37 of 200", or just how many when nobody knows how many to expect."""
        if not self.images_wanted:
            return str(self.images_received)
        return _("%(here)s of %(expected)s") % {
            "here": self.images_here,
            "expected": self.images_wanted,
        }

    @property
    def committed_words(self) -> str:
        """What the modality was promised of its images; it may forget what is safe here."""
        words = {
            self.Committed.PENDING: _("%(safe)s promised as safe so far"),
            self.Committed.YES: _("All safe, and the device was told so"),
            self.Committed.FAILED: _("The device was told that not all are safe: do not delete"),
        }
        said = words.get(self.Committed(self.committed), "")
        return str(said) % {"safe": self.images_safe}

    @property
    def images_line(self) -> str:
        """ "3 of 4 arrived", "4 of 4 arrived, all safe": to be read before the patient leaves."""
        if not self.images_wanted and not self.images_received:
            return ""
        line = _("%(words)s arrived") % {"words": self.images_words}
        if self.are_images_safe:
            return _("%(line)s, all safe") % {"line": line}
        if self.committed == self.Committed.FAILED:
            return _("%(line)s, not all are safe") % {"line": line}
        return line

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
