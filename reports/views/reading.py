"""What waits to be read, and taking it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.pages import go_to, unless_unchanged
from common.refusals import Refused
from reports import services
from reports.models import Report
from reports.reading import ReadingList
from reports.views.finding import desk_of, find
from staff.access import StaffRequest, needs


@require_GET
@needs("studies.read_study")
def reading_list(request: StaffRequest) -> HttpResponse:
    """What waits, most urgent and longest waiting first. An htmx request gets the list alone."""
    template = "reports/reading_list.html#list" if request.htmx else "reports/reading_list.html"
    context = {"list": ReadingList.of(request.user, request.GET)}
    return unless_unchanged(request, render(request, template, context))


@require_POST
@needs("reports.write_report")
def claim(request: StaffRequest, uid: str) -> HttpResponse:
    """Take a study and open it; from somebody else with `reason`."""
    reason = request.POST.get("reason", "")
    report = services.claim_study(find(request, uid), by=request.user, reason=reason)
    return go_to(request, desk_of(report))


@require_POST
@needs("reports.write_report")
def read_next(request: StaffRequest) -> HttpResponse:
    """Take the most urgent study that nobody holds, and open it."""
    waiting = Report.objects.visible_to(request.user).to_read().free_on(timezone.now())
    for report in waiting.most_urgent_first()[:20]:
        try:
            claimed = services.claim_study(report, by=request.user)
        except Refused:
            continue  # somebody was faster
        return go_to(request, desk_of(claimed))
    messages.info(request, _("Nothing waits that nobody holds."))
    return go_to(request, "reports:list")


@require_POST
@needs("reports.write_report")
def release(request: StaffRequest, uid: str) -> HttpResponse:
    """Put a study back for others; what was written stays."""
    services.release_study(find(request, uid), by=request.user)
    return go_to(request, "reports:list")


@require_POST
@needs("reports.write_report")
def read_anyway(request: StaffRequest, uid: str) -> HttpResponse:
    """Read it as it is, with a reason."""
    reason = request.POST.get("reason", "")
    report = services.read_anyway(find(request, uid), by=request.user, reason=reason)
    return go_to(request, desk_of(report))
