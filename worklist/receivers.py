"""What the worklist does when a lower app has news."""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from common.live import poke
from equipment.models import Device
from equipment.signals import device_status_changed
from worklist import services


@receiver(device_status_changed)
def look_after_the_booked(device: Device, **_: Any) -> None:
    """Retiring a device is refused while patients are booked on it; otherwise whoever plans is told
    (the notices count who is stranded, see `frame.py`)."""
    if device.status == Device.Status.RETIRED:
        services.refuse_to_retire(device)
    transaction.on_commit(partial(poke, "schedule", f"stranded-{device.pk}"))
