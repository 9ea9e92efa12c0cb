"""Which scheduled procedure a study belongs to."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from studies.models.study import Study
from worklist.models import ScheduledProcedure


class MatchQuerySet(models.QuerySet["Match"]):
    def with_procedure(self) -> Self:
        return self.select_related(
            "procedure__order", "procedure__device", "procedure__procedure_type", "matched_by"
        ).order_by("pk")


class Match(models.Model):
    """A study belongs to a scheduled procedure: found by which rule, when, by whom."""

    class Rule(models.TextChoices):
        STUDY_UID = "STUDY_UID", _("the study identifier of the worklist")
        ACCESSION = "ACCESSION", _("the accession number")
        PATIENT_DAY = "PATIENT_DAY", _("patient, modality and day")
        MANUAL = "MANUAL", _("chosen by a person")

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="matches")
    procedure = models.ForeignKey(
        ScheduledProcedure, on_delete=models.PROTECT, related_name="matches"
    )
    rule = models.CharField(max_length=12, choices=Rule)
    matched_at = models.DateTimeField(auto_now_add=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "matches"
        constraints = [
            models.UniqueConstraint(
                name="one_match_per_study_and_procedure", fields=["study", "procedure"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.study_id} ↔ {self.procedure_id}"
