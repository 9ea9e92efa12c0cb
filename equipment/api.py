"""Devices for programs: how they stand, and how they call themselves."""

from rest_framework import serializers, viewsets

from equipment.models import Device, DeviceQuerySet
from staff.access import StaffApiRequest


class DeviceSerializer(serializers.ModelSerializer[Device]):
    """One modality."""

    room = serializers.CharField(source="room.name", read_only=True)

    class Meta:
        model = Device
        fields = (
            "id",
            "name",
            "room",
            "modality",
            "ae_title",
            "maker",
            "model_name",
            "status",
            "status_reason",
            "last_heard_at",
        )


class DeviceViewSet(viewsets.ReadOnlyModelViewSet[Device]):
    """Devices of the department."""

    request: StaffApiRequest
    queryset = Device.objects.none()
    serializer_class = DeviceSerializer
    filterset_fields = ("modality", "status", "ae_title")
    action_permissions = {"list": "equipment.view_device", "retrieve": "equipment.view_device"}

    def get_queryset(self) -> DeviceQuerySet:
        return Device.objects.visible_to(self.request.user).with_room()
