"""A report: one per study, from "waits to be read" to its last signed version."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from reports.models.queries import ReportQuerySet
from studies.models import Study

URGENCY = {"STAT": 0, "HIGH": 1, "ROUTINE": 2}


class Report(Stateful):
    """What is said about one study (field 5.2). Signed text lives in versions, never here."""

    class Status(models.TextChoices):
        NOT_READY = "NOT_READY", _("Not ready")
        READY_TO_READ = "READY_TO_READ", _("Ready to read")
        CLAIMED = "CLAIMED", _("Claimed")
        DRAFT = "DRAFT", _("Draft")
        PRELIMINARY = "PRELIMINARY", _("Preliminary")
        FINAL = "FINAL", _("Final")
        ADDENDED = "ADDENDED", _("Addended")
        AMENDED = "AMENDED", _("Amended")
        CORRECTED = "CORRECTED", _("Corrected")
        NO_READ_REQUIRED = "NO_READ_REQUIRED", _("No report required")
        CANCELLED = "CANCELLED", _("Cancelled")
        ENTERED_IN_ERROR = "ENTERED_IN_ERROR", _("Entered in error")

    LATER = (Status.ADDENDED, Status.AMENDED, Status.CORRECTED, Status.ENTERED_IN_ERROR)
    MOVES = {
        Status.NOT_READY: frozenset(
            {Status.READY_TO_READ, Status.NO_READ_REQUIRED, Status.CANCELLED}
        ),
        Status.READY_TO_READ: frozenset(
            {Status.NOT_READY, Status.CLAIMED, Status.NO_READ_REQUIRED, Status.CANCELLED}
        ),
        Status.CLAIMED: frozenset(
            {Status.READY_TO_READ, Status.DRAFT, Status.PRELIMINARY, Status.FINAL}
        ),
        Status.DRAFT: frozenset({Status.READY_TO_READ, Status.PRELIMINARY, Status.FINAL}),
        Status.PRELIMINARY: frozenset({Status.PRELIMINARY, Status.FINAL, Status.ENTERED_IN_ERROR}),
        Status.FINAL: frozenset(LATER),
        Status.ADDENDED: frozenset(LATER),
        Status.AMENDED: frozenset(LATER),
        Status.CORRECTED: frozenset(LATER),
        Status.NO_READ_REQUIRED: frozenset({Status.READY_TO_READ}),
        Status.CANCELLED: frozenset[str](),
        Status.ENTERED_IN_ERROR: frozenset[str](),
    }
    OPEN = (Status.READY_TO_READ, Status.CLAIMED, Status.DRAFT, Status.PRELIMINARY)
    SIGNED = (Status.FINAL, Status.ADDENDED, Status.AMENDED, Status.CORRECTED)

    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="report")
    status = models.CharField(max_length=16, choices=Status, default=Status.NOT_READY)
    urgency = models.PositiveSmallIntegerField(
        default=2, help_text=_("0 stat or flagged by the technician, 1 urgent, 2 routine.")
    )
    is_flagged = models.BooleanField(
        default=False, help_text=_("The technician noted something urgent.")
    )
    waiting_since = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claimed_reports",
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    technique = models.TextField(_("technique"), blank=True, default="")
    findings = models.TextField(_("findings"), blank=True, default="")
    impression = models.TextField(_("impression"), blank=True, default="")
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    draft_number = models.PositiveIntegerField(
        default=0,
        help_text=_("Counts the savings, so that two windows cannot overwrite each other."),
    )
    draft_kind = models.CharField(
        max_length=12,
        blank=True,
        default="",
        help_text=_("What the draft is to become when it follows a signed version."),
    )
    reason = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text=_("Why it stands as it does: taken over, read as it is, no report required."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        permissions = [
            ("view_own_report", "Can view the final reports of their own orders"),
            ("write_report", "Can claim studies and write reports"),
            ("sign_report", "Can sign, addend, amend and correct reports"),
            ("acknowledge_report", "Can acknowledge the reports of their own orders"),
            ("write_note", "Can write preliminary notes"),
        ]
        constraints = [
            models.CheckConstraint(
                name="claim_has_person_and_end",
                condition=Q(claimed_by__isnull=True, claimed_until__isnull=True)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                violation_error_message=_("A claim needs a person and an end."),
            )
        ]
        indexes = [
            models.Index(
                fields=["urgency", "waiting_since", "id"],
                name="report_to_read",
                condition=Q(status__in=["READY_TO_READ", "CLAIMED", "DRAFT", "PRELIMINARY"]),
            ),
            models.Index(
                fields=["study"],
                name="report_not_ready",
                condition=Q(status="NOT_READY"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Report on %(study)s") % {"study": self.study})

    def is_claimed_on(self, moment: dt.datetime) -> bool:
        """Somebody holds it and the lease has not run out."""
        return self.claimed_until is not None and self.claimed_until > moment

    @property
    def is_open(self) -> bool:
        """It stands on the reading list."""
        return self.status in self.OPEN

    @property
    def is_signed(self) -> bool:
        return self.status in self.SIGNED

    @property
    def has_draft(self) -> bool:
        return bool(self.technique or self.findings or self.impression)

    @property
    def minutes_allowed(self) -> int | None:
        """How long it may wait, from the last image on."""
        if self.due_at is None:
            return None
        return round((self.due_at - self.waiting_since).total_seconds() / 60)
