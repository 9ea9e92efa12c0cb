"""What stands in the way of starting, as the service refuses it and the page explains it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from equipment.models import Device
from worklist.models import ScheduledProcedure


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One sentence, and the procedure that is in the way if one is."""

    sentence: str
    procedure_pk: int | None = None


def obstacle_to_start(procedure: ScheduledProcedure, device: Device) -> Obstacle | None:
    """Why a person cannot start `procedure` on `device` now; None when nothing is in the way."""
    if not device.takes_patients:
        return Obstacle(
            _("%(device)s is %(state)s: move the procedure to another device.")
            % {"device": device, "state": device.get_status_display().lower()}
        )
    others = ScheduledProcedure.objects.on_device(device.pk).in_progress().with_patient()
    other = others.exclude(pk=procedure.pk).first()
    if other is None:
        return None
    return Obstacle(
        _("%(device)s already has a patient on the table. Finish %(procedure)s first.")
        % {"device": device, "procedure": other},
        other.pk,
    )
