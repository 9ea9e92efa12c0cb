"""Correcting who somebody is. What was stays: on the record, and as a former number."""

import datetime as dt
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common.refusals import Refused
from patients.models import Correction, Identifier, Patient
from patients.services.facts import Contact, Identity, Number
from patients.services.news import tell_open_pages

if TYPE_CHECKING:
    from staff.models import User

MINTED_FOR_IMAGES = "UNKNOWN-"


@transaction.atomic
def correct_identity(
    patient: Patient,
    identity: Identity,
    *,
    by: "User",
    reason: str,
    contact: Contact | None = None,
    number: Number | None = None,
) -> Patient:
    """Write down who this really is; whoever was known from images only is then confirmed.

    Refused without a reason, and when nothing is different. The record keeps what was and what is;
    the trail keeps which fields changed, never their values.
    """
    if not reason.strip():
        raise Refused(_("Say why the identity is corrected."))
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    wanted = asdict(identity) | (asdict(contact) if contact else {}) | _given(number)
    wanted["is_provisional"] = False
    changes = apply(patient, wanted)
    if not changes:
        raise Refused(_("Nothing is different: change a field first."))
    patient.full_clean()
    patient.save(update_fields=list(changes))
    keep_former_number(patient, changes)
    write_down(patient, changes, by=by, reason=reason)
    return patient


def _given(number: Number | None) -> dict[str, str]:
    """The parts of a record number that are not empty."""
    return {field: value.strip() for field, value in asdict(number or Number()).items() if value}


def apply(patient: Patient, wanted: dict[str, Any]) -> dict[str, list[Any]]:
    """Set what differs, and tell what was and what is."""
    changes = {}
    for field, value in wanted.items():
        if (was := getattr(patient, field)) != value:
            changes[field] = [as_kept(was), as_kept(value)]
            setattr(patient, field, value)
    return changes


def as_kept(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value.normalize()) if isinstance(value, Decimal) else value


def keep_former_number(patient: Patient, changes: dict[str, list[Any]]) -> None:
    """Letters and images still carry the old number: whoever searches for it finds this patient."""
    if not {"patient_id", "issuer"} & changes.keys():
        return
    was = {field: changes.get(field, [getattr(patient, field)])[0] for field in asdict(Number())}
    if was["patient_id"].startswith(MINTED_FOR_IMAGES):
        return
    former = {"value": was["patient_id"], "issuer": was["issuer"]}
    Identifier.objects.get_or_create(
        kind=Identifier.Kind.FORMER, **former, defaults={"patient": patient}
    )


def write_down(
    patient: Patient, changes: dict[str, list[Any]], *, by: "User", reason: str
) -> Correction:
    """The correction on the record, its trace in the trail, and a word to open pages."""
    correction = Correction.objects.create(
        patient=patient, by=by, reason=reason.strip()[:200], changes=changes
    )
    fields = sorted(changes)
    record("patient.corrected", patient, by=by, patient=patient, fields=fields)
    tell_open_pages(patient.pk)
    return correction
