"""Templates and targets are kept here; reports and notes are only looked at."""

from django.contrib import admin
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _

from common.admin import Exchanged, ReadOnlyAdmin
from reports.models import PreliminaryNote, ReadingTarget, Report, ReportTemplate, ReportVersion
from reports.resources import ReadingTargetResource, ReportTemplateResource


@admin.register(ReportTemplate)
class ReportTemplateAdmin(Exchanged):
    resource_classes = (ReportTemplateResource,)
    list_display = ("name", "modality", "is_active")
    list_filter = ("modality", "is_active", "procedure_types")
    search_fields = ("name", "technique", "findings", "impression")
    formfield_overrides = {ManyToManyField: {"widget": CheckboxSelectMultiple}}
    fieldsets = (
        (None, {"fields": ("name", "is_active")}),
        (
            _("Offered for"),
            {
                "fields": ("modality", "procedure_types"),
                "description": _(
                    "Without a modality it is offered for all. Chosen procedures see it first."
                ),
            },
        ),
        (
            _("Words"),
            {
                "fields": ("technique", "findings", "impression"),
                "description": _(
                    "Put what is to be filled in into square brackets: Liver [normal]. F2 jumps "
                    "from one to the next, and whoever signs is asked about those left over."
                ),
            },
        ),
    )


@admin.register(ReadingTarget)
class ReadingTargetAdmin(Exchanged):
    resource_classes = (ReadingTargetResource,)
    search_fields = ("priority",)
    list_display = ("priority", "minutes")
    list_editable = ("minutes",)


class VersionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ReportVersion
    fields = readonly_fields = ("number", "kind", "signed_by", "signed_at", "reason")
    extra = 0
    can_delete = False


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("study", "status", "urgency", "waiting_since", "claimed_by")
    list_filter = ("status", "urgency", "is_flagged")
    search_fields = ("study__accession_number", "study__study_instance_uid")
    list_select_related = ("study", "claimed_by")
    inlines = (VersionInline,)


@admin.register(PreliminaryNote)
class PreliminaryNoteAdmin(ReadOnlyAdmin):
    list_display = ("procedure", "verdict", "at", "by")
    list_filter = ("verdict",)
    search_fields = ("procedure__step_id",)
    list_select_related = ("procedure__procedure_type", "by")
