"""What another archive has of a patient, as pages and programs ask for it, and choose from it."""

from typing import TYPE_CHECKING, NamedTuple

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from audit.services import record
from common.refusals import Refused
from equipment.models import Node
from equipment.services import note_call
from gateway.calling import NoAnswer
from gateway.calling.archives import There, studies_of
from patients.models import Patient
from studies.models import Study
from studies.services import Elsewhere

if TYPE_CHECKING:
    from staff.models import User

_signer = Signer(salt="elsewhere")


class Found(NamedTuple):
    """A study there, what is shown to fetch it, and whether it is here already."""

    there: There
    ticket: str
    is_here: bool


def ask_archive(patient: Patient, node: Node, *, by: "User") -> list[Found]:
    """What an archive has of a patient, the newest first. Raises NoAnswer."""
    record("archive.asked", patient, by=by, patient=patient, node=node.ae_title)
    try:
        studies = studies_of(node, patient)
    except NoAnswer as why:
        note_call(node, why.sentence)
        raise
    note_call(node)
    here = _here([one.study_uid for one in studies])
    return [Found(one, _ticket(node, patient, one), one.study_uid in here) for one in studies]


def chosen(ticket: str, node: Node, patient: Patient) -> Elsewhere:
    """The study of a ticket. Raises Refused when it is of another archive or patient."""
    try:
        node_pk, patient_pk, uid, label = _signer.unsign_object(ticket)
    except (BadSignature, ValueError):
        raise Refused(_("Ask the archive once more.")) from None
    if (node_pk, patient_pk) != (node.pk, patient.pk):
        raise Refused(_("Ask the archive once more."))
    return Elsewhere(uid, label)


def _here(uids: list[str]) -> set[str]:
    rows = Study.objects.filter(study_instance_uid__in=uids)
    return set(rows.values_list("study_instance_uid", flat=True))


def _ticket(node: Node, patient: Patient, there: There) -> str:
    """What was told of a study, so that nothing else can be fetched in its place."""
    return _signer.sign_object([node.pk, patient.pk, there.study_uid, there.label])
