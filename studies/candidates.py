"""Which scheduled procedures could a study belong to? Ranked for a person who decides."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from patients.models import Patient
from studies.facts import PatientFacts
from studies.identity import names_agree
from studies.models import Study
from worklist.modalities import alike
from worklist.models import ScheduledProcedure
from worklist.models.queries import ScheduledProcedureQuerySet

if TYPE_CHECKING:
    from staff.models import User

SHOWN = 8
DAYS_AROUND = 2
MOST_OF_PATIENT = 100
MOST_OF_DAYS = 500
NOTHING_IN_COMMON = 3  # still a candidate when modality and day fit and no images have come
LEAST_SCORE = 4  # less than a name, or a day with its modality, is no candidate


@dataclass(frozen=True, slots=True)
class Candidate:
    """A procedure, and what speaks for it."""

    procedure: ScheduledProcedure
    score: int
    reasons: list[str]
    is_other_patient: bool


def candidates_for(study: Study, user: "User") -> list[Candidate]:
    """The likeliest procedures first. Other patients' only when this one is known from images
    alone: their number may have been mistyped at the device, or the order came after them."""
    visible = ScheduledProcedure.objects.visible_to(user).with_patient()
    day = study.study_date or timezone.localdate(study.created_at)
    pool = {p.pk: p for p in visible.of_patient(study.patient_id)[:MOST_OF_PATIENT]}
    if study.patient.is_provisional:
        pool |= {p.pk: p for p in _around(visible, day)}
    taken = set(study.matches.values_list("procedure_id", flat=True))
    judged = (judge(study, p, day) for p in pool.values() if p.pk not in taken)
    fitting = [candidate for candidate in judged if candidate.score >= LEAST_SCORE]
    return sorted(fitting, key=lambda c: (-c.score, c.procedure.scheduled_start))[:SHOWN]


def _around(visible: ScheduledProcedureQuerySet, day: dt.date) -> Iterable[ScheduledProcedure]:
    for distance in range(-DAYS_AROUND, DAYS_AROUND + 1):
        yield from visible.on(day + dt.timedelta(days=distance))[:MOST_OF_DAYS]


def judge(study: Study, procedure: ScheduledProcedure, day: dt.date) -> Candidate:
    """Add up what agrees. Name, number and birth date weigh more than day and modality."""
    patient = procedure.order.patient
    score, reasons = _same_person(study.patient, patient)
    distance = abs((timezone.localdate(procedure.scheduled_start) - day).days)
    if any(alike(procedure.device.modality, modality) for modality in study.modality_list):
        score += 3
        reasons.append(_("same modality"))
    if distance == 0:
        score += 3
        reasons.append(_("same day"))
    elif distance <= DAYS_AROUND:
        score += 1
    if not procedure.images_received:
        score += 1
        reasons.append(_("no images yet"))
    return Candidate(procedure, score, reasons, patient.pk != study.patient_id)


def _same_person(here: Patient, there: Patient) -> tuple[int, list[str]]:
    if here.pk == there.pk:
        return 4, []
    score, reasons = 0, []
    if names_agree(there, _facts_of(here)):
        score += 4
        reasons.append(_("same name"))
    if here.birth_date and here.birth_date == there.birth_date:
        score += 3
        reasons.append(_("same birth date"))
    if here.patient_id.lstrip("0").casefold() == there.patient_id.lstrip("0").casefold():
        score += 4
        reasons.append(_("same number"))
    return (score, reasons) if reasons else (-NOTHING_IN_COMMON, [])


def _facts_of(patient: Patient) -> PatientFacts:
    return PatientFacts(
        patient_id=patient.patient_id,
        issuer=patient.issuer,
        name_alphabetic=patient.name_alphabetic,
        name_ideographic=patient.name_ideographic,
        name_phonetic=patient.name_phonetic,
        birth_date=patient.birth_date,
        sex=patient.sex,
        other_ids=(),
    )
