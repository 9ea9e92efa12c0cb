"""The safety record: what must be known before the patient is touched, and how old it is."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AlertQuerySet(models.QuerySet["Alert"]):
    def active(self) -> Self:
        """What must be known now: neither ended nor a note that there is nothing."""
        return self.filter(is_active=True, is_absent=False)

    def in_force(self) -> Self:
        """The same with the notes that there is nothing ("no known allergies")."""
        return self.filter(is_active=True)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(patient=patient_pk)

    def with_authors(self) -> Self:
        return self.select_related("noted_by", "confirmed_by", "ended_by")

    def marks_of(self, patients: Iterable[int]) -> "models.QuerySet[Alert, Any]":
        """Patient, kind, severity and text alone: a list of hundreds needs no more."""
        marks = self.filter(patient__in=patients).order_by("pk")
        return marks.values_list("patient_id", "kind", "severity", "text")


class Alert(models.Model):
    """One entry of the safety record: an allergy, an implant, a kidney value.

    An entry is never deleted: it ends, with a reason. `is_absent` notes that somebody asked and
    there is nothing ("no known allergies"), which is not the same as that nobody asked.
    """

    class Kind(models.TextChoices):
        ALLERGY = "ALLERGY", _("Allergy")
        CONTRAST_REACTION = "CONTRAST_REACTION", _("Contrast reaction")
        IMPLANT = "IMPLANT", _("Implant")
        PREGNANCY = "PREGNANCY", _("Pregnancy")
        KIDNEY = "KIDNEY", _("Kidney function")
        INFECTION = "INFECTION", _("Infection precautions")
        MOBILITY = "MOBILITY", _("Mobility")
        OTHER = "OTHER", _("Other")

    class Severity(models.TextChoices):
        INFO = "INFO", _("good to know")
        CAUTION = "CAUTION", _("caution")
        DANGER = "DANGER", _("danger")

    class MrCondition(models.TextChoices):
        """ASTM F2503: how an implant behaves in a magnetic field."""

        SAFE = "SAFE", _("MR safe")
        CONDITIONAL = "CONDITIONAL", _("MR conditional")
        UNSAFE = "UNSAFE", _("MR unsafe")
        UNKNOWN = "UNKNOWN", _("MR condition unknown")

    class Pregnancy(models.IntegerChoices):
        """Pregnancy Status (0010,21C0), PS3.3 C.2.3."""

        NOT = 1, _("not pregnant")
        POSSIBLY = 2, _("possibly pregnant")
        DEFINITELY = 3, _("pregnant")
        UNKNOWN = 4, _("unknown")

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    severity = models.CharField(
        _("severity"), max_length=8, choices=Severity, default=Severity.CAUTION
    )
    text = models.CharField(_("what it is"), max_length=200)
    is_absent = models.BooleanField(
        _("asked, and there is nothing"), default=False, help_text=_("No known allergies, say.")
    )
    source = models.CharField(
        _("who says so"),
        max_length=100,
        blank=True,
        default="",
        help_text=_("The patient, a relative, a letter, the laboratory."),
    )
    observed_on = models.DateField(
        _("true on"), null=True, blank=True, help_text=_("The day of the value or the event.")
    )
    mr_condition = models.CharField(
        _("in the magnetic field"), max_length=12, choices=MrCondition, blank=True, default=""
    )
    mr_details = models.CharField(
        _("conditions"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("Field strength, SAR, maker and model of the implant."),
    )
    egfr = models.PositiveSmallIntegerField(
        _("eGFR"), null=True, blank=True, help_text=_("ml/min/1.73 m²")
    )
    pregnancy_status = models.PositiveSmallIntegerField(
        _("pregnancy"), choices=Pregnancy, null=True, blank=True
    )
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(max_length=200, blank=True, default="")

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="kidney_entry_has_value_and_day",
                condition=Q(egfr__isnull=True) | Q(observed_on__isnull=False),
                violation_error_message=_("A kidney value needs the day it was measured."),
            ),
            models.CheckConstraint(
                name="ended_alert_says_why",
                condition=Q(is_active=True) | Q(ended_at__isnull=True) | ~Q(end_reason=""),
                violation_error_message=_("Say why this no longer holds."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.Kind(self.kind).label}: {self.text}"

    @property
    def last_asked_on(self) -> dt.date:
        """The day this was last known to be true: confirmed, measured or noted."""
        if self.confirmed_at:
            return timezone.localdate(self.confirmed_at)
        return self.observed_on or timezone.localdate(self.noted_at)

    def is_stale(self, valid_days: int, today: dt.date) -> bool:
        """Too old to rely on: ask again. `valid_days` of 0 means that it never grows old."""
        return bool(valid_days) and (today - self.last_asked_on).days > valid_days


class AskAgain(models.Model):
    """After how many days an entry of this kind is asked again. Local policy; 0 means never."""

    kind = models.CharField(_("kind"), max_length=20, choices=Alert.Kind, unique=True)
    valid_days = models.PositiveIntegerField(
        _("valid for, in days"), help_text=_("Local policy. 0: it never grows old.")
    )

    class Meta:
        ordering = ["kind"]
        verbose_name = _("age of safety entries")
        verbose_name_plural = _("ages of safety entries")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.valid_days}"
