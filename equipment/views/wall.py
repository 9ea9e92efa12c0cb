"""The status wall, and the page of one room."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from common.pages import unless_unchanged
from equipment.models import Device, Node, Room
from equipment.wall import rooms_on_wall, standings
from staff.access import StaffRequest, needs


@require_GET
@needs("equipment.view_device")
def device_list(request: StaffRequest) -> HttpResponse:
    """Every room and how its devices stand; for some, the other machines too."""
    devices = Device.objects.visible_to(request.user).not_retired()
    rooms = rooms_on_wall(devices)
    shown = [standing for room in rooms for standing in room.devices]
    context = {
        "rooms": rooms,
        "out_of_use": [one for one in shown if not one.device.takes_patients],
        "in_use": sum(one.device.takes_patients for one in shown),
        "is_screen": "screen" in request.GET,
        "nodes": Node.objects.visible_to(request.user).by_name(),
    }
    template = "equipment/device_list.html#wall" if request.htmx else "equipment/device_list.html"
    return unless_unchanged(request, render(request, template, context))


@require_GET
@needs("equipment.view_device")
def room(request: StaffRequest, pk: int) -> HttpResponse:
    """A room at the start of a shift: its devices, their faults, today's list of each."""
    shown = get_object_or_404(Room.objects.visible_to(request.user), pk=pk)
    devices = Device.objects.visible_to(request.user).in_room(shown.pk).not_retired().with_room()
    context = {"room": shown, "standings": standings(devices)}
    template = "equipment/room.html#devices" if request.htmx else "equipment/room.html"
    return unless_unchanged(request, render(request, template, context))
