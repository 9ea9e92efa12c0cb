"""The other numbers a patient is known by."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common.refusals import Refused
from patients.models import Identifier, Patient
from patients.services.identity import write_down
from patients.services.news import tell_open_pages

if TYPE_CHECKING:
    from staff.models import User


@transaction.atomic
def add_identifier(
    patient: Patient, *, kind: str, value: str, by: "User | None", issuer: str = ""
) -> Identifier:
    """Note another number of the same person. Refused when another patient has it."""
    identifier = Identifier(patient=patient, kind=kind, value=value.strip(), issuer=issuer.strip())
    identifier.full_clean()
    identifier.save()
    record("identifier.added", identifier, by=by, patient=patient, kind=kind)
    tell_open_pages(patient.pk)
    return identifier


@transaction.atomic
def remove_identifier(identifier: Identifier, *, by: "User", reason: str) -> Patient:
    """Take away a number that was never this person's. Refused without a reason.

    It is a correction like any other: the record keeps which number it was, and why it went.
    """
    if not reason.strip():
        raise Refused(_("Say why this number is not the patient’s."))
    patient = Patient.objects.select_for_update().get(pk=identifier.patient_id)
    kind, value = identifier.kind, identifier.value
    record("identifier.removed", identifier, by=by, patient=patient, kind=kind)
    identifier.delete()
    write_down(patient, {f"identifier.{kind}": [value, ""]}, by=by, reason=reason)
    return patient
