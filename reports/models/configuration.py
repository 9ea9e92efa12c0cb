"""Templates for reports, and how soon they are wanted. Kept in the admin."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from equipment.models import Modality
from worklist.models import Order, ProcedureType


class ReportTemplateQuerySet(models.QuerySet["ReportTemplate"]):
    def offered_for(self, procedure_type: ProcedureType | None, modalities: list[str]) -> Self:
        """Templates in use that may fit, those for this very procedure first (`is_for_this`)."""
        named = self.model.procedure_types.through.objects.filter(
            reporttemplate=OuterRef("pk"), proceduretype=procedure_type
        )
        fitting = self.filter(Q(modality="") | Q(modality__in=modalities), is_active=True)
        return fitting.annotate(is_for_this=Exists(named)).order_by("-is_for_this", "name")


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

    objects = ReportTemplateQuerySet.as_manager()

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
