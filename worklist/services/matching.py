"""Which scheduled procedure do these images belong to?"""

import datetime as dt
from typing import NamedTuple

from worklist.modalities import alike
from worklist.models import ScheduledProcedure
from worklist.models.queries import ScheduledProcedureQuerySet

Status = ScheduledProcedure.Status

# Which of several steps of one order is meant: first what is being done, last what never was.
LIKELY = (
    Status.IN_PROGRESS,
    Status.ACQUIRED,
    Status.READY,
    Status.ARRIVED,
    Status.SCHEDULED,
    Status.ON_HOLD,
    Status.COMPLETED,
    Status.DISCONTINUED,
    Status.NO_SHOW,
    Status.CANCELLED,
)


class Found(NamedTuple):
    """A scheduled procedure, and the rule that found it."""

    procedure: ScheduledProcedure
    rule: str


def procedure_for(
    *,
    study_uid: str,
    accession: str,
    issuer: str,
    patient_pk: int | None,
    modality: str,
    day: dt.date | None,
) -> Found | None:
    """The procedure that images with these identifiers belong to, and by which rule; or None.

    The study's UID is ours if it was minted here (STUDY_UID); an accession number counts with its
    issuer (ACCESSION); patient, modality and day count only if one procedure alone fits
    (PATIENT_DAY): a wrong guess is worse than none.
    """
    everything = ScheduledProcedure.objects.all()
    if study_uid:
        steps = _steps(everything.of_study(study_uid))
        if steps:
            return Found(likeliest(steps, modality), "STUDY_UID")
    if accession:
        steps = _steps(everything.of_accession(accession, issuer))
        if steps:
            return Found(likeliest(steps, modality), "ACCESSION")
    if patient_pk is not None and day is not None and modality:
        steps = _steps(everything.of_patient(patient_pk).taking_place_on(day))
        fitting = [step for step in steps if alike(step.device.modality, modality)]
        if len(fitting) == 1:
            return Found(fitting[0], "PATIENT_DAY")
    return None


def _steps(found: ScheduledProcedureQuerySet) -> list[ScheduledProcedure]:
    """All of these. A light question goes first: of images that nobody ordered, which are looked
    up again with every batch, nothing is found."""
    keys = list(found.order_by().values_list("pk", flat=True))
    return list(ScheduledProcedure.objects.with_patient().filter(pk__in=keys)) if keys else []


def likeliest(steps: list[ScheduledProcedure], modality: str) -> ScheduledProcedure:
    """Of several steps of one order: the same modality first, then the one being done now."""
    return min(
        steps,
        key=lambda step: (
            not alike(step.device.modality, modality),
            LIKELY.index(Status(step.status)),
            step.pk,
        ),
    )
