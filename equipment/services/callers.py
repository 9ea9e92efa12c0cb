"""Who is calling, and what they may do."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, models
from django.utils import timezone

from common.questions import asked_again
from equipment.models import Device, Node

Called = TypeVar("Called", Device, Node)
HEARD_EVERY = dt.timedelta(seconds=5)
PEER_FACTS = (
    *("ae_title", "name", "character_set", "must_use_tls"),
    *("may_store", "may_query_worklist", "may_report_steps", "may_ask_commitment", "may_retrieve"),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A machine that the department knows, as the gateway needs it."""

    ae_title: str
    name: str
    device_pk: int | None
    may_store: bool
    may_query_worklist: bool
    may_report_steps: bool
    may_ask_commitment: bool
    may_retrieve: bool
    must_use_tls: bool
    character_set: str
    node_pk: int | None = None
    shows_started: bool = False
    shows_on_hold: bool = False
    own_station: str = ""
    """The station whose steps it may see; empty: every station's."""


def identify_caller(ae_title: str, address: str) -> Caller | None:
    """The machine behind a calling AE title and address, or None when nobody registered it.

    Raises DatabaseError when the tables cannot be asked.
    """
    title = ae_title.strip()
    device = _called(Device, Device.objects.not_retired, title)
    if device is not None and _calls_from(device.address, address):
        _note_call(device)
        return caller_of(device)
    node = _called(Node, Node.objects.all, title)
    if node is not None and _calls_from(node.address, address):
        _note_call(node)
        return caller_of(node)
    return None


def _called(
    model: type[Called], peers: Callable[[], "models.QuerySet[Called]"], title: str
) -> Called | None:
    """Asked for every association, and some machines make one for every image."""
    row = asked_again(
        ("called", model), lambda title: peers().filter(ae_title=title).order_by("pk"), title
    )
    names = [field.attname for field in model._meta.concrete_fields]
    return None if row is None else model.from_db(DEFAULT_DB_ALIAS, names, row)


def _note_call(peer: Called) -> None:
    """It is alive. Whoever calls for every image is not noted for each."""
    now = timezone.now()
    if peer.last_heard_at is None or now - peer.last_heard_at > HEARD_EVERY:
        type(peer).objects.filter(pk=peer.pk).update(last_heard_at=now)


def caller_of(peer: Device | Node) -> Caller:
    """The machine as the door meets it when it calls."""
    facts: dict[str, Any] = {name: getattr(peer, name) for name in PEER_FACTS}
    if isinstance(peer, Node):
        return Caller(device_pk=None, node_pk=peer.pk, **facts)
    return Caller(
        device_pk=peer.pk,
        shows_started=peer.shows_started,
        shows_on_hold=peer.shows_on_hold,
        own_station="" if peer.shows_all_stations else peer.ae_title,
        **facts,
    )


def _calls_from(registered: str | None, address: str) -> bool:
    return registered is None or registered == address.removeprefix("::ffff:")
