"""A report: one per study, from "waits to be read" to its last signed version."""

import datetime as dt
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from studies.models import Study

if TYPE_CHECKING:
    from staff.models import User

URGENCY = {"STAT": 0, "HIGH": 1, "ROUTINE": 2}


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: "User") -> Self:
        """Readers see every report; a referrer those of their own orders; others none."""
        if user.has_perm("reports.view_report"):
            return self
        if user.has_perm("reports.view_own_report"):
            return self.filter(study__order__ordered_by=user)
        return self.none()

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(study__patient=patient_pk)

    def of_study(self, study_uid: str) -> Self:
        return self.filter(study__study_instance_uid=study_uid)

    def to_read(self) -> Self:
        """What waits for somebody to sign it."""
        return self.filter(status__in=Report.OPEN)

    def signed(self) -> Self:
        return self.filter(status__in=Report.SIGNED)

    def most_urgent_first(self) -> Self:
        """Stat, urgent, the rest; within these, whoever has waited longest."""
        return self.order_by("urgency", "waiting_since", "pk")

    def locked(self, pk: int) -> "Report":
        """The report as it stands now; nobody else changes it until this transaction ends."""
        rows = self.select_for_update(of=("self",)).select_related("study__patient", "claimed_by")
        return rows.get(pk=pk)


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
    def is_signed(self) -> bool:
        return self.status in self.SIGNED


class ReportVersion(models.Model):
    """Signed words, for ever as they were signed: the database refuses to change them."""

    class Kind(models.TextChoices):
        PRELIMINARY = "PRELIMINARY", _("Preliminary")
        FINAL = "FINAL", _("Final")
        ADDENDUM = "ADDENDUM", _("Addendum")
        AMENDMENT = "AMENDMENT", _("Amendment")
        CORRECTION = "CORRECTION", _("Correction")
        RETRACTION = "RETRACTION", _("Entered in error")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    technique = models.TextField(blank=True, default="")
    findings = models.TextField(blank=True, default="")
    impression = models.TextField(blank=True, default="")
    reason = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text=_("Why an earlier version was not enough."),
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signed_versions"
    )
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="one_version_per_number", fields=["report", "number"]),
            models.CheckConstraint(
                name="signed_version_says_something",
                condition=~Q(findings="") | ~Q(impression=""),
                violation_error_message=_(
                    "There is nothing to sign: write findings or impression."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="version_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Acknowledgement(models.Model):
    """Whoever asked has read this version."""

    version = models.ForeignKey(
        ReportVersion, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    comment = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_acknowledgement_per_person_and_version", fields=["version", "by"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.at:%Y-%m-%d %H:%M}"
