"""The catalogue is kept here; orders and procedures are only looked at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin
from worklist.models import Order, ProcedureType, ScheduledProcedure


@admin.register(ProcedureType)
class ProcedureTypeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "code",
        "meaning",
        "modality",
        "body_part",
        "minutes",
        "expected_images",
        "needs_side",
        "is_active",
    )
    list_filter = ("modality", "is_active", "needs_side")
    search_fields = ("code", "meaning", "body_part")
    fieldsets = (
        (None, {"fields": ("code", "scheme", "meaning", "is_active")}),
        (
            _("How it is done"),
            {"fields": ("modality", "body_part", "needs_side", "minutes", "expected_images")},
        ),
        (
            _("Guide for the technician"),
            {
                "fields": ("preparation", "positioning"),
                "description": _("Shown on the page of every such procedure."),
            },
        ),
    )


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("accession_number", "procedure_type", "priority", "status", "ordered_at")
    list_filter = ("status", "priority")
    search_fields = ("accession_number",)


@admin.register(ScheduledProcedure)
class ScheduledProcedureAdmin(ReadOnlyAdmin):
    list_display = ("step_id", "procedure_type", "device", "scheduled_start", "status", "images")
    list_filter = ("status", "images", "device")
    search_fields = ("step_id", "order__accession_number")
