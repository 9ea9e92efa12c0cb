"""Patients are looked at here, never changed: identity and safety move by their verbs."""

from django.contrib import admin

from common.admin import Exchanged, ReadOnlyAdmin
from patients.models import Alert, AskAgain, Patient
from patients.resources import AskAgainResource


@admin.register(Patient)
class PatientAdmin(ReadOnlyAdmin):
    list_display = ("patient_id", "issuer", "birth_date", "sex", "is_provisional")
    list_filter = ("is_provisional", "is_confidential", "sex")
    search_fields = ("patient_id",)


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("patient", "kind", "severity", "is_active", "noted_at")
    list_select_related = ("patient",)
    search_fields = ("patient__patient_id",)
    list_filter = ("kind", "severity", "is_active")


@admin.register(AskAgain)
class AskAgainAdmin(Exchanged):
    """Local policy: after how many days an entry of the safety record is asked again."""

    resource_classes = (AskAgainResource,)
    list_display = ("kind", "valid_days")
    list_filter = ("kind",)
    search_fields = ("kind",)
    list_editable = ("valid_days",)
