"""Performed steps: what a modality reported, and where it belongs when nobody could tell."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.services import record
from common.pages import go_to
from staff.access import StaffRequest, needs
from worklist import services
from worklist.forms_booking import SettleForm
from worklist.models import PerformedProcedure, ScheduledProcedure
from worklist.performed_page import PerformedPage


def found_by(request: StaffRequest, pk: int) -> PerformedProcedure:
    return get_object_or_404(
        PerformedProcedure.objects.visible_to(request.user).with_details(), pk=pk
    )


def page_of(
    request: StaffRequest, step: PerformedProcedure, form: SettleForm, status: int = 200
) -> HttpResponse:
    context = {"page": PerformedPage(step, request.user), "step": step, "form": form}
    return render(request, "worklist/performed.html", context, status=status)


@require_GET
@needs("worklist.view_scheduledprocedure")
def performed(request: StaffRequest, pk: int) -> HttpResponse:
    """What was reported of one step, and the procedures that it could belong to."""
    step = found_by(request, pk)
    record("performed.viewed", step, by=request.user, patient=step.patient)
    return page_of(request, step, SettleForm())


@require_POST
@needs("worklist.settle_discrepancy")
def place(request: StaffRequest, pk: int, procedure_pk: int) -> HttpResponse:
    """It was done for this procedure."""
    visible = ScheduledProcedure.objects.visible_to(request.user)
    procedure = get_object_or_404(visible, pk=procedure_pk)
    services.place_performed(found_by(request, pk), procedure, by=request.user)
    messages.success(request, _("Placed. The procedure follows what the modality reported."))
    return go_to(request, "worklist:procedure", procedure.pk)


@require_POST
@needs("worklist.settle_discrepancy")
def settle_performed(request: StaffRequest, pk: int) -> HttpResponse:
    """It belongs to no procedure, and here is what it was."""
    step, form = found_by(request, pk), SettleForm(request.POST)
    if not form.is_valid():
        return page_of(request, step, form, status=422)
    services.settle_performed(step, by=request.user, **form.cleaned_data)
    messages.success(request, _("Settled."))
    return go_to(request, "worklist:open_steps")
