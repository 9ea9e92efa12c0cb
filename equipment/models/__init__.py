"""Rooms, devices, their time and their care."""

from equipment.models.device import Device, DeviceQuerySet, Modality, Room, RoomQuerySet
from equipment.models.maintenance import (
    Attachment,
    AttachmentQuerySet,
    MaintenanceEntry,
    MaintenanceEntryQuerySet,
    Part,
    WorkNote,
)
from equipment.models.node import Node, NodeQuerySet
from equipment.models.peer import AE_TITLE, Peer
from equipment.models.plan import MaintenanceKind, MaintenancePlan, MaintenancePlanQuerySet
from equipment.models.time import (
    Downtime,
    DowntimeQuerySet,
    OpeningHours,
    Reservation,
    ReservationQuerySet,
    StatusChange,
    StatusChangeQuerySet,
)

__all__ = [
    "AE_TITLE",
    "Attachment",
    "AttachmentQuerySet",
    "Device",
    "DeviceQuerySet",
    "Downtime",
    "DowntimeQuerySet",
    "MaintenanceEntry",
    "MaintenanceEntryQuerySet",
    "MaintenanceKind",
    "MaintenancePlan",
    "MaintenancePlanQuerySet",
    "Modality",
    "Node",
    "NodeQuerySet",
    "OpeningHours",
    "Part",
    "Peer",
    "Reservation",
    "ReservationQuerySet",
    "Room",
    "RoomQuerySet",
    "StatusChange",
    "StatusChangeQuerySet",
    "WorkNote",
]
