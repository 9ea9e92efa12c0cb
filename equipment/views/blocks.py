"""Planned blocks: made, moved, withdrawn."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.pages import go_to
from equipment import services
from equipment.forms import BlockForm, PeriodForm
from equipment.models import Device, Downtime
from equipment.services import Block
from equipment.views.answers import ask_again
from staff.access import StaffRequest, needs

PAGE = "equipment/block.html"


def found_by(request: StaffRequest, pk: int) -> Downtime:
    visible = Downtime.objects.visible_to(request.user).planned()
    return get_object_or_404(visible.with_device(), pk=pk)


@require_http_methods(["GET", "POST"])
@needs("equipment.block_device")
def plan_block(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a device free of patients for a while."""
    device = get_object_or_404(Device.objects.visible_to(request.user).with_room(), pk=pk)
    form = BlockForm(request.POST) if request.method == "POST" else BlockForm.fresh()
    context = {"form": form, "device": device}
    if request.method == "GET":
        return render(request, PAGE, context)
    if not form.is_valid():
        return ask_again(request, PAGE, context)
    services.plan_block(device, Block(**form.cleaned_data), by=request.user)
    messages.success(request, _("Blocked. Nobody is booked into this time."))
    return go_to(request, "equipment:device", pk)


@require_GET
@needs("equipment.view_device")
def block(request: StaffRequest, pk: int) -> HttpResponse:
    """A block: what for, when; and for those who may, another time."""
    shown = found_by(request, pk)
    context = {"planned": shown, "device": shown.device, "form": PeriodForm.of(shown)}
    return render(request, PAGE, context)


@require_POST
@needs("equipment.block_device")
def move_block(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a block at another time."""
    shown, form = found_by(request, pk), PeriodForm(request.POST)
    if not form.is_valid():
        context = {"planned": shown, "device": shown.device, "form": form}
        return ask_again(request, PAGE, context)
    services.move_block(shown, form.period, by=request.user)
    messages.success(request, _("Moved."))
    return go_to(request, "equipment:device", shown.device_id)


@require_POST
@needs("equipment.block_device")
def withdraw_block(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the time back to patients."""
    shown = services.withdraw_block(found_by(request, pk), by=request.user)
    messages.success(request, _("Withdrawn. The time is free again."))
    return go_to(request, "equipment:device", shown.device_id)
