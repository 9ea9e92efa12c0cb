"""The status wall, and the page of one device."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.models import Entry
from common.pages import unless_unchanged
from equipment import services
from equipment.forms import StatusForm
from equipment.models import Device, Node
from staff.access import StaffRequest, needs


@require_GET
@needs("equipment.view_device")
def device_list(request: StaffRequest) -> HttpResponse:
    """Every room and how its devices stand; for some, the other machines too."""
    devices = Device.objects.visible_to(request.user).not_retired().by_room()
    template = "equipment/device_list.html#wall" if request.htmx else "equipment/device_list.html"
    context = {"devices": devices, "nodes": Node.objects.visible_to(request.user)}
    return unless_unchanged(request, render(request, template, context))


@require_GET
@needs("equipment.view_device")
def device(request: StaffRequest, pk: int) -> HttpResponse:
    """What it is, how it calls us, how it stands, what it does today."""
    shown = get_object_or_404(Device.objects.visible_to(request.user).with_room(), pk=pk)
    context = {
        "device": shown,
        "form": StatusForm(shown),
        "changes": Entry.objects.about(shown).of_verb("device.status_changed").newest_first()[:12],
    }
    return render(request, "equipment/device.html", context)


@require_POST
@needs("equipment.change_device")
def change_status(request: StaffRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Device.objects.visible_to(request.user).with_room(), pk=pk)
    form = StatusForm(shown, request.POST)
    if not form.is_valid():
        context = {"device": shown, "form": form}
        return render(request, "equipment/device.html", context, status=422)
    services.change_device_status(
        shown, form.cleaned_data["status"], by=request.user, reason=form.cleaned_data["reason"]
    )
    return redirect("equipment:device", pk)
