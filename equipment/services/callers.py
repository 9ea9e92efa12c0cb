"""Who is calling, and what they may do."""

from dataclasses import dataclass

from django.utils import timezone

from equipment.models import Device, Node


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
