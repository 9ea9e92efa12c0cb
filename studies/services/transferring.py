"""Sending images to other machines, and fetching earlier examinations from them."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from equipment.models import Node
from patients.models import Patient
from studies.models import SentObject, Series, Study, Transfer
from studies.signals import transfer_waits

if TYPE_CHECKING:
    from staff.models import User

LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A study in another archive, as that archive told of it."""

    study_uid: str
    label: str


@transaction.atomic
def send_study(study: Study, node: Node, *, by: "User", series: Series | None = None) -> Transfer:
    """Have a study, or one series of it, sent to a node. A worker carries it there."""
    if not Node.objects.destinations().filter(pk=node.pk).exists():
        raise Refused(_("Images may not be sent to %(node)s.") % {"node": node})
    whole = series if series is not None else study
    if not whole.clinical_count:
        raise Refused(_("There is nothing to send."))
    transfer = _begun(
        Transfer(
            kind=Transfer.Kind.SEND,
            node=node,
            patient=study.patient,
            study=study,
            series=series,
            study_uid=study.study_instance_uid,
            label=str(whole)[:LONGEST_LABEL],
            total=whole.clinical_count,
            asked_by=by,
        )
    )
    record("study.sent", study, by=by, patient=study.patient, node=node.ae_title)
    return transfer


@transaction.atomic
def fetch_study(patient: Patient, node: Node, found: Elsewhere, *, by: "User") -> Transfer:
    """Have a study that another archive keeps of this patient sent to us."""
    if not Node.objects.archives().filter(pk=node.pk).exists():
        raise Refused(_("%(node)s is no archive that can be asked.") % {"node": node})
    transfer = _begun(
        Transfer(
            kind=Transfer.Kind.FETCH,
            node=node,
            patient=patient,
            study_uid=found.study_uid,
            label=found.label[:LONGEST_LABEL],
            asked_by=by,
        )
    )
    record("study.fetched", patient, by=by, patient=patient, node=node.ae_title)
    return transfer


def _begun(transfer: Transfer) -> Transfer:
    try:
        with transaction.atomic():
            transfer.full_clean(validate_constraints=False)
            transfer.save()
    except IntegrityError:
        raise Refused(_("That is on its way already.")) from None
    _tell(transfer)
    return transfer


@transaction.atomic
def cancel_transfer(transfer: Transfer, *, by: "User") -> Transfer:
    """Stop it. What has arrived stays where it is."""
    transfer = _locked(transfer)
    transfer.move_to(Transfer.Status.CANCELLED)
    transfer.ended_at = timezone.now()
    transfer.save(update_fields=["status", "ended_at"])
    record("transfer.cancelled", transfer.study, by=by, patient=transfer.patient)
    _tell(transfer)
    return transfer


@transaction.atomic
def retry_transfer(transfer: Transfer, *, by: "User") -> Transfer:
    """Once more: what has arrived is not sent again, what was refused is tried anew."""
    transfer = _locked(transfer)
    transfer.move_to(Transfer.Status.WAITING)
    SentObject.objects.filter(transfer=transfer, is_taken=False).delete()
    transfer.attempts = transfer.failed = 0
    transfer.reason = ""
    transfer.next_attempt_at, transfer.ended_at = timezone.now(), None
    try:
        with transaction.atomic():
            transfer.save()
    except IntegrityError:
        raise Refused(_("That is on its way already.")) from None
    record("transfer.retried", transfer.study, by=by, patient=transfer.patient)
    _tell(transfer)
    return transfer


def _locked(transfer: Transfer) -> Transfer:
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("study", "patient")
    return rows.get(pk=transfer.pk)


def _tell(transfer: Transfer) -> None:
    transaction.on_commit(partial(transfer_waits.send, sender=Transfer))
    transaction.on_commit(partial(poke, "transfers", f"transfers-{transfer.patient_id}"))
