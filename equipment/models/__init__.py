"""Rooms, devices, their time and their care."""

from equipment.models.device import AE_TITLE, Device, DeviceQuerySet, Modality, Room
from equipment.models.maintenance import (
    Attachment,
    MaintenanceEntry,
    MaintenanceEntryQuerySet,
    MaintenanceKind,
    MaintenancePlan,
    Part,
    WorkNote,
)
from equipment.models.node import Node, NodeQuerySet
from equipment.models.time import (
    Downtime,
    DowntimeQuerySet,
    OpeningHours,
    Reservation,
    ReservationQuerySet,
    StatusChange,
)

__all__ = [
    "AE_TITLE",
    "Attachment",
    "Device",
    "DeviceQuerySet",
    "Downtime",
    "DowntimeQuerySet",
    "MaintenanceEntry",
    "MaintenanceEntryQuerySet",
    "MaintenanceKind",
    "MaintenancePlan",
    "Modality",
    "Node",
    "NodeQuerySet",
    "OpeningHours",
    "Part",
    "Reservation",
    "ReservationQuerySet",
    "Room",
    "StatusChange",
    "WorkNote",
]
