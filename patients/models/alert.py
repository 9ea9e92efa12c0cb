"""The safety record: what must be known before the patient is touched, and how old it is."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from staff.models import User


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: "User") -> Self:
        """Entries of the patients this person may see."""
        if user.has_perm("patients.view_patient"):
            return self
        if user.has_perm("patients.view_own_patient"):
            return self.filter(patient__orders__ordered_by=user).distinct()
        return self.none()

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

    def absent(self) -> Self:
        """Notes that somebody asked and there is nothing."""
        return self.filter(is_absent=True)

    def present(self) -> Self:
        return self.filter(is_absent=False)

    def with_authors(self) -> Self:
        return self.select_related("noted_by", "confirmed_by", "ended_by")

    def with_ages(self) -> Self:
        """`valid_days` beside each entry: `needs_asking` then costs no further question."""
        policy = AskAgain.objects.filter(kind=OuterRef("kind")).values("valid_days")
        return self.annotate(valid_days=Subquery(policy))

    def worst_first(self) -> Self:
        """Danger before caution before what is good to know."""
        grave = Case(
            When(severity=Alert.Severity.DANGER, then=Value(0)),
            When(severity=Alert.Severity.CAUTION, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.order_by(grave, "kind", "-noted_at", "-pk")

    def newest_first(self) -> Self:
        return self.order_by("-noted_at", "-pk")

    def kidney_values(self) -> Self:
        """Every value that was true on its day, replaced ones too; mistakes that were ended not."""
        held = Q(is_active=True) | Q(replaced_by__isnull=False)
        return self.filter(held, egfr__isnull=False).order_by("observed_on", "pk")

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
    replaced_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced",
        help_text=_("The newer value or answer. It was true on its day, not a mistake."),
    )

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
    def words(self) -> str:
        """All that must be said: an implant with how it behaves in the magnetic field."""
        if not self.mr_condition:
            return self.text
        condition = str(self.MrCondition(self.mr_condition).label)
        facts = f"{condition}: {self.mr_details}" if self.mr_details else condition
        return f"{self.text} ({facts})"

    @property
    def last_asked_on(self) -> dt.date:
        """The day this was last known to be true. A value is as old as its blood sample; an answer
        as old as the last time somebody was asked, however long ago the event was."""
        if self.kind == self.Kind.KIDNEY and self.observed_on:
            return self.observed_on
        return timezone.localdate(self.confirmed_at or self.noted_at)

    def is_stale(self, valid_days: int | None, today: dt.date) -> bool:
        """Too old to rely on: ask again. `valid_days` of 0 or None means it never grows old."""
        return bool(valid_days) and (today - self.last_asked_on).days > int(valid_days or 0)

    @property
    def needs_asking(self) -> bool:
        """Stale by the department's policy. Ask `with_ages()` for it."""
        valid_days: int | None = getattr(self, "valid_days")  # noqa: B009 — an annotation
        return self.is_stale(valid_days, timezone.localdate())

    @property
    def asked_again_on(self) -> dt.date | None:
        """The day from which it is asked again. Ask `with_ages()` for it."""
        valid_days: int | None = getattr(self, "valid_days")  # noqa: B009 — an annotation
        return self.last_asked_on + dt.timedelta(days=valid_days + 1) if valid_days else None

    @property
    def may_be_confirmed(self) -> bool:
        """A value is measured, not confirmed."""
        return self.is_active and self.kind != self.Kind.KIDNEY


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
