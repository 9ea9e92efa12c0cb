"""Does that machine answer? One button, or all of them at once."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audit.models import Entry
from equipment.models import Device, Node, Peer
from equipment.services import note_call
from gateway.calling import NoAnswer
from gateway.calling.echoing import echo
from gateway.proposals import in_vain_by_peer, in_vain_of
from gateway.wording import why_turned_away
from staff.access import StaffRequest, needs

MOST_TURNED_AWAY = 20


@require_GET
@needs("equipment.view_node")
def machines(request: StaffRequest) -> HttpResponse:
    """Every machine that we know, whether it answers, and what we refused lately, and why."""
    devices = Device.objects.visible_to(request.user).not_retired().with_room()
    rows: list[tuple[str, Device | Node]] = [("device", one) for one in devices]
    rows += [("node", one) for one in Node.objects.visible_to(request.user).by_name()]
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    entries = Entry.objects.turned_away().since(yesterday).newest_first()[:MOST_TURNED_AWAY]
    turned_away = [(entry, why_turned_away(entry)) for entry in entries]
    in_vain = in_vain_by_peer(one for _, one in rows)
    context = {"rows": rows, "turned_away": turned_away, "in_vain": in_vain}
    return render(request, "transfers/machines.html", context)


@require_GET
@needs("equipment.view_device")
def answering_device(request: StaffRequest, pk: int) -> HttpResponse:
    """On a device's page: when it last answered, and what it proposed in vain."""
    device = get_object_or_404(Device.objects.visible_to(request.user), pk=pk)
    context = {"kind": "device", "peer": device, "lines": in_vain_of(device)}
    return render(request, "transfers/_answering.html", context)


@require_POST
@needs("equipment.view_device")
def echo_device(request: StaffRequest, pk: int) -> HttpResponse:
    """Call a device."""
    device = get_object_or_404(Device.objects.visible_to(request.user), pk=pk)
    return _said(request, "device", _called(device))


@require_POST
@needs("equipment.view_node")
def echo_node(request: StaffRequest, pk: int) -> HttpResponse:
    """Call another machine."""
    node = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    return _said(request, "node", _called(node))


def _called(peer: Peer) -> Peer:
    try:
        echo(peer)
    except NoAnswer as why:
        note_call(peer, why.sentence)
    else:
        note_call(peer)
    return peer


def _said(request: StaffRequest, kind: str, peer: Peer) -> HttpResponse:
    return render(request, "transfers/_answer.html", {"kind": kind, "peer": peer})
