"""The desk: images, words and what is known, on one page."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.pages import go_to, unless_unchanged
from reports import services
from reports.desk import Desk
from reports.differences import differences
from reports.document import Document
from reports.doubts import doubts_about
from reports.models import Report, ReportVersion, procedures_of
from reports.views.finding import SEE_REPORTS, desk_of, find
from reports.views.results import result
from reports.words import Words
from staff.access import StaffRequest, needs

LONGEST_NUMBER = 9


@require_GET
@needs(*SEE_REPORTS)
def report(request: StaffRequest, uid: str) -> HttpResponse:
    """One study with its report. Whoever ordered it sees what is signed. Opening is recorded."""
    shown = find(request, uid)
    if not request.user.has_perm("reports.view_report"):
        return result(request, shown)
    context = {"desk": Desk(shown, request.user), "report": shown, "study": shown.study}
    if request.htmx:
        return unless_unchanged(request, render(request, "reports/_state.html", context))
    services.view_report(shown, by=request.user)
    return render(request, "reports/report.html", context)


@require_http_methods(["GET", "POST"])
@needs("reports.write_report")
def autosave(request: StaffRequest, uid: str) -> HttpResponse:
    """Keep what is written so far. 409 with what is kept here when another window was faster."""
    shown = find(request, uid)
    if request.method == "GET":
        return JsonResponse(draft_of(shown))
    words, number = Words.sent(request.POST), number_in(request.POST.get("number", ""))
    try:
        saved = services.save_draft(shown, by=request.user, words=words, number=number)
    except services.Stale as why:
        kept = draft_of(find(request, uid))
        return JsonResponse({**kept, "sentence": why.sentence, "isStale": True}, status=409)
    doubts = doubts_about(words, procedures_of(saved.study))
    return JsonResponse({**draft_of(saved), "doubts": doubts})


def draft_of(report: Report) -> dict[str, Any]:
    """The draft as it is kept, for the editor."""
    saved = report.draft_saved_at
    return {
        "number": report.draft_number,
        "savedAt": timezone.localtime(saved).strftime("%H:%M") if saved else "",
        "technique": report.technique,
        "findings": report.findings,
        "impression": report.impression,
    }


def number_in(text: str) -> int:
    """A counter as a form sends it; nonsense is a number nobody has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else -1


@require_POST
@needs("reports.sign_report")
def later(request: StaffRequest, uid: str, kind: str) -> HttpResponse:
    """Begin an addendum, an amendment or a correction."""
    begun = services.begin_later(find(request, uid), kind=kind.upper(), by=request.user)
    return go_to(request, desk_of(begun))


@require_POST
@needs("reports.sign_report")
def drop(request: StaffRequest, uid: str) -> HttpResponse:
    """Forget what was begun after signing; what is signed stays."""
    dropped = services.drop_draft(find(request, uid), by=request.user)
    return go_to(request, desk_of(dropped))


@require_GET
@needs("reports.view_report")
def versions(request: StaffRequest, uid: str) -> HttpResponse:
    """All versions, and what changed between two of them."""
    shown = find(request, uid)
    services.view_report(shown, by=request.user)
    known = list(shown.versions.with_people())
    after = chosen(known, request.GET.get("to", ""), -1)
    before = chosen(known, request.GET.get("from", ""), max(-2, -len(known)))
    context = {"report": shown, "study": shown.study, "versions": known}
    if before and after:
        context |= {"before": before, "after": after}
        context["differences"] = differences(before.words, after.words)
    return render(request, "reports/versions.html", context)


def chosen(versions: list[ReportVersion], asked: str, otherwise: int) -> Document | None:
    """The document at the version the address names, or at a place from the end."""
    named = Document.at(versions, number_in(asked)) if asked else None
    if named or not versions:
        return named
    return Document.at(versions, versions[otherwise].number)
