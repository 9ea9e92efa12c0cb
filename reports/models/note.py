"""What the technician saw, before anybody reads the images."""

from collections.abc import Iterable
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studies.models import Instance
from worklist.models import ScheduledProcedure


class PreliminaryNoteQuerySet(models.QuerySet["PreliminaryNote"]):
    def of_procedure(self, procedure_pk: int) -> Self:
        return self.filter(procedure=procedure_pk)

    def latest_of(self, procedure_pks: Iterable[int]) -> Self:
        """The last note of each of these procedures: it is the one that counts."""
        rows = self.filter(procedure__in=procedure_pks).select_related("by")
        return rows.order_by("procedure_id", "-pk").distinct("procedure_id")

    def newest_first(self) -> Self:
        return self.select_related("by").order_by("-pk")


class PreliminaryNote(models.Model):
    """Normal or not, in the technician's words. A new note follows an old one; all stay."""

    class Verdict(models.TextChoices):
        NORMAL = "NORMAL", _("Nothing noticed")
        ABNORMAL = "ABNORMAL", _("Something noticed")
        URGENT = "URGENT", _("Please look now")

    procedure = models.ForeignKey(
        ScheduledProcedure, on_delete=models.PROTECT, related_name="preliminary_notes"
    )
    verdict = models.CharField(max_length=8, choices=Verdict)
    words = models.TextField(blank=True, default="")
    key_images = models.ManyToManyField(Instance, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PreliminaryNoteQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["procedure", "-id"], name="note_latest")]
        constraints = [
            models.CheckConstraint(
                name="note_says_what_was_noticed",
                condition=models.Q(verdict="NORMAL") | ~models.Q(words=""),
                violation_error_message=_("Say in a few words what you noticed."),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="note_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return str(self.get_verdict_display())
