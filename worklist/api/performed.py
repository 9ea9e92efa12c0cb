"""Performed steps for programs: what was done, and where a report belongs that fits nothing."""

from django.db.models import Count, Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from audit.services import record
from staff.access import StaffApiRequest
from worklist import services
from worklist.api.listening import told
from worklist.api.shapes import SettlementSerializer, VisibleKeyField
from worklist.models import PerformedProcedure, PerformedSeries, ScheduledProcedure

SEE, SETTLE = "worklist.view_scheduledprocedure", "worklist.settle_discrepancy"


class PerformedSeriesSerializer(serializers.ModelSerializer[PerformedSeries]):
    """A series that the modality lists."""

    objects = serializers.IntegerField(source="object_count", read_only=True)

    class Meta:
        model = PerformedSeries
        fields = ("uid", "description", "protocol", "operators", "modality", "objects")


class ReportedStepSerializer(serializers.ModelSerializer[PerformedProcedure]):
    """One performed step. `why_unplaced` says why a modality's report waits for a person."""

    device = serializers.CharField(source="device.ae_title", read_only=True, default=None)
    procedures = serializers.PrimaryKeyRelatedField(many=True, read_only=True)  # type: ignore[var-annotated]
    series = PerformedSeriesSerializer(many=True, read_only=True)
    is_unplaced = serializers.SerializerMethodField()

    class Meta:
        model = PerformedProcedure
        fields = (
            *("id", "uid", "source", "device", "status", "started_at", "ended_at", "reason_code"),
            *("patient", "procedures", "reported_by", "reported_status", "series"),
            *("is_unplaced", "why_unplaced", "settled_at", "settled_how"),
        )

    def get_is_unplaced(self, step: PerformedProcedure) -> bool:
        return bool(step.why_unplaced) and step.settled_at is None


class PlacementSerializer(serializers.Serializer[None]):
    """The procedure that it was done for."""

    procedure = VisibleKeyField(queryset=ScheduledProcedure.objects.all())


class PerformedStepFilter(filters.FilterSet):  # type: ignore[misc]
    """By procedure, patient, device, source, and whether a person has to place it."""

    is_unplaced = filters.BooleanFilter(
        method="only_unplaced", label="No procedure fits, and nobody has decided yet"
    )
    procedure = filters.NumberFilter(field_name="procedures")
    patient = filters.NumberFilter(field_name="patient")
    device = filters.CharFilter(field_name="device__ae_title")

    class Meta:
        model = PerformedProcedure
        fields = ("status", "source", "uid")

    def only_unplaced(
        self, steps: QuerySet[PerformedProcedure], _name: str, value: bool
    ) -> QuerySet[PerformedProcedure]:
        unplaced = Q(pk__in=PerformedProcedure.objects.unplaced().values("pk"))
        return steps.filter(unplaced) if value else steps.exclude(unplaced)


class PerformedStepViewSet(viewsets.ReadOnlyModelViewSet[PerformedProcedure]):
    """What was really done, as modalities, images or people here told it; the newest first."""

    request: StaffApiRequest
    queryset = PerformedProcedure.objects.none()
    serializer_class = ReportedStepSerializer
    filterset_class = PerformedStepFilter
    lookup_value_regex = "[0-9]{1,18}"
    action_permissions = {"list": SEE, "retrieve": SEE, "place": SETTLE, "settle": SETTLE}

    def get_queryset(self) -> QuerySet[PerformedProcedure]:
        visible = PerformedProcedure.objects.visible_to(self.request.user)
        counted = PerformedSeries.objects.annotate(object_count=Count("listed"))
        series = Prefetch("series", queryset=counted)
        return visible.with_details().prefetch_related("procedures", series).order_by("-pk")

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        step = self.get_object()
        record("performed.viewed", step, by=self.request.user, patient=step.patient)
        return Response(self.get_serializer(step).data)

    def said(self, step: PerformedProcedure) -> Response:
        return Response(ReportedStepSerializer(self.get_queryset().get(pk=step.pk)).data)

    @extend_schema(request=PlacementSerializer, responses=ReportedStepSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def place(self, request: StaffApiRequest, pk: str) -> Response:
        """Say for which procedure it was done; the procedure follows what was reported."""
        step, given = self.get_object(), told(PlacementSerializer, request)
        return self.said(services.place_performed(step, given["procedure"], by=request.user))

    @extend_schema(request=SettlementSerializer, responses=ReportedStepSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def settle(self, request: StaffApiRequest, pk: str) -> Response:
        """Say that it belongs to no procedure, and what it was."""
        step, given = self.get_object(), told(SettlementSerializer, request)
        return self.said(services.settle_performed(step, by=request.user, **given))
