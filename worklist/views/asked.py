"""What a device asks the worklist for, and why somebody is not in the answer."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipment.models import Device
from staff.access import StaffRequest, needs
from worklist import services
from worklist.asked_page import AskedPage
from worklist.board import words_in
from worklist.forms_asked import QueryForm
from worklist.models import ScheduledProcedure, WorklistQuery


def device_of(request: StaffRequest, pk: int) -> Device:
    visible = Device.objects.visible_to(request.user).select_related("room")
    return get_object_or_404(visible, pk=pk)


def page_of(request: StaffRequest, page: AskedPage, status: int = 200) -> HttpResponse:
    return render(
        request, "worklist/asked.html", {"page": page, "device": page.device}, status=status
    )


@require_http_methods(["GET", "POST"])
@needs("worklist.view_worklistquery")
def asked(request: StaffRequest, pk: int) -> HttpResponse:
    """Its last queries; with `?step=` why that step is not in their answers.

    Whoever looks for a step by words posts them: they may be a name.
    """
    device = device_of(request, pk)
    key, step = request.GET.get("step", ""), None
    if key.isdecimal() and len(key) < 19:  # noqa: PLR2004 - a key of the database
        visible = ScheduledProcedure.objects.visible_to(request.user).with_worklist_details()
        step = get_object_or_404(visible.with_moves(), pk=int(key))
    words = words_in(request.POST.get("words", ""))
    form = QueryForm.fresh(device)
    return page_of(request, AskedPage(device, request.user, step, words, form))


@require_GET
@needs("worklist.view_worklistquery")
def on_the_scanner(request: StaffRequest, pk: int) -> HttpResponse:
    """From a procedure to the page of its scanner."""
    visible = ScheduledProcedure.objects.visible_to(request.user)
    procedure = get_object_or_404(visible, pk=pk)
    address = redirect("worklist:asked", procedure.device_id)
    address["Location"] += f"?step={procedure.pk}"
    return address


@require_POST
@needs("worklist.view_worklistquery")
def try_query(request: StaffRequest, pk: int) -> HttpResponse:
    """What the device would be answered to these keys, or to those of one of its queries."""
    device = device_of(request, pk)
    key, form = request.POST.get("query", ""), QueryForm(request.POST)
    if key.isdecimal() and len(key) < 19:  # noqa: PLR2004 - a key of the database
        mine = WorklistQuery.objects.visible_to(request.user).of_device(device.pk)
        keys, form = get_object_or_404(mine, pk=int(key)).keys, QueryForm.fresh(device)
    elif form.is_valid():
        keys = form.keys()
    else:
        return page_of(request, AskedPage(device, request.user, form=form), status=422)
    trial = services.try_query(device, keys, by=request.user)
    return page_of(request, AskedPage(device, request.user, form=form, trial=trial))
