"""Earlier examinations in other archives: asked for, judged by a person, fetched."""

from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.services import record
from common.pages import go_to
from common.refusals import Refused
from equipment.models import Node
from equipment.services import note_call
from gateway.calling import NoAnswer
from gateway.calling.archives import There, studies_of
from patients.models import Patient
from staff.access import StaffRequest, needs
from studies import services
from studies.models import Study, Transfer

FETCH = "studies.fetch_study"
SHOWN = 8
_signer = Signer(salt="elsewhere")


@require_GET
@needs(FETCH)
def elsewhere(request: StaffRequest, pk: int) -> HttpResponse:
    """Which archives can be asked about a patient, and what is on its way from them."""
    return render(request, "transfers/elsewhere.html", _context(request, pk))


@require_POST
@needs(FETCH)
def ask(request: StaffRequest, pk: int, node_pk: int) -> HttpResponse:
    """What one archive has of this patient."""
    patient = _patient(request, pk)
    node = get_object_or_404(Node.objects.archives(), pk=node_pk)
    record("archive.asked", patient, by=request.user, patient=patient, node=node.ae_title)
    found: list[tuple[There, str, bool]] = []
    trouble = ""
    try:
        studies = studies_of(node, patient)
    except NoAnswer as why:
        trouble = why.sentence
    else:
        here = _here([one.study_uid for one in studies])
        found = [(one, _ticket(node, pk, one), one.study_uid in here) for one in studies]
    note_call(node, trouble)
    context = _context(request, pk) | {"asked": node, "found": found, "trouble": trouble}
    template = "transfers/elsewhere.html"
    return render(request, f"{template}#found" if request.htmx else template, context)


@require_POST
@needs(FETCH)
def fetch(request: StaffRequest, pk: int, node_pk: int) -> HttpResponse:
    """Have the chosen studies sent to us."""
    patient = _patient(request, pk)
    node = get_object_or_404(Node.objects.archives(), pk=node_pk)
    chosen = request.POST.getlist("study")
    if not chosen:
        raise Refused(_("Choose at least one examination."))
    for ticket in chosen:
        services.fetch_study(patient, node, _read(ticket, node, pk), by=request.user)
    return go_to(request, "transfers:elsewhere", pk)


def _context(request: StaffRequest, pk: int) -> dict[str, object]:
    patient = _patient(request, pk)
    transfers = Transfer.objects.visible_to(request.user).of_patient(pk).with_details()
    return {
        "patient": patient,
        "archives": Node.objects.archives(),
        "transfers": transfers.filter(kind=Transfer.Kind.FETCH).newest_first()[:SHOWN],
    }


def _patient(request: StaffRequest, pk: int) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)


def _here(uids: list[str]) -> set[str]:
    rows = Study.objects.filter(study_instance_uid__in=uids)
    return set(rows.values_list("study_instance_uid", flat=True))


def _ticket(node: Node, patient_pk: int, there: There) -> str:
    """What was told of a study, so that nothing else can be fetched in its place."""
    return _signer.sign_object([node.pk, patient_pk, there.study_uid, there.label])


def _read(ticket: str, node: Node, patient_pk: int) -> services.Elsewhere:
    try:
        node_pk, pk, uid, label = _signer.unsign_object(ticket)
    except (BadSignature, ValueError):
        raise Refused(_("Ask the archive once more.")) from None
    if (node_pk, pk) != (node.pk, patient_pk):
        raise Refused(_("Ask the archive once more."))
    return services.Elsewhere(uid, label)
