"""The other numbers a patient is known by, and how the identity was corrected."""

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from patients.models.patient import Patient

if TYPE_CHECKING:
    from staff.models import User


class IdentifierQuerySet(models.QuerySet["Identifier"]):
    def visible_to(self, user: "User") -> Self:
        """Numbers of the patients this person may see."""
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def called(self, kind: str, value: str, issuer: str) -> Self:
        return self.filter(kind=kind, value=value, issuer=issuer)

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(patient=patient_pk)

    def in_order(self) -> Self:
        return self.order_by("pk")


class Identifier(models.Model):
    """Another number of the same person: national, insurance, of another hospital, a former one."""

    class Kind(models.TextChoices):
        NATIONAL = "NATIONAL", _("National number")
        INSURANCE = "INSURANCE", _("Insurance number")
        HOSPITAL = "HOSPITAL", _("Number at another hospital")
        FORMER = "FORMER", _("Former record number")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    value = models.CharField(_("number"), max_length=64)
    issuer = models.CharField(_("issued by"), max_length=64, blank=True, default="")

    objects = IdentifierQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_patient_per_other_identifier",
                fields=["kind", "value", "issuer"],
                violation_error_message=_("Another patient has this number."),
            ),
            models.CheckConstraint(
                name="identifier_has_a_value",
                condition=~Q(value=""),
                violation_error_message=_("The number is missing."),
            ),
        ]
        indexes = [
            models.Index(fields=["value"], name="identifier_by_value"),
            models.Index(
                OpClass(Upper("value"), name="text_pattern_ops"), name="identifier_by_start"
            ),
        ]

    def __str__(self) -> str:
        return self.value


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: "User") -> Self:
        """Corrections of the patients this person may see."""
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(patient=patient_pk)

    def newest_first(self) -> Self:
        return self.select_related("by").order_by("-pk")


class Correction(models.Model):
    """One change of who somebody is: what it was, what it is, who says so and why.

    Written once, never changed: the database refuses too.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="corrections")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    changes = models.JSONField(help_text=_("Field: [was, is]."))

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(
                name="correction_is_never_changed",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.changes)
