"""The maintenance list, and the page of one piece of work with its verbs."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.pages import go_to, unless_unchanged
from equipment import services
from equipment.entry_page import about
from equipment.forms import (
    FinishForm,
    HandBackForm,
    MoreForm,
    NoteForm,
    OpeningForm,
    PartFormSet,
    parts_in,
)
from equipment.maintenance_list import MaintenanceList
from equipment.models import Device, MaintenanceEntry
from equipment.services import Opening
from equipment.views.answers import ask_again
from staff.access import StaffRequest, needs


def found_by(request: StaffRequest, pk: int) -> MaintenanceEntry:
    """The work with all its page says, if this person may see it; else 404."""
    visible = MaintenanceEntry.objects.visible_to(request.user).with_details()
    return get_object_or_404(visible, pk=pk)


@require_GET
@needs("equipment.view_device")
def maintenance(request: StaffRequest) -> HttpResponse:
    """What is open, in work, due and overdue, and the month as a sheet."""
    context = {"list": MaintenanceList(request.user, request.GET)}
    template = "equipment/maintenance.html#list" if request.htmx else "equipment/maintenance.html"
    return unless_unchanged(request, render(request, template, context))


@require_http_methods(["GET", "POST"])
@needs("equipment.log_maintenance")
def open_entry(request: StaffRequest) -> HttpResponse:
    """Write down work to be done."""
    devices = Device.objects.visible_to(request.user).not_retired().by_room()
    given = request.POST if request.method == "POST" else None
    form = OpeningForm(devices, given, initial={"device": request.GET.get("device")})
    context = {"form": form, "title": _("New entry"), "action": _("Open the entry")}
    if given is None:
        return render(request, "equipment/form.html", context)
    if not form.is_valid():
        return ask_again(request, "equipment/form.html", context)
    facts = dict(form.cleaned_data)
    entry = services.open_entry(facts.pop("device"), Opening(**facts), by=request.user)
    return go_to(request, "equipment:entry", entry.pk)


@require_GET
@needs("equipment.view_device")
def entry(request: StaffRequest, pk: int) -> HttpResponse:
    """What is wrong or due, how far it is, what was done. htmx gets the live part alone."""
    shown = found_by(request, pk)
    if request.htmx:
        return unless_unchanged(request, render(request, "equipment/_log.html", about(shown)))
    forms = {
        "note_form": NoteForm(auto_id="note_%s"),
        "more_form": MoreForm(initial={"token": uuid.uuid4()}, auto_id="more_%s"),
        "back_form": HandBackForm(auto_id="back_%s"),
        "finish_form": FinishForm(shown.device, initial={"company": shown.company}),
        "part_forms": PartFormSet(prefix="part"),
    }
    return render(request, "equipment/entry.html", about(shown) | forms)


@require_POST
@needs("equipment.log_maintenance")
def begin(request: StaffRequest, pk: int) -> HttpResponse:
    services.begin_work(found_by(request, pk), by=request.user)
    return go_to(request, "equipment:entry", pk)


@require_POST
@needs("equipment.log_maintenance")
def hand_back(request: StaffRequest, pk: int) -> HttpResponse:
    shown, form = found_by(request, pk), HandBackForm(request.POST, auto_id="back_%s")
    if not form.is_valid():
        return ask_again(request, "equipment/hand_back.html", {"entry": shown, "form": form})
    services.hand_back(shown, by=request.user, note=form.cleaned_data["note"])
    return go_to(request, "equipment:entry", pk)


@require_POST
@needs("equipment.log_maintenance")
def note(request: StaffRequest, pk: int) -> HttpResponse:
    """A line in the log, photos, a service report."""
    shown = found_by(request, pk)
    form = NoteForm(request.POST, request.FILES, auto_id="note_%s")
    if not form.is_valid():
        return ask_again(request, "equipment/note.html", {"entry": shown, "form": form})
    services.attach(shown, form.cleaned_data["attachments"], by=request.user)
    if form.cleaned_data["text"].strip():
        services.note_work(shown, by=request.user, text=form.cleaned_data["text"])
    return go_to(request, "equipment:entry", pk)


@require_POST
@needs("equipment.log_maintenance")
def finish(request: StaffRequest, pk: int) -> HttpResponse:
    """What was done, what it took, and how the device goes on."""
    shown = found_by(request, pk)
    form, parts = FinishForm(shown.device, request.POST), PartFormSet(request.POST, prefix="part")
    if not (form.is_valid() and parts.is_valid()):
        context = {"entry": shown, "form": form, "part_forms": parts}
        return ask_again(request, "equipment/finish.html", context)
    services.finish_work(shown, form.work(parts_in(parts)), by=request.user)
    messages.success(request, _("Finished. Well done."))
    return go_to(request, "equipment:entry", pk)
