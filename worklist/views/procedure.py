"""The page of one scheduled procedure: the examination, worked through without leaving it."""

from collections.abc import Mapping

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET
from django_htmx.http import retarget

from audit.services import record
from common.pages import unless_unchanged
from staff.access import StaffRequest, needs
from worklist.examination import Examination
from worklist.forms import HoldForm, ReasonForm
from worklist.models import ScheduledProcedure


def found_by(request: StaffRequest, pk: int) -> ScheduledProcedure:
    """The procedure with all its page says, if this person may see it; else 404."""
    visible = ScheduledProcedure.objects.visible_to(request.user)
    return get_object_or_404(visible.with_page_details(), pk=pk)


def page_of(
    request: StaffRequest, shown: ScheduledProcedure, bound: Mapping[str, BaseForm] | None = None
) -> HttpResponse:
    """The examination: whole, or its live part for htmx. `bound` are forms that come back with
    errors (422: nothing was changed)."""
    status = 422 if bound else 200
    context: dict[str, object] = {
        "procedure": shown,
        "exam": Examination(shown, request.user, bound),
    }
    if request.htmx:
        part = render(request, "worklist/_work.html", context, status=status)
        part["HX-Reswap"] = "morph"
        return retarget(part, "#work")
    forms = {
        "hold_form": HoldForm(auto_id="hold_%s"),
        "stop_form": ReasonForm(auto_id="discontinue_%s"),
        "cancel_form": ReasonForm(auto_id="cancel_%s"),
    }
    return render(request, "worklist/procedure.html", context | forms, status=status)


@require_GET
@needs("worklist.view_scheduledprocedure", "worklist.view_own_order")
def procedure(request: StaffRequest, pk: int) -> HttpResponse:
    """What is asked for, how it stands, what is next. An htmx request gets the live part alone."""
    shown = found_by(request, pk)
    if request.htmx:
        return unless_unchanged(request, page_of(request, shown))
    record("procedure.viewed", shown, by=request.user, patient=shown.patient)
    return page_of(request, shown)


@require_GET
@needs("worklist.view_scheduledprocedure", "worklist.view_own_order")
def history(request: StaffRequest, pk: int) -> HttpResponse:
    """Every move the procedure made, beside its page."""
    context = {"procedure": found_by(request, pk), "is_refresh": True}
    page = render(request, "worklist/examination/_history.html", context)
    return unless_unchanged(request, page)
