"""Rooms, and devices: how they stand, what is wrong with them, how available they were."""

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from equipment import services
from equipment.api.answers import KEY, REFUSED, read
from equipment.api.maintenance import MaintenanceEntrySerializer, entry_said
from equipment.availability import Availability, availability_of
from equipment.models import Device, DeviceQuerySet, MaintenanceEntry, Room, RoomQuerySet
from equipment.services import Fault
from staff.access import StaffApiRequest


class RoomSerializer(serializers.ModelSerializer[Room]):
    """Where examinations happen."""

    class Meta:
        model = Room
        fields = ("id", "code", "name", "location")


class DeviceSerializer(serializers.ModelSerializer[Device]):
    """One modality."""

    room = serializers.CharField(source="room.name", read_only=True)
    room_code = serializers.CharField(source="room.code", read_only=True)

    class Meta:
        model = Device
        fields = (
            *("id", "name", "room", "room_code", "modality", "ae_title"),
            *("maker", "model_name", "serial_number", "software"),
            *("installed_on", "warranty_until", "contract", "contract_until"),
            *("status", "status_reason", "takes_patients", "last_heard_at"),
        )

    takes_patients = serializers.BooleanField(read_only=True)


class NewStatusSerializer(serializers.Serializer[None]):
    """Where a device goes, and why."""

    status = serializers.ChoiceField(choices=Device.Status.choices)
    reason = serializers.CharField(max_length=200)


class FaultSerializer(serializers.Serializer[None]):
    """What is wrong, and what it means for patients. One token, sent twice, is one report."""

    symptom = serializers.ChoiceField(choices=MaintenanceEntry.Symptom.choices)
    effect = serializers.ChoiceField(choices=MaintenanceEntry.Effect.choices)
    words = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    token = serializers.UUIDField(required=False)


class AvailabilitySerializer(serializers.Serializer[Availability]):
    """How much of the planned time a device could be used, with the parts to check it."""

    days = serializers.IntegerField(read_only=True)
    since = serializers.DateField(read_only=True)
    planned_minutes = serializers.IntegerField(read_only=True)
    unplanned_minutes = serializers.IntegerField(read_only=True)
    blocked_minutes = serializers.IntegerField(read_only=True)
    percent = serializers.SerializerMethodField()
    percent_unplanned_only = serializers.SerializerMethodField()

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_percent(self, over: Availability) -> float | None:
        return over.share

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_percent_unplanned_only(self, over: Availability) -> float | None:
        return over.share_unplanned


class RoomViewSet(viewsets.ReadOnlyModelViewSet[Room]):
    """Rooms of the department."""

    request: StaffApiRequest
    queryset = Room.objects.none()
    serializer_class = RoomSerializer
    lookup_value_regex = KEY
    filterset_fields = ("code",)
    action_permissions = {"list": "equipment.view_device", "retrieve": "equipment.view_device"}

    def get_queryset(self) -> RoomQuerySet:
        return Room.objects.visible_to(self.request.user)


class DeviceViewSet(viewsets.ReadOnlyModelViewSet[Device]):
    """Devices of the department, and what may be done with them."""

    request: StaffApiRequest
    queryset = Device.objects.none()
    serializer_class = DeviceSerializer
    lookup_value_regex = KEY
    filterset_fields = ("modality", "status", "ae_title", "room")
    action_permissions = {
        "list": "equipment.view_device",
        "retrieve": "equipment.view_device",
        "availability": "equipment.view_device",
        "change_status": "equipment.change_device",
        "report_fault": "equipment.report_fault",
    }

    def get_queryset(self) -> DeviceQuerySet:
        return Device.objects.visible_to(self.request.user).with_room()

    @extend_schema(responses=AvailabilitySerializer(many=True))
    @action(detail=True, filterset_fields=None, pagination_class=None)
    def availability(self, request: StaffApiRequest, pk: str) -> Response:
        """Over the last 30, 90 and 365 days."""
        over = availability_of(self.get_object())
        return Response([AvailabilitySerializer(one).data for one in over])

    @extend_schema(request=NewStatusSerializer, responses={200: DeviceSerializer} | REFUSED)
    @action(detail=True, methods=["post"])
    def change_status(self, request: StaffApiRequest, pk: str) -> Response:
        """Down, in service, awaiting QC, fit again: with a reason."""
        device, given = self.get_object(), read(NewStatusSerializer, request)
        services.change_device_status(
            device, given["status"], by=request.user, reason=given["reason"]
        )
        return Response(DeviceSerializer(self.get_object()).data)

    @extend_schema(request=FaultSerializer, responses={201: MaintenanceEntrySerializer} | REFUSED)
    @action(detail=True, methods=["post"])
    def report_fault(self, request: StaffApiRequest, pk: str) -> Response:
        """Something is wrong: written down, and as it says the device is limited or taken down."""
        device, given = self.get_object(), read(FaultSerializer, request)
        entry = services.report_fault(device, Fault(**given), by=request.user)
        return Response(entry_said(request, entry.pk), status=status.HTTP_201_CREATED)
