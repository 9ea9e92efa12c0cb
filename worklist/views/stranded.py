"""A device is out: where its patients go."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from common.pages import go_to
from equipment.models import Device
from staff.access import StaffRequest, needs
from worklist import services
from worklist.stranded_page import StrandedPage


def device_of(request: StaffRequest, pk: int) -> Device:
    visible = Device.objects.visible_to(request.user).select_related("room")
    return get_object_or_404(visible, pk=pk)


@require_GET
@needs("worklist.view_scheduledprocedure")
def stranded(request: StaffRequest, pk: int) -> HttpResponse:
    """Who is booked on a device that is out, and which device can take them. htmx: a fragment."""
    page = StrandedPage.of(device_of(request, pk), request.GET)
    template = "worklist/_stranded.html" if request.htmx else "worklist/stranded.html"
    return render(request, template, {"page": page, "device": page.device})


@require_POST
@needs("worklist.book_procedure")
def move_stranded(request: StaffRequest, pk: int) -> HttpResponse:
    """Move all, or those chosen, to where there is a free time; say who found none."""
    page = StrandedPage.of(device_of(request, pk), request.POST)
    outcome = services.move_stranded(
        page.device, by=request.user, until=page.until, only=page.chosen
    )
    messages.success(request, page.moved_words(len(outcome.moved)))
    if outcome.left:
        messages.warning(request, page.left_words(outcome.left))
    return go_to(request, page.href)


@require_POST
@needs("worklist.perform_procedure", "worklist.book_procedure")
def hold_stranded(request: StaffRequest, pk: int) -> HttpResponse:
    """Let those chosen wait until the device is back."""
    page = StrandedPage.of(device_of(request, pk), request.POST)
    if not page.chosen:
        messages.warning(request, _("Choose who is to wait."))
        return go_to(request, page.href)
    held = services.hold_stranded(page.device, by=request.user, until=page.until, only=page.chosen)
    words = ngettext("%d procedure is on hold.", "%d procedures are on hold.", len(held))
    messages.success(request, words % len(held))
    return go_to(request, page.href)
