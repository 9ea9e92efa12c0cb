"""Earlier examinations in other archives: asked for, judged by a person, fetched."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.pages import go_to
from common.refusals import Refused
from equipment.models import Node
from gateway.calling import NoAnswer
from gateway.elsewhere import Found, ask_archive, chosen
from patients.models import Patient
from staff.access import StaffRequest, needs
from studies import services
from studies.models import Transfer

FETCH = "studies.fetch_study"
TEMPLATE = "transfers/elsewhere.html"
SHOWN = 8


@require_GET
@needs(FETCH)
def elsewhere(request: StaffRequest, pk: int) -> HttpResponse:
    """Which archives can be asked about a patient, and what is on its way from them."""
    return render(request, "transfers/elsewhere.html", _context(request, pk))


@require_POST
@needs(FETCH)
def ask(request: StaffRequest, pk: int, node_pk: int) -> HttpResponse:
    """What one archive has of this patient."""
    node = get_object_or_404(Node.objects.archives(), pk=node_pk)
    found: list[Found] = []
    trouble = ""
    try:
        found = ask_archive(_patient(request, pk), node, by=request.user)
    except NoAnswer as why:
        trouble = why.sentence
    context = _context(request, pk) | {"asked": node, "found": found, "trouble": trouble}
    if request.htmx:  # the others on the page keep what they answered
        return render(request, "transfers/_archive.html", context | {"node": node})
    return render(request, TEMPLATE, context)


@require_POST
@needs(FETCH)
def fetch(request: StaffRequest, pk: int, node_pk: int) -> HttpResponse:
    """Have the chosen studies sent to us."""
    patient = _patient(request, pk)
    node = get_object_or_404(Node.objects.archives(), pk=node_pk)
    tickets = request.POST.getlist("study")
    if not tickets:
        raise Refused(_("Choose at least one examination."))
    for ticket in tickets:
        services.fetch_study(patient, node, chosen(ticket, node, patient), by=request.user)
    if request.htmx:  # what other archives answered, and what is ticked there, stays
        context = _context(request, pk) | {"node": node, "begun": len(tickets)}
        return render(request, f"{TEMPLATE}#fetched", context)
    return go_to(request, "transfers:elsewhere", pk)


def _context(request: StaffRequest, pk: int) -> dict[str, object]:
    patient = _patient(request, pk)
    transfers = Transfer.objects.visible_to(request.user).of_patient(pk).fetched()
    return {
        "patient": patient,
        "archives": Node.objects.archives().by_name(),
        "transfers": transfers.with_details().newest_first()[:SHOWN],
        "coming": set(transfers.under_way().values_list("study_uid", flat=True)),
    }


def _patient(request: StaffRequest, pk: int) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
