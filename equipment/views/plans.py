"""Plans: maintenance that comes round again."""

from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.pages import go_to
from equipment import services
from equipment.forms import PlanForm
from equipment.models import Device, MaintenanceEntry, MaintenancePlan
from equipment.recurrence import in_words, rule_of
from equipment.views.answers import ask_again
from staff.access import StaffRequest, needs

FORM = "equipment/plan_form.html"
NEXT = 5


def found_by(request: StaffRequest, pk: int) -> MaintenancePlan:
    visible = MaintenancePlan.objects.visible_to(request.user)
    return get_object_or_404(visible.with_device(), pk=pk)


@require_GET
@needs("equipment.view_device")
def plan(request: StaffRequest, pk: int) -> HttpResponse:
    """What is done, how often, when next, and when it was done."""
    shown = found_by(request, pk)
    rule = rule_of(shown.rrule)
    after = shown.next_due_on
    days = list(islice(rule.days(shown.starts_on, after), NEXT - 1)) if after else []
    context = {
        "plan": shown,
        "rhythm": in_words(rule),
        "days": [after, *days] if after else [],
        "entries": MaintenanceEntry.objects.of_plan(pk).with_details().newest_first()[:30],
    }
    return render(request, "equipment/plan.html", context)


@require_http_methods(["GET", "POST"])
@needs("equipment.log_maintenance")
def make_plan(request: StaffRequest, pk: int) -> HttpResponse:
    """Let maintenance of this device come round again."""
    device = get_object_or_404(Device.objects.visible_to(request.user).with_room(), pk=pk)
    form = PlanForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "device": device}
    if request.method == "GET":
        return render(request, FORM, context)
    if not form.is_valid():
        return ask_again(request, FORM, context)
    made = services.make_plan(device, form.facts(), by=request.user)
    messages.success(request, _("Planned."))
    return go_to(request, "equipment:plan", made.pk)


@require_http_methods(["GET", "POST"])
@needs("equipment.log_maintenance")
def change_plan(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what is done, how often, or whether at all."""
    shown = found_by(request, pk)
    form = PlanForm(request.POST if request.method == "POST" else None, instance=shown)
    context = {"form": form, "device": shown.device, "plan": shown}
    if request.method == "GET":
        return render(request, FORM, context)
    if not form.is_valid():
        return ask_again(request, FORM, context)
    services.change_plan(shown, form.facts(), by=request.user)
    messages.success(request, _("Changed."))
    return go_to(request, "equipment:plan", pk)


@require_POST
@needs("equipment.log_maintenance")
def preview(request: StaffRequest) -> HttpResponse:
    """What a rule means while somebody writes it: in words, and its next five days."""
    form = PlanForm(request.POST)
    form.is_valid()
    return render(request, "equipment/_rhythm.html", rhythm_of(form))


def rhythm_of(form: PlanForm) -> dict[str, Any]:
    """The words and days of a half-written plan; nothing while it makes no sense."""
    start = form.cleaned_data.get("starts_on")
    try:
        rule = rule_of(form.cleaned_data.get("rrule", ""))
        days = list(islice(rule.days(start), NEXT)) if start else []
    except (ValidationError, OverflowError):
        return {}
    return {"rhythm": in_words(rule), "days": days}
