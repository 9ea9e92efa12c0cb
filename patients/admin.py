"""Patients are looked at here, never changed: identity moves by its verbs."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from patients.models import Alert, Patient


@admin.register(Patient)
class PatientAdmin(ReadOnlyAdmin):
    list_display = ("patient_id", "issuer", "birth_date", "sex", "is_provisional")
    list_filter = ("is_provisional", "is_confidential", "sex")
    search_fields = ("patient_id",)


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("patient", "kind", "severity", "is_active", "noted_at")
    list_filter = ("kind", "severity", "is_active")
