"""The page of one device: what it is, how it stands, what happened to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.pages import go_to
from equipment import services
from equipment.availability import availability_of
from equipment.forms import StatusForm
from equipment.models import Device, Downtime, MaintenanceEntry, MaintenancePlan, StatusChange
from equipment.timeline import timeline_of
from equipment.views.answers import ask_again
from staff.access import StaffRequest, needs


def found_by(request: StaffRequest, pk: int) -> Device:
    """The device, if this person may see it; else 404."""
    return get_object_or_404(Device.objects.visible_to(request.user).with_room(), pk=pk)


@require_GET
@needs("equipment.view_device")
def device(request: StaffRequest, pk: int) -> HttpResponse:
    """What it is, how it stands and since when, what it does today, what happened to it."""
    shown = found_by(request, pk)
    work = MaintenanceEntry.objects.visible_to(request.user).on_device(pk).unfinished()
    plans = MaintenancePlan.objects.visible_to(request.user).on_device(pk).in_force()
    context = {
        "device": shown,
        "form": StatusForm(shown),
        "change": StatusChange.objects.on_device(pk).newest_first().first(),
        "entries": work.with_details().most_pressing_first(),
        "plans": plans,
        "blocks": Downtime.objects.visible_to(request.user).on_device(pk).of_next_weeks(),
        "availability": availability_of(shown),
        "timeline": timeline_of(shown),
    }
    return render(request, "equipment/device.html", context)


@require_GET
@needs("equipment.view_device")
def standing(request: StaffRequest, pk: int) -> HttpResponse:
    """How it stands, for a page that is open when that changes."""
    change = StatusChange.objects.on_device(pk).newest_first().first()
    context = {"device": found_by(request, pk), "change": change}
    return render(request, "equipment/_standing.html", context)


@require_POST
@needs("equipment.change_device")
def change_status(request: StaffRequest, pk: int) -> HttpResponse:
    """Down, in service, awaiting QC, fit again: with a reason."""
    shown = found_by(request, pk)
    form = StatusForm(shown, request.POST)
    if not form.is_valid():
        return ask_again(request, "equipment/status.html", {"device": shown, "form": form})
    wanted, reason = form.cleaned_data["status"], form.cleaned_data["reason"]
    changed = services.change_device_status(shown, wanted, by=request.user, reason=reason)
    words = {"device": changed, "status": changed.get_status_display().lower()}
    messages.success(request, _("%(device)s is now: %(status)s.") % words)
    return go_to(request, "equipment:device", pk)
