"""Which scheduled procedures does a modality's report speak of?"""

import datetime as dt
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from patients.models import Patient
from worklist.models import PerformedProcedure, ScheduledProcedure
from worklist.reported import Reporter, Told, ToldStep
from worklist.services.matching import procedure_for

Unplaced = PerformedProcedure.Unplaced


class Placing(NamedTuple):
    """Where a report belongs, or why nowhere; and the patient it names, if we know them."""

    procedures: list[ScheduledProcedure]
    why_none: str
    patient: Patient | None


def find_procedures(told: Told, reporter: Reporter) -> Placing:
    """One for each scheduled step that the report names; several when it did several at once.

    A procedure of another patient than the modality names is none: a person decides.
    """
    patient = known_patient(told, reporter)
    day = timezone.localdate(told.started_at) if told.started_at else timezone.localdate()
    found: dict[int, ScheduledProcedure] = {}
    contradicts = False
    for step in told.steps:
        procedure = procedure_of(step, told, patient, day)
        if procedure is None:
            continue
        if told.patient.is_said and not reporter.is_same_person(
            procedure.order.patient, told.patient
        ):
            contradicts = True
        else:
            found[procedure.pk] = procedure
    if found:
        return Placing(list(found.values()), "", patient)
    why = Unplaced.OTHER_PATIENT if contradicts else Unplaced.NOT_FOUND
    return Placing([], why, patient)


def known_patient(told: Told, reporter: Reporter) -> Patient | None:
    """The patient of this number, if the rest of what is told agrees."""
    number = told.patient.patient_id
    if not number:
        return None
    issuer = told.patient.issuer or settings.PATIENT_ID_ISSUER
    candidates = Patient.objects.identified_by(number, issuer)
    return next((one for one in candidates if reporter.is_same_person(one, told.patient)), None)


def procedure_of(
    step: ToldStep, told: Told, patient: Patient | None, day: dt.date
) -> ScheduledProcedure | None:
    """By the step's own number first, then by study, accession number, and patient and day."""
    named = ScheduledProcedure.objects.with_step_id(step.step_id) if step.step_id else None
    if named is not None and is_meant(named, step, patient):
        return named
    found = procedure_for(
        study_uid=step.study_uid,
        accession=step.accession,
        issuer=step.issuer,
        patient_pk=patient.pk if patient else None,
        modality=told.modality,
        day=day,
    )
    if found is None or (found.rule == "PATIENT_DAY" and found.procedure.is_final):
        return None
    return found.procedure


def is_meant(named: ScheduledProcedure, step: ToldStep, patient: Patient | None) -> bool:
    """A step number is ours only if something else agrees: other departments count from 1 too."""
    order = named.order
    return (
        step.study_uid == order.study_instance_uid
        or bool(step.accession and step.accession == order.accession_number)
        or (patient is not None and patient.pk == order.patient_id)
    )
