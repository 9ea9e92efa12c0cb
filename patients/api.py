"""Patients for programs. Opening one is recorded, as on the pages."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from audit.services import record
from patients.models import Alert, Patient, PatientQuerySet
from staff.access import StaffApiRequest


class AlertSerializer(serializers.ModelSerializer[Alert]):
    """Something to know before touching the patient."""

    class Meta:
        model = Alert
        fields = ("kind", "severity", "text", "source", "noted_at")


class PatientSerializer(serializers.ModelSerializer[Patient]):
    """Who it is: names as DICOM component groups."""

    alerts = AlertSerializer(many=True, read_only=True)

    class Meta:
        model = Patient
        fields = (
            "id",
            "patient_id",
            "issuer",
            "name_alphabetic",
            "name_ideographic",
            "name_phonetic",
            "birth_date",
            "sex",
            "language",
            "is_confidential",
            "is_provisional",
            "alerts",
        )


class PatientFilter(filters.FilterSet):  # type: ignore[misc]
    """`q` is the search of the patients' page; the others match exactly."""

    q = filters.CharFilter(method="by_words", label="Name, record number, accession or birth date")

    class Meta:
        model = Patient
        fields = ("patient_id", "issuer", "birth_date", "is_provisional")

    def by_words(self, found: PatientQuerySet, _: str, words: str) -> QuerySet[Patient]:
        return found.matching(words)


class PatientViewSet(viewsets.ReadOnlyModelViewSet[Patient]):
    """Patients of the department."""

    request: StaffApiRequest
    queryset = Patient.objects.none()
    serializer_class = PatientSerializer
    filterset_class = PatientFilter
    action_permissions = {"list": "patients.view_patient", "retrieve": "patients.view_patient"}

    def get_queryset(self) -> PatientQuerySet:
        return Patient.objects.visible_to(self.request.user).with_alerts().in_name_order()

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        patient = self.get_object()
        record("patient.viewed", patient, by=self.request.user, patient=patient, how="api")
        return Response(self.get_serializer(patient).data)
