"""The trail, for those who answer for it; and what each person did, for themselves."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import Group as Role
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit import services
from audit.export import FORMATS
from audit.finding import patients_called
from audit.kinds import KINDS, PATIENT, find_record, is_kind_of_key
from audit.models import Entry
from audit.question import OLDEST, Question
from audit.reports import DayReport, PersonReport, RecordReport
from audit.trail import Trail
from audit.verbs import Group, verbs_by_group
from staff.access import StaffRequest, needs
from staff.models import User


def choices() -> dict[str, Any]:
    """What the filters offer."""
    return {
        "people": User.objects.order_by("last_name", "first_name", "username"),
        "roles": Role.objects.order_by("name").values_list("name", flat=True),
        "groups": Group.choices,
        "verbs": verbs_by_group(),
        "kinds": sorted(KINDS, key=lambda kind: str(KINDS[kind].word)),
    }


@require_GET
@needs("audit.view_entry")
def trail(request: StaffRequest) -> HttpResponse:
    """Who did what, newest first."""
    found = Trail(request.user, Entry.objects.visible_to(request.user), request.GET)
    return render(request, "audit/trail.html", {"trail": found, **choices()})


@require_GET
@needs("audit.view_own_entry")
def own(request: StaffRequest) -> HttpResponse:
    """What the signed-in person did, and nobody else."""
    found = Trail(request.user, Entry.objects.own_of(request.user), request.GET)
    return render(request, "audit/own.html", {"trail": found, "groups": Group.choices[:3]})


@require_http_methods(["GET", "POST"])
@needs("audit.view_entry")
def find(request: StaffRequest) -> HttpResponse:
    """The patient that was typed: straight to who looked at them, or a choice of several.

    What was typed is in no address: whoever comes back to this one types it again.
    """
    if request.method == "GET":
        return redirect("audit:trail")
    words = request.POST.get("q", "")
    patients = patients_called(words, request.user)
    if len(patients) == 1:
        return redirect("audit:record", PATIENT, patients[0].key)
    return render(request, "audit/find.html", {"patients": patients, "words": words})


@require_GET
@needs("audit.view_entry")
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """What one person did and whose records they opened. Looking is itself recorded."""
    shown = get_object_or_404(User, pk=pk)
    report = PersonReport(request.user, Question.of(request.GET), shown)
    services.note_look(shown, by=request.user)
    return render(request, "audit/person.html", {"report": report, "person": shown})


@require_GET
@needs("audit.view_entry")
def record(request: StaffRequest, kind: str, key: str) -> HttpResponse:
    """Who looked at one record, in which role, how often. Looking is itself recorded."""
    if not is_kind_of_key(kind, key):
        raise Http404
    shown = find_record(kind, key, request.user)
    report = RecordReport(request.user, Question.of(request.GET), shown)
    if not report.is_known:
        raise Http404
    services.note_look(shown.found, by=request.user, is_patient=report.is_patient)
    return render(request, "audit/record.html", {"report": report, "now": timezone.now()})


@require_GET
@needs("audit.view_entry")
def day(request: StaffRequest, day: dt.date) -> HttpResponse:
    """One day in numbers."""
    if not OLDEST <= day <= timezone.localdate():
        raise Http404
    report = DayReport(request.user, Question(), day)
    return render(request, "audit/day.html", {"report": report})


@require_GET
@needs("audit.view_entry")
def today(request: StaffRequest) -> HttpResponse:
    return redirect("audit:day", timezone.localdate())


@require_POST
@needs("audit.export_entry")
def export(request: StaffRequest) -> HttpResponseBase:
    """The filtered trail as a file. Posted, because taking it away is itself recorded."""
    form = request.POST.get("format", "")
    entries = services.export_trail(Question.of(request.POST), form, by=request.user)
    kind, lines_of = FORMATS[form]
    name = f"trail-{timezone.localtime():%Y-%m-%d-%H%M%S}.{form}"
    return StreamingHttpResponse(
        lines_of(entries),
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
