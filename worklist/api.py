"""Scheduled procedures for programs: the same lists and the same verbs as the pages."""

import datetime as dt

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from equipment.models import Modality
from patients.models import Patient
from staff.access import StaffApiRequest
from worklist import services
from worklist.models import Order, ScheduledProcedure
from worklist.models.queries import ScheduledProcedureQuerySet
from worklist.reasons import REASONS


class PatientInBriefSerializer(serializers.ModelSerializer[Patient]):
    """Enough to know who is meant: two identifiers and the name."""

    class Meta:
        model = Patient
        fields = ("id", "patient_id", "issuer", "name_alphabetic", "birth_date", "sex")


class OrderSerializer(serializers.ModelSerializer[Order]):
    """What was asked for."""

    patient = PatientInBriefSerializer(read_only=True)

    class Meta:
        model = Order
        fields = (
            "id",
            "accession_number",
            "issuer",
            "requested_procedure_id",
            "study_instance_uid",
            "priority",
            "clinical_question",
            "ordering_physician",
            "ordered_at",
            "status",
            "patient",
        )


class ScheduledProcedureSerializer(serializers.ModelSerializer[ScheduledProcedure]):
    """One examination, on one device, at one time."""

    order = OrderSerializer(read_only=True)
    procedure = serializers.CharField(source="procedure_type.meaning", read_only=True)
    procedure_code = serializers.CharField(source="procedure_type.code", read_only=True)
    device = serializers.CharField(source="device.ae_title", read_only=True)
    room = serializers.CharField(source="device.room.name", read_only=True)
    modality = serializers.CharField(source="device.modality", read_only=True)

    class Meta:
        model = ScheduledProcedure
        fields = (
            "id",
            "step_id",
            "order",
            "procedure",
            "procedure_code",
            "device",
            "room",
            "modality",
            "side",
            "scheduled_start",
            "scheduled_end",
            "status",
            "arrived_at",
            "started_at",
            "ended_at",
            "reason_code",
            "reason",
            "comment",
            "images",
            "images_expected",
            "images_received",
            "last_image_at",
        )


class CompletionSerializer(serializers.Serializer[None]):
    """What whoever reads the images should know."""

    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class DiscontinuationSerializer(serializers.Serializer[None]):
    """A reason from CID 9301; code 110513 needs words too."""

    reason_code = serializers.ChoiceField(choices=list(REASONS))
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class ScheduledProcedureFilter(filters.FilterSet):  # type: ignore[misc]
    """The board's filters, by their own names."""

    day = filters.DateFilter(method="on_day", label="Scheduled on this day")
    modality = filters.ChoiceFilter(field_name="device__modality", choices=Modality.choices)
    status = filters.MultipleChoiceFilter(choices=ScheduledProcedure.Status.choices)
    accession_number = filters.CharFilter(field_name="order__accession_number")
    patient = filters.NumberFilter(field_name="order__patient")
    device = filters.CharFilter(field_name="device__ae_title")

    class Meta:
        model = ScheduledProcedure
        fields = ("step_id",)

    def on_day(
        self, found: ScheduledProcedureQuerySet, _: str, day: dt.date
    ) -> QuerySet[ScheduledProcedure]:
        return found.on(day)


class ScheduledProcedureViewSet(viewsets.ReadOnlyModelViewSet[ScheduledProcedure]):
    """Scheduled procedures, and the verbs that move them."""

    request: StaffApiRequest
    queryset = ScheduledProcedure.objects.none()
    serializer_class = ScheduledProcedureSerializer
    filterset_class = ScheduledProcedureFilter
    action_permissions = {
        "list": "worklist.view_scheduledprocedure",
        "retrieve": "worklist.view_scheduledprocedure",
        "arrive": "worklist.register_arrival",
        "start": "worklist.perform_procedure",
        "complete": "worklist.perform_procedure",
        "discontinue": "worklist.perform_procedure",
    }

    def get_queryset(self) -> ScheduledProcedureQuerySet:
        visible = ScheduledProcedure.objects.visible_to(self.request.user)
        return visible.with_board_details().in_time_order()

    def said(self, moved: ScheduledProcedure) -> Response:
        return Response(ScheduledProcedureSerializer(self.get_queryset().get(pk=moved.pk)).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], filterset_class=None)
    def arrive(self, request: StaffApiRequest, pk: str) -> Response:
        """The patient is here."""
        return self.said(services.register_arrival(self.get_object(), by=request.user))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], filterset_class=None)
    def start(self, request: StaffApiRequest, pk: str) -> Response:
        """The patient is on the table."""
        return self.said(services.start_procedure(self.get_object(), by=request.user))

    @extend_schema(request=CompletionSerializer, responses=ScheduledProcedureSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def complete(self, request: StaffApiRequest, pk: str) -> Response:
        """The examination is done."""
        given = CompletionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        comment = given.validated_data.get("comment")
        procedure = self.get_object()
        return self.said(services.complete_procedure(procedure, by=request.user, comment=comment))

    @extend_schema(
        request=DiscontinuationSerializer,
        responses={status.HTTP_200_OK: ScheduledProcedureSerializer},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def discontinue(self, request: StaffApiRequest, pk: str) -> Response:
        """The examination was stopped, and why."""
        given = DiscontinuationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return self.said(
            services.discontinue_procedure(
                self.get_object(), by=request.user, **given.validated_data
            )
        )
