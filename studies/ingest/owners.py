"""Whose study is it? The order's patient, the known patient, or one made from the images."""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from common.locks import hold
from patients.models import Patient
from patients.services import Identity, patient_from_images
from studies.facts import InstanceFacts, PatientFacts
from studies.identity import is_same_person, patient_differences
from studies.ingest.reading import plain
from studies.ingest.settling import Disagrees, Reason
from studies.likeness import says_the_same_patient
from studies.models import Instance, Study
from worklist.models import ScheduledProcedure
from worklist.services import procedure_for


def ordered_for(
    facts: InstanceFacts, patient: Patient | None, day: date
) -> tuple[ScheduledProcedure, str] | None:
    """The scheduled procedure that these images were made for, and the rule that says so."""
    return procedure_for(
        study_uid=facts.study.uid,
        accession=facts.study.accession_number,
        issuer=facts.study.accession_issuer,
        patient_pk=patient.pk if patient else None,
        modality=facts.series.modality,
        day=facts.study.date or day,
    )


def owner_of(facts: InstanceFacts, day: date) -> Patient:
    """The patient of a study that is not here yet. Raises Disagrees when two sources contradict."""
    found = ordered_for(facts, None, day)
    if found is None:
        return _owner_without_order(facts.patient)
    procedure, _rule = found
    patient = procedure.order.patient
    if not is_same_person(patient, facts.patient):
        raise Disagrees(
            Reason(
                "other_patient",
                _("The images name another patient than the order they belong to."),
                differences=patient_differences(patient, facts.patient),
                patient=patient,
                procedure=procedure,
            )
        )
    return patient


def _owner_without_order(arrived: PatientFacts) -> Patient:
    """The patient we know by number and name, or a provisional one (docs/decisions/0005)."""
    number = plain(arrived.patient_id, 64)
    issuer = plain(arrived.issuer, 64) or settings.PATIENT_ID_ISSUER
    if number:
        hold(f"patient {number} {issuer}")  # two studies of one stranger make one stranger
        known = list(Patient.objects.identified_by(number, issuer).order_by("is_provisional", "pk"))
        for patient in known:
            if is_same_person(patient, arrived):
                return patient
        if known and not known[0].is_provisional:
            raise Disagrees(
                Reason(
                    "other_patient",
                    _("Another patient has this record number."),
                    differences=patient_differences(known[0], arrived),
                    patient=known[0],
                )
            )
    identity = Identity(
        name_alphabetic=plain(arrived.name_alphabetic, 324),
        name_ideographic=plain(arrived.name_ideographic, 324),
        name_phonetic=plain(arrived.name_phonetic, 324),
        birth_date=arrived.birth_date,
        sex=arrived.sex,
    )
    return patient_from_images(number, identity, issuer=issuer)


def check_owner(study: Study, facts: InstanceFacts) -> None:
    """Raise Disagrees when an image of a study that is here names somebody else."""
    if is_same_person(study.patient, facts.patient):
        return
    first = Instance.objects.first_of(study.pk)
    if first is not None and says_the_same_patient(first, facts):
        return
    raise Disagrees(
        Reason(
            "other_patient",
            _("The images name another patient than the study they belong to."),
            differences=patient_differences(study.patient, facts.patient),
            patient=study.patient,
            study=study,
        )
    )
