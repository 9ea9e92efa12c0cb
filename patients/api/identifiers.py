"""Other numbers of patients, and the history of corrections, for programs."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from patients import services
from patients.api.alerts import LARGEST_KEY
from patients.models import Correction, Identifier, Patient
from staff.access import StaffApiRequest


class IdentifierSerializer(serializers.ModelSerializer[Identifier]):
    """Another number the same person is known by."""

    class Meta:
        model = Identifier
        fields = ("id", "patient", "kind", "value", "issuer")
        read_only_fields = fields


class AddedIdentifierSerializer(serializers.Serializer[None]):
    """A number, its kind and who gave it."""

    patient = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    kind = serializers.ChoiceField(choices=Identifier.Kind.choices)
    value = serializers.CharField(max_length=64)
    issuer = serializers.CharField(max_length=64, required=False, allow_blank=True)


class RemovalSerializer(serializers.Serializer[None]):
    """Why the number is not the patient's."""

    reason = serializers.CharField(max_length=200)


class CorrectionSerializer(serializers.ModelSerializer[Correction]):
    """What was and what is, by field."""

    by = serializers.CharField(source="by.username", read_only=True)
    changes = serializers.SerializerMethodField(help_text="Field: [was, is].")

    class Meta:
        model = Correction
        fields = ("id", "patient", "at", "by", "reason", "changes")
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_changes(self, correction: Correction) -> dict[str, list[object]]:
        changes: dict[str, list[object]] = correction.changes
        return changes


class OfPatientFilter(filters.FilterSet):  # type: ignore[misc]
    """By patient."""

    patient = filters.NumberFilter(min_value=1, max_value=LARGEST_KEY)


class IdentifierViewSet(viewsets.ReadOnlyModelViewSet[Identifier]):
    """Other numbers of patients."""

    request: StaffApiRequest
    queryset = Identifier.objects.none()
    serializer_class = IdentifierSerializer
    filterset_class = OfPatientFilter
    action_permissions = {
        "list": "patients.view_patient",
        "retrieve": "patients.view_patient",
        "create": "patients.correct_patient",
        "remove": "patients.correct_patient",
    }

    def get_queryset(self) -> QuerySet[Identifier]:
        return Identifier.objects.visible_to(self.request.user).in_order()

    @extend_schema(request=AddedIdentifierSerializer, responses={201: IdentifierSerializer})
    def create(self, request: StaffApiRequest) -> Response:
        """Note another number of a patient."""
        given = AddedIdentifierSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        number = dict(given.validated_data)
        visible = Patient.objects.visible_to(request.user)
        patient = get_object_or_404(visible, pk=number.pop("patient"))
        added = services.add_identifier(patient, by=request.user, **number)
        return Response(IdentifierSerializer(added).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=RemovalSerializer, responses={204: None})
    @action(detail=True, methods=["post"], filterset_class=None)
    def remove(self, request: StaffApiRequest, pk: str) -> Response:
        """Take away a number that was never this person's; the corrections keep it."""
        given = RemovalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.remove_identifier(self.get_object(), by=request.user, **given.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CorrectionViewSet(viewsets.ReadOnlyModelViewSet[Correction]):
    """How identities were corrected. Nobody changes that."""

    request: StaffApiRequest
    queryset = Correction.objects.none()
    serializer_class = CorrectionSerializer
    filterset_class = OfPatientFilter
    action_permissions = {"list": "patients.view_patient", "retrieve": "patients.view_patient"}

    def get_queryset(self) -> QuerySet[Correction]:
        return Correction.objects.visible_to(self.request.user).newest_first()
