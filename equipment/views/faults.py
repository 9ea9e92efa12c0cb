"""Reporting a fault: three taps, once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.pages import go_to
from equipment import services
from equipment.forms import FaultForm, MoreForm
from equipment.models import Device, DeviceQuerySet, MaintenanceEntry
from equipment.views.answers import ask_again
from staff.access import StaffRequest, needs

PAGE = "equipment/fault.html"


def devices_meant(request: StaffRequest) -> DeviceQuerySet:
    """The device or the room that the address names; without one, every device."""
    devices = Device.objects.visible_to(request.user).not_retired().by_room()
    device, room = request.GET.get("device", ""), request.GET.get("room", "")
    if device.isdecimal():
        return devices.with_key(int(device))
    return devices.in_room(int(room)) if room.isdecimal() else devices


@require_http_methods(["GET", "POST"])
@needs("equipment.report_fault")
def report_fault(request: StaffRequest) -> HttpResponse:
    """Which device, what is wrong, what it means: sent. Words and a photo as one likes."""
    devices = devices_meant(request)
    if request.method == "GET":
        form = FaultForm.fresh(devices)
        return render(request, PAGE, {"form": form, "open_faults": open_faults(devices)})
    form = FaultForm(devices, request.POST, request.FILES)
    if not form.is_valid():
        return ask_again(request, PAGE, {"form": form, "open_faults": open_faults(devices)})
    device = form.cleaned_data["device"]
    entry = services.report_fault(device, form.fault(), by=request.user)
    messages.success(request, _("Reported. Thank you."))
    return go_to(request, "equipment:entry", entry.pk)


@require_POST
@needs("equipment.report_fault")
def add_to_fault(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody sees what was reported already: words and photos go to that report."""
    entry = get_object_or_404(MaintenanceEntry.objects.visible_to(request.user), pk=pk)
    form = MoreForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {"form": form, "entry": entry}
        return ask_again(request, "equipment/add.html", context)
    services.add_to_fault(entry, form.fault(), by=request.user)
    messages.success(request, _("Added to what was reported."))
    return go_to(request, "equipment:entry", pk)


def open_faults(devices: DeviceQuerySet) -> list[MaintenanceEntry]:
    """What is reported and not mended: perhaps the same."""
    keys = [device.pk for device in devices]
    faults = MaintenanceEntry.objects.faults().unfinished().on_devices(keys)
    return list(faults.with_details().newest_first()[:6])
