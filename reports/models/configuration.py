"""Templates for reports, and how soon they are wanted. Kept in the admin."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from equipment.models import Modality
from worklist.models import Order, ProcedureType


class ReportTemplate(models.Model):
    """Words to begin with."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    modality = models.CharField(
        _("modality"), max_length=16, choices=Modality, blank=True, default=""
    )
    procedure_types = models.ManyToManyField(
        ProcedureType,
        verbose_name=_("procedures"),
        blank=True,
        related_name="report_templates",
        help_text=_("Offered first for these."),
    )
    technique = models.TextField(_("technique"), blank=True, default="")
    findings = models.TextField(_("findings"), blank=True, default="")
    impression = models.TextField(_("impression"), blank=True, default="")
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ReadingTarget(models.Model):
    """How soon a study of a priority is to be reported. Local policy."""

    priority = models.CharField(_("priority"), max_length=8, choices=Order.Priority, unique=True)
    minutes = models.PositiveIntegerField(_("minutes from the last image"))

    class Meta:
        ordering = ["minutes"]

    def __str__(self) -> str:
        return f"{self.get_priority_display()}: {self.minutes} min"
