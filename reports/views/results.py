"""What comes back to whoever asked: status, images, the signed report, and "I have read it"."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.pages import go_to, unless_unchanged
from reports import services
from reports.models import Report
from reports.results import Result, Results
from reports.views.finding import desk_of, find
from staff.access import StaffRequest, needs


@require_GET
@needs("reports.view_own_report")
def results(request: StaffRequest) -> HttpResponse:
    """One's own orders: unread reports first, then what is under way, then what was read."""
    template = "reports/results.html#list" if request.htmx else "reports/results.html"
    return unless_unchanged(request, render(request, template, {"results": Results(request.user)}))


def result(request: StaffRequest, shown: Report) -> HttpResponse:
    """What is signed about one study, for whoever ordered it. Drafts are never part of it."""
    found = Result(shown.study.order, shown.study, shown, request.user)
    if found.document is not None:
        services.view_report(shown, by=request.user, version=found.document.version.number)
    context = {"result": found, "report": shown, "study": shown.study}
    return render(request, "reports/result.html", context)


@require_POST
@needs("reports.acknowledge_report")
def acknowledge(request: StaffRequest, uid: str) -> HttpResponse:
    """The version on the screen was read."""
    shown = find(request, uid)
    number = request.POST.get("version", "")
    services.acknowledge(
        shown,
        by=request.user,
        comment=request.POST.get("comment", ""),
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else None,  # noqa: PLR2004
    )
    messages.success(request, _("Noted that you have read this report."))
    return go_to(request, desk_of(shown))
