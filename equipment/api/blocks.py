"""Downtimes: planned blocks with their verbs, and the time that was lost to faults."""

import datetime as dt

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from equipment import services
from equipment.api.answers import KEY, REFUSED, read
from equipment.models import Device, Downtime, DowntimeQuerySet
from equipment.services import Block
from staff.access import StaffApiRequest

CAUSES = [choice for choice in Downtime.Cause.choices if choice[0] != Downtime.Cause.FAULT]


class DowntimeSerializer(serializers.ModelSerializer[Downtime]):
    """A device takes no patient from one moment to another, and why."""

    device_name = serializers.CharField(source="device.name", read_only=True)

    class Meta:
        model = Downtime
        fields = (
            *("id", "device", "device_name", "cause", "reason", "starts_at", "ends_at"),
            *("is_planned", "entry", "noted_at", "withdrawn_at"),
        )
        read_only_fields = fields


class BlockPeriodSerializer(serializers.Serializer[None]):
    """From when until when."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class BlockSerializer(BlockPeriodSerializer):
    """A planned time without patients."""

    device = serializers.PrimaryKeyRelatedField(queryset=Device.objects.not_retired())
    cause = serializers.ChoiceField(choices=CAUSES)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class DowntimeFilter(filters.FilterSet):  # type: ignore[misc]
    day = filters.DateFilter(method="on_day", label="Takes part of this day")
    is_open = filters.BooleanFilter(field_name="ends_at", lookup_expr="isnull")

    class Meta:
        model = Downtime
        fields = ("device", "cause", "is_planned")

    def on_day(self, found: DowntimeQuerySet, _: str, day: dt.date) -> DowntimeQuerySet:
        return found.touching(day)


class DowntimeViewSet(viewsets.ReadOnlyModelViewSet[Downtime]):
    """Planned blocks and unplanned downtimes."""

    request: StaffApiRequest
    queryset = Downtime.objects.none()
    serializer_class = DowntimeSerializer
    filterset_class = DowntimeFilter
    lookup_value_regex = KEY
    action_permissions = {
        "list": "equipment.view_device",
        "retrieve": "equipment.view_device",
        "create": "equipment.block_device",
        "move": "equipment.block_device",
        "withdraw": "equipment.block_device",
    }

    def get_queryset(self) -> DowntimeQuerySet:
        return Downtime.objects.visible_to(self.request.user).with_device()

    def said(self, block: Downtime) -> dict[str, object]:
        return dict(DowntimeSerializer(self.get_queryset().get(pk=block.pk)).data)

    @extend_schema(request=BlockSerializer, responses={201: DowntimeSerializer} | REFUSED)
    def create(self, request: StaffApiRequest) -> Response:
        """Keep a device free of patients for a while."""
        given = read(BlockSerializer, request)
        block = services.plan_block(given.pop("device"), Block(**given), by=request.user)
        return Response(self.said(block), status=status.HTTP_201_CREATED)

    @extend_schema(request=BlockPeriodSerializer, responses={200: DowntimeSerializer} | REFUSED)
    @action(detail=True, methods=["post"], filterset_class=None)
    def move(self, request: StaffApiRequest, pk: str) -> Response:
        """Put a block at another time."""
        block, given = self.get_object(), read(BlockPeriodSerializer, request)
        period = (given["starts_at"], given["ends_at"])
        return Response(self.said(services.move_block(block, period, by=request.user)))

    @extend_schema(request=None, responses={200: DowntimeSerializer} | REFUSED)
    @action(detail=True, methods=["post"], filterset_class=None)
    def withdraw(self, request: StaffApiRequest, pk: str) -> Response:
        """Give the time back to patients; a block that has begun ends now."""
        return Response(self.said(services.withdraw_block(self.get_object(), by=request.user)))
