"""Registering people and correcting who they are."""

import datetime as dt
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common.refusals import Refused
from patients.models import Alert, Patient

if TYPE_CHECKING:
    from staff.models import User


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody says they are. Names are DICOM component groups (PS3.5 6.2.1)."""

    name_alphabetic: str = ""
    name_ideographic: str = ""
    name_phonetic: str = ""
    birth_date: dt.date | None = None
    sex: str = ""


@transaction.atomic
def register_patient(
    patient_id: str, identity: Identity, *, by: "User | None", issuer: str = "", phone: str = ""
) -> Patient:
    """Make a record for somebody. Refused when the record number is taken (by the constraint)."""
    patient = Patient(
        patient_id=patient_id.strip(),
        issuer=issuer or settings.PATIENT_ID_ISSUER,
        phone=phone,
        **asdict(identity),
    )
    patient.full_clean()
    patient.save()
    record("patient.registered", patient, by=by, patient=patient)
    return patient


@transaction.atomic
def correct_identity(patient: Patient, identity: Identity, *, by: "User", reason: str) -> Patient:
    """Write down who this really is. The trail keeps which fields changed, never their values."""
    if not reason.strip():
        raise Refused(_("Say why the identity is corrected."))
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    changed = [
        field for field, value in asdict(identity).items() if getattr(patient, field) != value
    ]
    for field in changed:
        setattr(patient, field, getattr(identity, field))
    patient.is_provisional = False
    patient.full_clean()
    patient.save(update_fields=[*changed, "is_provisional"])
    record(
        "patient.corrected",
        patient,
        by=by,
        patient=patient,
        fields=changed,
        reason=reason.strip()[:200],
    )
    return patient


@transaction.atomic
def patient_from_images(patient_id: str, identity: Identity, *, issuer: str = "") -> Patient:
    """A provisional record for somebody whose images nobody ordered. A person confirms it later.

    Without a record number the patient gets one that says so.
    """
    patient = Patient(
        patient_id=patient_id.strip() or f"UNKNOWN-{uuid.uuid4().hex[:8].upper()}",
        issuer=issuer or settings.PATIENT_ID_ISSUER,
        is_provisional=True,
        **asdict(identity),
    )
    patient.full_clean()
    patient.save()
    record("patient.made_from_images", patient, by=None, patient=patient)
    return patient


@transaction.atomic
def note_alert(
    patient: Patient,
    *,
    kind: str,
    text: str,
    by: "User | None",
    severity: str = "",
    source: str = "",
) -> Alert:
    """Write down something to know before touching the patient."""
    alert = Alert(
        patient=patient,
        kind=kind,
        text=text.strip(),
        severity=severity or Alert.Severity.CAUTION,
        source=source,
        noted_by=by,
    )
    alert.full_clean()
    alert.save()
    record("alert.noted", alert, by=by, patient=patient, kind=kind)
    return alert
