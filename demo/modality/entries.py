"""The worklist as a scanner asks for it, and an answer as the step that is then performed."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from pydicom.dataset import Dataset

from demo.catalogue import CATALOGUE
from demo.objects import MAKERS
from demo.place import MACHINES
from equipment.models import Device
from patients.models import Patient
from worklist.models import Order, ProcedureType, ScheduledProcedure

# What a scanner that cannot draw the procedure it was sent performs instead.
USUAL = {
    "CT": "CT-HEAD",
    "MR": "MR-LSPINE",
    "DX": "DX-CHEST",
    "CR": "DX-CHEST",
    "US": "US-ABD",
    "MG": "MG-SCREEN",
    "XA": "XA-CORO",
}
BODY_PARTS = {line[0]: line[3] for line in CATALOGUE}
NEEDS_SIDE = {line[0]: line[4] for line in CATALOGUE}
SIDES = {"left": "L", "right": "R"}
KEYS = (
    *("SpecificCharacterSet", "AccessionNumber", "ReferringPhysicianName"),
    *("ReferencedStudySequence", "ReferencedPatientSequence"),
    *("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex"),
    *("PatientWeight", "MedicalAlerts", "Allergies", "PregnancyStatus", "StudyInstanceUID"),
    *("RequestingPhysician", "RequestedProcedureDescription", "RequestedProcedureCodeSequence"),
    *("RequestedProcedureID", "RequestedProcedurePriority"),
)
STEP_KEYS = (
    *("Modality", "ScheduledStationAETitle", "ScheduledProcedureStepStartDate"),
    *("ScheduledProcedureStepStartTime", "ScheduledPerformingPhysicianName"),
    *("ScheduledProcedureStepDescription", "ScheduledProtocolCodeSequence"),
    *("ScheduledProcedureStepID", "ScheduledStationName", "ScheduledProcedureStepLocation"),
    "ScheduledProcedureStepStatus",
)


def question(station: str, modality: str, day: dt.date) -> Dataset:
    """All steps of `day` for this station, and everything a scanner copies into its images."""
    step = Dataset()
    for keyword in STEP_KEYS:
        setattr(step, keyword, [] if keyword.endswith("Sequence") else None)
    step.Modality, step.ScheduledStationAETitle = modality, station
    step.ScheduledProcedureStepStartDate = f"{day:%Y%m%d}"
    identifier = Dataset()
    for keyword in KEYS:
        setattr(identifier, keyword, [] if keyword.endswith("Sequence") else None)
    identifier.SpecificCharacterSet = "ISO_IR 192"
    identifier.ScheduledProcedureStepSequence = [step]
    return identifier


@dataclass(frozen=True)
class Entry:
    """One line of the scanner's list."""

    answer: Dataset

    @property
    def step(self) -> Dataset:
        steps = self.answer.get("ScheduledProcedureStepSequence")
        return steps[0] if steps else Dataset()

    @property
    def is_scheduled(self) -> bool:
        return bool(self.text("ScheduledProcedureStepID", of_step=True))

    @property
    def title(self) -> str:
        """Which one it is, without the patient's name."""
        when = self.text("ScheduledProcedureStepStartTime", of_step=True)[:4] or "----"
        what = self.text("ScheduledProcedureStepDescription", of_step=True)
        numbers = f"{self.text('PatientID')}, {self.text('AccessionNumber') or 'no order'}"
        return f"{when[:2]}:{when[2:]}  {what or 'unscheduled'} ({numbers})"

    def starts_at(self, day: dt.date) -> dt.datetime | None:
        """When it is planned on `day`, by this clock; None when nobody said."""
        text = self.text("ScheduledProcedureStepStartTime", of_step=True)
        if len(text) < 4 or not text[:4].isdigit():  # noqa: PLR2004 - hours and minutes
            return None
        begins = dt.time(int(text[:2]) % 24, int(text[2:4]) % 60)
        return timezone.make_aware(dt.datetime.combine(day, begins))

    @property
    def code(self) -> str:
        codes = self.step.get("ScheduledProtocolCodeSequence") or [Dataset()]
        code = str(codes[0].get("CodeValue", ""))
        return (
            code if code in MAKERS else USUAL.get(self.text("Modality", of_step=True), "DX-CHEST")
        )

    def text(self, keyword: str, *, of_step: bool = False) -> str:
        value = (self.step if of_step else self.answer).get(keyword)
        return "" if value is None else str(value)


def performed(entry: Entry, station: str) -> ScheduledProcedure:
    """The step with what the worklist said of it; never saved: the scanner has no tables."""
    what = entry.text("ScheduledProcedureStepDescription", of_step=True)
    code = entry.code
    kind = ProcedureType(
        code=code,
        scheme="99IMG",
        meaning=entry.text("RequestedProcedureDescription") or what,
        modality=entry.text("Modality", of_step=True),
        body_part=BODY_PARTS.get(code, ""),
        needs_side=NEEDS_SIDE.get(code, False),
    )
    order = Order(
        patient=_patient(entry),
        procedure_type=kind,
        accession_number=entry.text("AccessionNumber"),
        requested_procedure_id=entry.text("RequestedProcedureID"),
        study_instance_uid=entry.text("StudyInstanceUID"),
        priority=entry.text("RequestedProcedurePriority") or Order.Priority.ROUTINE,
        ordering_physician=entry.text("ReferringPhysicianName"),
    )
    now = timezone.now()
    return ScheduledProcedure(
        order=order,
        procedure_type=kind,
        device=_device(station, kind.modality),
        step_id=entry.text("ScheduledProcedureStepID", of_step=True),
        side=SIDES.get(what.rpartition(", ")[2], ""),
        scheduled_start=now,
        started_at=now,
    )


def _patient(entry: Entry) -> Patient:
    alphabetic, ideographic, phonetic = (*entry.text("PatientName").split("="), "", "")[:3]
    born = entry.text("PatientBirthDate")
    return Patient(
        patient_id=entry.text("PatientID"),
        issuer=entry.text("IssuerOfPatientID"),
        name_alphabetic=alphabetic,
        name_ideographic=ideographic,
        name_phonetic=phonetic,
        birth_date=dt.datetime.strptime(born, "%Y%m%d").date() if born else None,  # noqa: DTZ007
        sex=entry.text("PatientSex"),
    )


def _device(station: str, modality: str) -> Device:
    known = next((one for one in MACHINES if one.ae_title == station), None)
    return Device(
        ae_title=station,
        name=known.name if known else station,
        modality=modality,
        maker=known.maker if known else "Simulator",
        model_name=known.model_name if known else "Played modality",
        serial_number="SIMULATED",
        software="1",
    )
