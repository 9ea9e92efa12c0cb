"""Invented rooms, machines, and what befalls them."""

import datetime as dt
import io

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from equipment.models import (
    Device,
    Downtime,
    MaintenanceEntry,
    MaintenancePlan,
    Modality,
    Node,
    Room,
)


class RoomFactory(factory.django.DjangoModelFactory[Room]):
    class Meta:
        model = Room

    code = factory.Sequence(lambda n: f"ROOM{n}")
    name = factory.Sequence(lambda n: f"Room {n}")


class DeviceFactory(factory.django.DjangoModelFactory[Device]):
    class Meta:
        model = Device

    name = factory.Sequence(lambda n: f"CT {n}")
    room = factory.SubFactory(RoomFactory)
    modality = Modality.CT
    ae_title = factory.Sequence(lambda n: f"CT{n:04d}")


class NodeFactory(factory.django.DjangoModelFactory[Node]):
    class Meta:
        model = Node

    name = factory.Sequence(lambda n: f"Workstation {n}")
    ae_title = factory.Sequence(lambda n: f"WS{n:04d}")


class EntryFactory(factory.django.DjangoModelFactory[MaintenanceEntry]):
    class Meta:
        model = MaintenanceEntry

    device = factory.SubFactory(DeviceFactory)
    title = factory.Sequence(lambda n: f"Table squeaks {n}")


class PlanFactory(factory.django.DjangoModelFactory[MaintenancePlan]):
    class Meta:
        model = MaintenancePlan

    device = factory.SubFactory(DeviceFactory)
    title = factory.Sequence(lambda n: f"Yearly inspection {n}")
    rrule = "FREQ=MONTHLY;INTERVAL=3"
    starts_on = factory.LazyFunction(timezone.localdate)
    next_due_on = factory.SelfAttribute("starts_on")


class BlockFactory(factory.django.DjangoModelFactory[Downtime]):
    """A planned block, from in an hour, for two hours."""

    class Meta:
        model = Downtime

    device = factory.SubFactory(DeviceFactory)
    cause = Downtime.Cause.MAINTENANCE
    starts_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(hours=1))
    ends_at = factory.LazyAttribute(lambda block: block.starts_at + dt.timedelta(hours=2))
    is_planned = True


def photo(
    size: tuple[int, int] = (64, 48), kind: str = "JPEG", name: str = "IMG_1.jpg", **options: object
) -> SimpleUploadedFile:
    """A photo as a telephone sends it."""
    out = io.BytesIO()
    Image.new("RGB", size, "#345678").save(out, kind, **options)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def report(name: str = "service report.pdf") -> SimpleUploadedFile:
    """A service report as a company sends it."""
    return SimpleUploadedFile(name, b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n", "application/pdf")
