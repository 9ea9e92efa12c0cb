"""The catalogue for programs, and when a device is free for a line of it."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from equipment.models import Device
from staff.access import StaffApiRequest
from worklist.api.shapes import FreeTimeSerializer, ProcedureTypeSerializer
from worklist.free_times import devices_for, free_times
from worklist.models import ProcedureType
from worklist.models.catalogue import ProcedureTypeQuerySet

SEE = ("worklist.view_scheduledprocedure", "worklist.place_order")
FARTHEST = dt.timedelta(days=730)


class ProcedureTypeFilter(filters.FilterSet):  # type: ignore[misc]
    """By code, modality, and whether it is still offered."""

    class Meta:
        model = ProcedureType
        fields = ("code", "modality", "is_active", "needs_side")


class ProcedureTypeViewSet(viewsets.ReadOnlyModelViewSet[ProcedureType]):
    """What this department performs, with guides and expected views. It is kept in the admin."""

    request: StaffApiRequest
    queryset = ProcedureType.objects.none()
    serializer_class = ProcedureTypeSerializer
    filterset_class = ProcedureTypeFilter
    action_permissions = {"list": SEE, "retrieve": SEE}

    def get_queryset(self) -> ProcedureTypeQuerySet:
        return ProcedureType.objects.with_guides()


class FreeTimesQuestion(serializers.Serializer[None]):
    """For which procedure, from when, on which device, how many."""

    procedure_code = serializers.SlugRelatedField(
        slug_field="code", queryset=ProcedureType.objects.all()
    )
    after = serializers.DateTimeField(required=False)
    device = serializers.SlugRelatedField(
        slug_field="ae_title", queryset=Device.objects.all(), required=False
    )
    most = serializers.IntegerField(required=False, default=12, min_value=1, max_value=100)

    def validate_after(self, after: dt.datetime) -> dt.datetime:
        if abs(after - timezone.now()) > FARTHEST:
            raise serializers.ValidationError(_("That is too far away: look at the year."))
        return max(after, timezone.now())


class FreeTimesViewSet(viewsets.ViewSet):
    """When a procedure could be done."""

    action_permissions = {"list": "worklist.view_scheduledprocedure"}

    @extend_schema(
        parameters=[FreeTimesQuestion], responses=FreeTimeSerializer(many=True), filters=False
    )
    def list(self, request: StaffApiRequest) -> Response:
        """The first free times of the devices that can do it, soonest first."""
        asked = FreeTimesQuestion(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        kind = given["procedure_code"]
        slots = free_times(
            [one for one in devices_for(kind) if one == given.get("device", one)],
            minutes=kind.minutes,
            after=given.get("after") or timezone.now(),
            most=given["most"],
        )
        return Response(FreeTimeSerializer(slots, many=True).data)  # type: ignore[arg-type]
