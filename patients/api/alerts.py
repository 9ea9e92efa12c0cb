"""The safety record for programs."""

from dataclasses import fields

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from patients import services
from patients.models import Alert, AlertQuerySet, Patient
from patients.services import Facts
from staff.access import StaffApiRequest

LARGEST_KEY = 2**63 - 1


class AlertSerializer(serializers.ModelSerializer[Alert]):
    """Something to know before touching the patient, how old it is, and whether it is over."""

    noted_by = serializers.CharField(source="noted_by.username", read_only=True, default=None)
    confirmed_by = serializers.CharField(
        source="confirmed_by.username", read_only=True, default=None
    )
    needs_asking = serializers.BooleanField(
        read_only=True, help_text="Older than the department's policy allows: ask again."
    )

    class Meta:
        model = Alert
        fields = (
            "id",
            "patient",
            "kind",
            "severity",
            "text",
            "is_absent",
            "source",
            "observed_on",
            "mr_condition",
            "mr_details",
            "egfr",
            "pregnancy_status",
            "noted_at",
            "noted_by",
            "confirmed_at",
            "confirmed_by",
            "needs_asking",
            "is_active",
            "ended_at",
            "end_reason",
            "replaced_by",
        )
        read_only_fields = fields


class NoteSerializer(serializers.Serializer[None]):
    """What to write down. Only the facts of its kind: an eGFR with its day, an MR condition, …"""

    patient = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    kind = serializers.ChoiceField(choices=Alert.Kind.choices)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    severity = serializers.ChoiceField(choices=Alert.Severity.choices, required=False)
    source = serializers.CharField(  # type: ignore[assignment]  # a word of ours and theirs
        max_length=100, required=False, allow_blank=True
    )
    is_absent = serializers.BooleanField(required=False, default=False)
    observed_on = serializers.DateField(required=False, allow_null=True)
    egfr = serializers.IntegerField(min_value=1, max_value=250, required=False, allow_null=True)
    mr_condition = serializers.ChoiceField(
        choices=Alert.MrCondition.choices, required=False, allow_blank=True
    )
    mr_details = serializers.CharField(max_length=200, required=False, allow_blank=True)
    pregnancy_status = serializers.ChoiceField(
        choices=Alert.Pregnancy.choices, required=False, allow_null=True
    )

    def facts(self) -> Facts:
        given = self.validated_data
        named = {field.name for field in fields(Facts)} & given.keys()
        return Facts(**{name: given[name] for name in named})


class ConfirmationSerializer(serializers.Serializer[None]):
    """Who said that it is still true."""

    source = serializers.CharField(  # type: ignore[assignment]  # a word of ours and theirs
        max_length=100, required=False, allow_blank=True, default=""
    )


class EndingSerializer(serializers.Serializer[None]):
    """Why it no longer holds."""

    reason = serializers.CharField(max_length=200)


class AlertFilter(filters.FilterSet):  # type: ignore[misc]
    """By patient, kind, and whether it is in force."""

    patient = filters.NumberFilter(min_value=1, max_value=LARGEST_KEY)
    kind = filters.MultipleChoiceFilter(choices=Alert.Kind.choices)

    class Meta:
        model = Alert
        fields = ("severity", "is_active", "is_absent")


class AlertViewSet(viewsets.ReadOnlyModelViewSet[Alert]):
    """Entries of the safety record, and what may be done with them."""

    request: StaffApiRequest
    queryset = Alert.objects.none()
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    action_permissions = {
        "list": "patients.view_patient",
        "retrieve": "patients.view_patient",
        "create": "patients.note_alert",
        "confirm": "patients.note_alert",
        "end": "patients.note_alert",
    }

    def get_queryset(self) -> AlertQuerySet:
        visible = Alert.objects.visible_to(self.request.user)
        return visible.with_ages().with_authors().newest_first()

    def said(self, alert: Alert, code: int = status.HTTP_200_OK) -> Response:
        return Response(AlertSerializer(self.get_queryset().get(pk=alert.pk)).data, status=code)

    @extend_schema(request=NoteSerializer, responses={201: AlertSerializer})
    def create(self, request: StaffApiRequest) -> Response:
        """Note something, or that somebody asked and there is nothing."""
        given = NoteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        visible = Patient.objects.visible_to(request.user)
        patient = get_object_or_404(visible, pk=given.validated_data["patient"])
        plain = {
            name: given.validated_data[name]
            for name in ("kind", "text", "severity", "source")
            if name in given.validated_data
        }
        noted = services.note_alert(patient, by=request.user, facts=given.facts(), **plain)
        return self.said(noted, status.HTTP_201_CREATED)

    @extend_schema(request=ConfirmationSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def confirm(self, request: StaffApiRequest, pk: str) -> Response:
        """It was asked again and is still true."""
        given = ConfirmationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        confirmed = services.confirm_alert(
            self.get_object(), by=request.user, **given.validated_data
        )
        return self.said(confirmed)

    @extend_schema(request=EndingSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def end(self, request: StaffApiRequest, pk: str) -> Response:
        """It no longer holds, and why."""
        given = EndingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        ended = services.end_alert(self.get_object(), by=request.user, **given.validated_data)
        return self.said(ended)
