"""What the frame of every page says of the machines."""

from django.urls import reverse
from django.utils.translation import gettext as _

from equipment.models import Device
from staff.models import User
from staff.places import Notice, finds_notices


@finds_notices
def devices_out_of_service(user: User) -> list[Notice]:
    """Every machine that takes no patient now, and why."""
    devices = Device.objects.visible_to(user).out_of_service().with_room()
    return [
        Notice(_sentence(device), reverse("equipment:device", args=[device.pk]))
        for device in devices
    ]


def _sentence(device: Device) -> str:
    words = {
        "device": device.name,
        "state": device.get_status_display(),
        "why": device.status_reason,
    }
    if device.status_reason:
        return _("%(device)s: %(state)s. %(why)s") % words
    return _("%(device)s: %(state)s.") % words
