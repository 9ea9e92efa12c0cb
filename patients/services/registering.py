"""Registering people."""

import uuid
from collections.abc import Collection
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit.services import record
from patients.models import Patient
from patients.services.facts import Contact, Identity

if TYPE_CHECKING:
    from staff.models import User

RECORD_NUMBERS = "patients_record_number"


def next_record_number() -> str:
    """A fresh record number such as P26000042: from a sequence, so that none is given twice.

    Numbers that came from elsewhere may look alike: those are passed over.
    """
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s)", [RECORD_NUMBERS])
            minted = f"P{timezone.localdate():%y}{cursor.fetchone()[0]:06d}"
        if not Patient.objects.identified_by(minted, settings.PATIENT_ID_ISSUER).exists():
            return minted


@transaction.atomic
def register_patient(
    patient_id: str,
    identity: Identity,
    *,
    by: "User | None",
    issuer: str = "",
    contact: Contact | None = None,
    somebody_else: Collection[int] = (),
) -> Patient:
    """Make a record for somebody; without a number they get a new one.

    Refused when the record number is taken (by the constraint). `somebody_else` are the patients
    that looked alike and whom a person has judged to be others: that is kept in the trail.
    """
    patient = Patient(
        patient_id=patient_id.strip() or next_record_number(),
        issuer=issuer.strip() or settings.PATIENT_ID_ISSUER,
        **asdict(identity),
        **asdict(contact or Contact()),
    )
    patient.full_clean()
    patient.save()
    details = {"judged_to_be_others": sorted(somebody_else)} if somebody_else else {}
    record("patient.registered", patient, by=by, patient=patient, **details)
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
    patient.clean_fields()  # what must hold between rows, the database says
    patient.save()
    record("patient.made_from_images", patient, by=None, patient=patient)
    return patient
