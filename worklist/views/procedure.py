"""The page of one scheduled procedure."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from audit.services import record
from common.pages import unless_unchanged
from staff.access import StaffRequest, needs
from worklist.forms import CompleteForm, HoldForm, ReasonForm
from worklist.models import ScheduledProcedure
from worklist.obstacles import obstacle_to_start


def found_by(request: StaffRequest, pk: int) -> ScheduledProcedure:
    """The procedure with all its page says, if this person may see it; else 404."""
    visible = ScheduledProcedure.objects.visible_to(request.user)
    return get_object_or_404(visible.with_page_details(), pk=pk)


def about(shown: ScheduledProcedure) -> dict[str, object]:
    """What the live part of the page says: the procedure, and what keeps it from starting."""
    obstacle = obstacle_to_start(shown, shown.device) if shown.may_start else None
    return {"procedure": shown, "obstacle": obstacle}


@require_GET
@needs("worklist.view_scheduledprocedure", "worklist.view_own_order")
def procedure(request: StaffRequest, pk: int) -> HttpResponse:
    """What is asked for, how it stands, what is next. An htmx request gets the live part alone."""
    shown = found_by(request, pk)
    context = about(shown)
    if request.htmx:
        return unless_unchanged(request, render(request, "worklist/_work.html", context))
    record("procedure.viewed", shown, by=request.user, patient=shown.patient)
    forms = {
        "complete_form": CompleteForm(auto_id="complete_%s"),
        "hold_form": HoldForm(auto_id="hold_%s"),
        "stop_form": ReasonForm(auto_id="discontinue_%s"),
        "cancel_form": ReasonForm(auto_id="cancel_%s"),
    }
    return render(request, "worklist/procedure.html", context | forms)
