"""The verbs of a scheduled procedure, as buttons press them."""

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.pages import came_from, go_to
from staff.access import StaffRequest, needs
from worklist import services
from worklist.forms import HoldForm, ReasonForm
from worklist.forms_examination import DespiteForm, FinishForm
from worklist.models import ScheduledProcedure
from worklist.readiness import Unanswered
from worklist.rows import Viewer, rows_of
from worklist.views.procedure import found_by, page_of


def answer(request: StaffRequest, moved: ScheduledProcedure) -> HttpResponse:
    """The row for the board, the live part for the procedure's page, or back to the page."""
    if not request.htmx:
        return redirect(came_from(request, "worklist:procedure", moved.pk))
    shown = found_by(request, moved.pk)
    if not is_on_board(request, moved):
        return page_of(request, shown)
    rows = rows_of([shown], Viewer.of(request.user))
    return render(request, "worklist/_rows.html", {"rows": rows})


def is_on_board(request: StaffRequest, procedure: ScheduledProcedure) -> bool:
    """Was the button one of a row of the board?"""
    return bool(request.htmx) and request.htmx.target == f"procedure-{procedure.pk}"


def ask_why(
    request: StaffRequest, shown: ScheduledProcedure, part: str, form: Form, why: Unanswered
) -> HttpResponse:
    """Something is missing: the examination asks for a reason, where it can be mended at once."""
    if is_on_board(request, shown):
        return go_to(request, "worklist:procedure", shown.pk)
    form.add_error("despite", why.sentence)
    return page_of(request, shown, {part: form})


def ask_again(
    request: StaffRequest, shown: ScheduledProcedure, form: Form, verb: str
) -> HttpResponse:
    """The form once more, each error beside its field (422: nothing was changed)."""
    context = {"procedure": shown, "form": form, "verb": verb}
    template = "worklist/_verb_form.html" if request.htmx else "worklist/verb.html"
    return render(request, template, context, status=422)


@require_POST
@needs("worklist.register_arrival")
def arrive(request: StaffRequest, pk: int) -> HttpResponse:
    return answer(request, services.register_arrival(found_by(request, pk), by=request.user))


@require_POST
@needs("worklist.register_arrival")
def no_show(request: StaffRequest, pk: int) -> HttpResponse:
    return answer(request, services.mark_no_show(found_by(request, pk), by=request.user))


@require_POST
@needs("worklist.perform_procedure")
def ready(request: StaffRequest, pk: int) -> HttpResponse:
    return answer(request, services.mark_ready(found_by(request, pk), by=request.user))


@require_POST
@needs("worklist.perform_procedure")
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    return answer(request, services.resume_procedure(found_by(request, pk), by=request.user))


@require_POST
@needs("worklist.perform_procedure")
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """On the table. What is missing before is asked about first."""
    shown, form = found_by(request, pk), DespiteForm(request.POST)
    if not form.is_valid():
        return page_of(request, shown, {"start": form})
    try:
        started = services.start_procedure(shown, by=request.user, **form.cleaned_data)
    except Unanswered as why:
        return ask_why(request, shown, "start", form, why)
    return answer(request, started)


@require_POST
@needs("worklist.perform_procedure")
def complete(request: StaffRequest, pk: int) -> HttpResponse:
    """Done. The comment comes from the examination's page; the board sends none."""
    shown, form = found_by(request, pk), FinishForm(request.POST)
    if not form.is_valid():
        return page_of(request, shown, {"finish": form})
    said = form.cleaned_data | ({} if "comment" in request.POST else {"comment": None})
    try:
        done = services.complete_procedure(shown, by=request.user, **said)
    except Unanswered as why:
        return ask_why(request, shown, "finish", form, why)
    return answer(request, done)


@require_POST
@needs("worklist.perform_procedure")
def hold(request: StaffRequest, pk: int) -> HttpResponse:
    shown, form = found_by(request, pk), HoldForm(request.POST, auto_id="hold_%s")
    if not form.is_valid():
        return ask_again(request, shown, form, "hold")
    return answer(request, services.hold_procedure(shown, by=request.user, **form.cleaned_data))


@require_POST
@needs("worklist.perform_procedure")
def discontinue(request: StaffRequest, pk: int) -> HttpResponse:
    shown, form = found_by(request, pk), ReasonForm(request.POST, auto_id="discontinue_%s")
    if not form.is_valid():
        return ask_again(request, shown, form, "discontinue")
    stopped = services.discontinue_procedure(shown, by=request.user, **form.cleaned_data)
    return answer(request, stopped)


@require_POST
@needs("worklist.cancel_procedure")
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    shown, form = found_by(request, pk), ReasonForm(request.POST, auto_id="cancel_%s")
    if not form.is_valid():
        return ask_again(request, shown, form, "cancel")
    return answer(request, services.cancel_procedure(shown, by=request.user, **form.cleaned_data))
