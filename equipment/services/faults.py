"""Faults, as whoever stands before the device reports them: in one call, once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from equipment.models import Device, MaintenanceEntry, MaintenanceKind, WorkNote
from equipment.services.attachments import Kept, hang_on, kept
from equipment.services.status import LONGEST_REASON, change_device_status

if TYPE_CHECKING:
    from staff.models import User

Effect, Status = MaintenanceEntry.Effect, Device.Status

# A fault makes a device worse, never better: nobody gives it back by reporting something.
WORSE: dict[tuple[str, str], str] = {
    (Status.AVAILABLE, Effect.LIMITED): Status.LIMITED,
    (Status.AVAILABLE, Effect.DOWN): Status.DOWN,
    (Status.LIMITED, Effect.DOWN): Status.DOWN,
    (Status.AWAITING_QC, Effect.DOWN): Status.DOWN,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What somebody sees, what it means for patients, and perhaps more."""

    symptom: str
    effect: str
    words: str = ""
    photos: "Sequence[UploadedFile[bytes]]" = ()
    token: uuid.UUID | None = None
    """Of the form that was sent: pressed twice, it is one report."""

    @property
    def title(self) -> str:
        """The first line of the words, or else the name of the symptom."""
        line = self.words.strip().split("\n")[0].strip()
        return line[:120] or str(MaintenanceEntry.Symptom(self.symptom).label)


def report_fault(device: Device, fault: Fault, *, by: "User") -> MaintenanceEntry:
    """Write a fault into the log and, as it says, limit the device or take it down."""
    with kept(fault.photos) as photos, transaction.atomic():
        device = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
        before = MaintenanceEntry.objects.of_token(fault.token)
        return before or _write(device, fault, photos, by)


def _write(device: Device, fault: Fault, photos: list[Kept], by: "User") -> MaintenanceEntry:
    if device.status == Status.RETIRED:
        raise Refused(_("%(device)s is retired: nobody uses it any more.") % {"device": device})
    entry = MaintenanceEntry(
        device=device,
        kind=MaintenanceKind.CORRECTIVE,
        symptom=fault.symptom,
        effect=fault.effect,
        title=fault.title,
        description=fault.words.strip(),
        opened_by=by,
        token=fault.token,
    )
    entry.full_clean()
    entry.save()
    hang_on(entry, photos, by=by)
    record("fault.reported", entry, by=by, device=device.pk, effect=fault.effect)
    wanted = WORSE.get((device.status, fault.effect))
    if wanted is not None:
        reason = _reason(entry, fault)
        change_device_status(device, wanted, by=by, reason=reason, entry=entry)
    transaction.on_commit(partial(poke, "devices", f"maintenance-{entry.pk}"))
    return entry


def _reason(entry: MaintenanceEntry, fault: Fault) -> str:
    """What stands on the wall: the symptom, and the words if there are any."""
    symptom = entry.get_symptom_display() or entry.title
    words = " ".join(fault.words.split())
    return (f"{symptom}: {words}" if words else symptom)[:LONGEST_REASON]


def add_to_fault(entry: MaintenanceEntry, fault: Fault, *, by: "User") -> MaintenanceEntry:
    """Somebody else sees the same, or has a photo: one more line in its log, not a second fault.

    What it means may have become worse since: then the device is limited or taken down now.
    """
    with kept(fault.photos) as photos, transaction.atomic():
        device = Device.objects.select_for_update(no_key=True).get(pk=entry.device_id)
        entry = MaintenanceEntry.objects.select_for_update().get(pk=entry.pk)
        if entry.is_done:
            raise Refused(_("This was mended in the meantime. Report it as a new fault."))
        if WorkNote.objects.was_sent(fault.token):
            return entry
        words = fault.words.strip() or (_("Photo.") if photos else _("Seen again."))
        WorkNote.objects.create(entry=entry, by=by, text=words, token=fault.token)
        hang_on(entry, photos, by=by)
        record("fault.added_to", entry, by=by, device=device.pk, effect=fault.effect)
        _make_worse(entry, device, fault, by)
        transaction.on_commit(partial(poke, "devices", f"maintenance-{entry.pk}"))
        return entry


def _make_worse(entry: MaintenanceEntry, device: Device, fault: Fault, by: "User") -> None:
    severity = list(Effect.values).index
    if severity(fault.effect) > severity(entry.effect):
        entry.effect = fault.effect
        entry.save(update_fields=["effect"])
    wanted = WORSE.get((device.status, fault.effect))
    if wanted is not None:
        change_device_status(device, wanted, by=by, reason=_reason(entry, fault), entry=entry)
