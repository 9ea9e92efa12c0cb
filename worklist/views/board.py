"""The board, and the fragments of the worklist that other pages show."""

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.fresh import drawn_once
from common.pages import unless_unchanged
from staff.access import StaffRequest, needs
from staff.context import FRAME_TOPICS, frame_seen_by
from worklist.board import Board, Filters, words_in
from worklist.models import ScheduledProcedure


@require_http_methods(["GET", "POST"])
@needs("worklist.view_scheduledprocedure")
def board(request: StaffRequest) -> HttpResponse:
    """The day's work, most urgent first. An htmx request gets the live part alone.

    With it comes the frame around it, so that two hundred open boards ask once for each change.
    Whoever looks for words posts them: they may be a name, and addresses are kept by many.
    """
    filters = Filters.of(request.GET, request.POST.get("words", ""))

    def draw() -> HttpResponse:
        shown = {"board": Board(request.user, filters), "carries_frame": True}
        if not request.htmx:
            return render(request, "worklist/board.html", shown)
        live = render(request, "worklist/board.html#board", shown)
        live.write(render_to_string("components/_frame_parts.html", {"oob_places": True}, request))
        return live

    if request.method == "POST":
        return draw()
    if not request.htmx:
        return unless_unchanged(request, draw())
    seen_by = (frame_seen_by(request), request.user.pk if filters.is_mine else None)
    return drawn_once(request, FRAME_TOPICS, seen_by, draw)


@require_GET
@needs("worklist.view_scheduledprocedure", "worklist.view_own_order")
def of_patient(request: StaffRequest, pk: int) -> HttpResponse:
    """One patient's procedures, newest first, for the patient's page."""
    mine = ScheduledProcedure.objects.visible_to(request.user).of_patient(pk)
    context = {"procedures": mine.with_board_details().newest_first()[:100]}
    return render(request, "worklist/of_patient.html", context)


@require_GET
@needs("worklist.view_scheduledprocedure")
def of_device(request: StaffRequest, pk: int) -> HttpResponse:
    """Today's procedures on one device, for the device's page."""
    day = Filters.of(request.GET).day
    listed = ScheduledProcedure.objects.visible_to(request.user).on_board(day).on_device(pk)
    context = {"procedures": listed.with_board_details().in_time_order(), "day": day}
    return render(request, "worklist/of_device.html", context)


@require_POST
@needs("worklist.view_scheduledprocedure", "worklist.view_own_order")
def found(request: StaffRequest) -> HttpResponse:
    """Procedures whose accession number or name fits a search, for the search page and its box."""
    words = words_in(request.POST.get("q", ""))
    visible = ScheduledProcedure.objects.visible_to(request.user).with_board_details()
    if request.htmx.target == "found-procedures":
        few = visible.meant_by(words).newest_first()[:5] if words else []
        return render(request, "worklist/_found_brief.html", {"procedures": few})
    fitting = visible.found_by(words).newest_first()[:20] if words else []
    return render(request, "worklist/found.html", {"procedures": fitting})
