"""What a modality tells of a performed step, as plain facts: no pydicom below this line."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from patients.models import Patient
from worklist.models import PerformedProcedure

Status = PerformedProcedure.Status
IN_PROGRESS = "IN PROGRESS"  # with a space, as (0040,0252) writes it

STATUSES = {
    IN_PROGRESS: Status.IN_PROGRESS,
    "COMPLETED": Status.COMPLETED,
    "DISCONTINUED": Status.DISCONTINUED,
}


@dataclass(frozen=True, slots=True)
class ToldPatient:
    """Who the modality says was on the table."""

    patient_id: str = ""
    issuer: str = ""
    name: str = ""
    birth_date: dt.date | None = None
    sex: str = ""

    @property
    def is_said(self) -> bool:
        """Does it say anything that could be compared?"""
        return bool(self.patient_id or self.name.strip("^= "))


@dataclass(frozen=True, slots=True)
class ToldStep:
    """Which scheduled step it thinks it did; all but the study are empty for an unscheduled one."""

    study_uid: str
    accession: str = ""
    issuer: str = ""
    step_id: str = ""


@dataclass(frozen=True, slots=True)
class ToldObject:
    sop_class_uid: str
    sop_instance_uid: str
    is_image: bool


@dataclass(frozen=True, slots=True)
class ToldSeries:
    """A series it has made."""

    uid: str
    description: str = ""
    protocol: str = ""
    operators: str = ""
    modality: str = ""
    objects: tuple[ToldObject, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One report. What it does not mention is None or empty, and stays as it was."""

    attributes: Mapping[str, Any]
    status: str = ""
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    station: str = ""
    modality: str = ""
    reason_code: str = ""
    patient: ToldPatient = ToldPatient()
    steps: tuple[ToldStep, ...] = ()
    series: tuple[ToldSeries, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who brings a report: a machine by its AE title, or a program by its person's name.

    `is_same_person` compares a patient that we know with the one that is told of.
    """

    name: str
    is_same_person: Callable[[Patient, ToldPatient], bool]
    device_pk: int | None = None
