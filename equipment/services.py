"""Who is calling, and what they may do."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from equipment.models import Device, Node
from equipment.signals import device_status_changed

if TYPE_CHECKING:
    from staff.models import User


@dataclass(frozen=True, slots=True)
class Caller:
    """A machine that the department knows, as the gateway needs it."""

    ae_title: str
    name: str
    device_pk: int | None
    may_store: bool
    may_query_worklist: bool
    may_retrieve: bool
    character_set: str
    shows_started: bool = False
    own_station: str = ""
    """The station whose steps it may see; empty: every station's."""


def identify_caller(ae_title: str, address: str) -> Caller | None:
    """The machine behind a calling AE title and address, or None when nobody registered it.

    Raises DatabaseError when the tables cannot be asked.
    """
    title = ae_title.strip()
    device = Device.objects.not_retired().filter(ae_title=title).first()
    if device is not None and _calls_from(device.address, address):
        Device.objects.filter(pk=device.pk).update(last_heard_at=timezone.now())
        return Caller(
            ae_title=title,
            name=device.name,
            device_pk=device.pk,
            may_store=device.may_store,
            may_query_worklist=device.may_query_worklist,
            may_retrieve=False,
            character_set=device.character_set,
            shows_started=device.shows_started,
            own_station="" if device.shows_all_stations else title,
        )
    node = Node.objects.filter(ae_title=title).first()
    if node is not None and _calls_from(node.address, address):
        Node.objects.filter(pk=node.pk).update(last_heard_at=timezone.now())
        return Caller(
            ae_title=title,
            name=node.name,
            device_pk=None,
            may_store=node.may_store,
            may_query_worklist=node.may_query_worklist,
            may_retrieve=node.may_retrieve,
            character_set=node.character_set,
        )
    return None


def _calls_from(registered: str | None, address: str) -> bool:
    return registered is None or registered == address.removeprefix("::ffff:")


@transaction.atomic
def change_device_status(device: Device, wanted: str, *, by: "User", reason: str) -> Device:
    """Say that a device is down, in service or fit again. Refused without a reason."""
    if not reason.strip():
        raise Refused(_("Say why, in a few words: whoever stands before the device wants to know."))
    device = Device.objects.select_for_update().get(pk=device.pk)
    before = device.status
    device.move_to(wanted)
    device.status_reason = reason.strip()[:200]
    device.full_clean()
    device.save(update_fields=["status", "status_reason"])
    record("device.status_changed", device, by=by, was=before, now=wanted)
    device_status_changed.send(Device, device=device, was=before, by=by)
    transaction.on_commit(partial(poke, "devices", "board"))
    return device
