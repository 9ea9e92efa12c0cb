"""Rooms, devices and their care for programs: the same lists and the same verbs as the pages."""

from equipment.api.blocks import DowntimeViewSet
from equipment.api.devices import DeviceViewSet, RoomViewSet
from equipment.api.maintenance import MaintenanceEntryViewSet
from equipment.api.nodes import NodeViewSet
from equipment.api.plans import MaintenancePlanViewSet

__all__ = [
    "DeviceViewSet",
    "DowntimeViewSet",
    "MaintenanceEntryViewSet",
    "MaintenancePlanViewSet",
    "NodeViewSet",
    "RoomViewSet",
]
