"""Steps that were left open, and what did not go by the book: looked at by a person."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from common.pages import go_to, unless_unchanged
from staff.access import StaffRequest, needs
from worklist import services
from worklist.forms_booking import DecisionForm, SettleForm
from worklist.models import Discrepancy, PerformedProcedure, Proposal
from worklist.performed_page import PerformedPage

MOST_ROWS = 300


@require_GET
@needs("worklist.settle_discrepancy")
def open_steps(request: StaffRequest) -> HttpResponse:
    """What the night proposes, and what waits to be looked at."""
    proposals = Proposal.objects.undecided().with_details().in_time_order()
    unsettled = Discrepancy.objects.unsettled().with_details()
    context = {
        "proposals": proposals[:MOST_ROWS],
        "unplaced": [
            PerformedPage(step, request.user)
            for step in PerformedProcedure.objects.unplaced().with_details()[:MOST_ROWS]
        ],
        "discrepancies": unsettled[:MOST_ROWS],
        "decision_form": DecisionForm(),
    }
    template = "worklist/open_steps.html#live" if request.htmx else "worklist/open_steps.html"
    return unless_unchanged(request, render(request, template, context))


@require_POST
@needs("worklist.settle_discrepancy")
def decide(request: StaffRequest) -> HttpResponse:
    """Confirm or decline everything that is ticked; what is refused is said, the rest is done."""
    form = DecisionForm(request.POST)
    ticked = Proposal.objects.undecided().keyed(request.POST.getlist("proposal"))
    chosen = list(ticked.with_details()[:MOST_ROWS])
    if not form.is_valid() or not chosen:
        messages.warning(request, _("Choose the steps you want to decide about."))
        return go_to(request, "worklist:open_steps")
    verb: Callable[[Proposal], object] = partial(services.decline_proposal, by=request.user)
    if request.POST.get("decision") != "decline":
        verb = partial(services.accept_proposal, by=request.user, **form.cleaned_data)
    done, refused = services.decide_all(chosen, verb)
    say_decided(request, done, refused)
    return go_to(request, "worklist:open_steps")


def say_decided(request: StaffRequest, done: int, refused: list[str]) -> None:
    words = ngettext("%d step was decided.", "%d steps were decided.", done)
    messages.success(request, words % done)
    for sentence in refused[:5]:
        messages.warning(request, sentence)


@require_POST
@needs("worklist.settle_discrepancy")
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Say how one discrepancy was settled."""
    discrepancy = get_object_or_404(Discrepancy.objects.with_details(), pk=pk)
    form = SettleForm(request.POST)
    if not form.is_valid():
        context = {"discrepancy": discrepancy, "form": form}
        return render(request, "worklist/_settle.html", context, status=422)
    services.settle_discrepancy(discrepancy, by=request.user, **form.cleaned_data)
    return go_to(request, "worklist:open_steps")
