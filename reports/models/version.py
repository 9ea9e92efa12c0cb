"""Signed words, and who has read them."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models.report import Report


class ReportVersionQuerySet(models.QuerySet["ReportVersion"]):
    def of_report(self, report_pk: int) -> Self:
        return self.filter(report=report_pk)

    def official(self) -> Self:
        """What has left the department: everything but preliminary words."""
        return self.exclude(kind=ReportVersion.Kind.PRELIMINARY)

    def with_people(self) -> Self:
        return self.select_related("signed_by").prefetch_related("acknowledgements__by")


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

    objects = ReportVersionQuerySet.as_manager()

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

    @property
    def is_whole(self) -> bool:
        """It says everything anew; an addendum only adds."""
        return self.kind != self.Kind.ADDENDUM


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
