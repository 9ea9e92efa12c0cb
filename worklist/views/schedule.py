"""The schedule: who is on which device when, and moving it."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from staff.access import StaffRequest, needs
from worklist import services
from worklist.calendar import Calendar, Span, schedule_words
from worklist.forms_booking import MoveForm
from worklist.views.procedure import found_by


@require_GET
@needs("worklist.view_scheduledprocedure")
def schedule(request: StaffRequest) -> HttpResponse:
    """The timeline of rooms. The browser fetches what it shows from `schedule_events`."""
    calendar = Calendar(request.user, Span.of(request.GET))
    context = {"calendar": calendar, "words": schedule_words()}
    return render(request, "worklist/schedule.html", context)


@require_GET
@needs("worklist.view_scheduledprocedure")
def schedule_events(request: StaffRequest) -> HttpResponse:
    """Procedures, blocks and downtimes between `start` and `end`, at most five weeks."""
    events = Calendar(request.user, Span.of(request.GET)).events
    answer = JsonResponse(events, safe=False)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "POST"])
@needs("worklist.book_procedure")
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Another time or device, asked by a form (GET) and done (POST); 409 says what is there."""
    shown = found_by(request, pk)
    form = MoveForm(request.POST or None, procedure=shown, auto_id="move_%s")
    if request.method == "POST" and form.is_valid():
        moved = services.move_procedure(shown, by=request.user, **form.cleaned_data)
        return (
            HttpResponse(status=204) if request.htmx else redirect("worklist:procedure", moved.pk)
        )
    template = "worklist/_move.html" if request.htmx else "worklist/move.html"
    context = {"procedure": shown, "form": form}
    return render(request, template, context, status=422 if form.errors else 200)
