"""What a scanner reports of its work: performed steps (PS3.4 annex F) and what is to be kept."""

import datetime as dt
from collections.abc import Iterable, Mapping

from pydicom.dataset import Dataset

from demo.modality.entries import Entry
from demo.objects.common import code

OPERATOR = "Player^Modality"
REASONS: Mapping[str, str] = {  # CID 9300 and 9301
    "110513": "Discontinued for unspecified reason",
    "110514": "Incorrect worklist entry selected",
    "110515": "Patient condition prevented continuing",
}


def begun(entry: Entry, station: str, now: dt.datetime) -> Dataset:
    """N-CREATE: everything of type 1 and 2 (table F.7.2-1); what is not known yet is empty."""
    step = Dataset()
    step.SpecificCharacterSet = "ISO_IR 192"
    step.ScheduledStepAttributesSequence = [scheduled_part(entry)]
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex"):
        setattr(step, keyword, entry.answer.get(keyword))
    if entry.text("IssuerOfPatientID"):
        step.IssuerOfPatientID = entry.text("IssuerOfPatientID")
    step.ReferencedPatientSequence = []
    step.PerformedProcedureStepID = f"P{now:%H%M%S%f}"[:16]
    step.PerformedStationAETitle, step.PerformedStationName = station, station
    step.PerformedLocation = ""
    step.PerformedProcedureStepStartDate = f"{now:%Y%m%d}"
    step.PerformedProcedureStepStartTime = f"{now:%H%M%S}"
    step.PerformedProcedureStepStatus = "IN PROGRESS"
    what = entry.text("ScheduledProcedureStepDescription", of_step=True)
    step.PerformedProcedureStepDescription = what
    step.PerformedProcedureTypeDescription = ""
    step.ProcedureCodeSequence = list(entry.answer.get("RequestedProcedureCodeSequence") or [])
    step.PerformedProcedureStepEndDate = step.PerformedProcedureStepEndTime = None
    step.Modality = entry.text("Modality", of_step=True)
    step.StudyID = entry.text("RequestedProcedureID")
    step.PerformedProtocolCodeSequence = list(entry.step.get("ScheduledProtocolCodeSequence") or [])
    step.PerformedSeriesSequence = []
    return step


def scheduled_part(entry: Entry) -> Dataset:
    """Which step it is: an unscheduled one has a study, and nothing else to name."""
    part = Dataset()
    part.StudyInstanceUID = entry.text("StudyInstanceUID")
    part.ReferencedStudySequence = []
    for keyword in ("AccessionNumber", "RequestedProcedureID", "RequestedProcedureDescription"):
        setattr(part, keyword, entry.text(keyword))
    for keyword in ("ScheduledProcedureStepID", "ScheduledProcedureStepDescription"):
        setattr(part, keyword, entry.text(keyword, of_step=True))
    part.ScheduledProtocolCodeSequence = list(entry.step.get("ScheduledProtocolCodeSequence") or [])
    return part


def ended(status: str, images: Iterable[Dataset], now: dt.datetime, reason: str = "") -> Dataset:
    """N-SET: how it ended, and every series with what it holds."""
    step = Dataset()
    step.SpecificCharacterSet = "ISO_IR 192"
    step.PerformedProcedureStepStatus = status
    step.PerformedProcedureStepEndDate = f"{now:%Y%m%d}"
    step.PerformedProcedureStepEndTime = f"{now:%H%M%S}"
    if reason:
        step.PerformedProcedureStepDiscontinuationReasonCodeSequence = [
            code(reason, REASONS[reason], "DCM")
        ]
    series: dict[str, Dataset] = {}
    for image in images:
        one = series.setdefault(str(image.SeriesInstanceUID), _series(image))
        one.ReferencedImageSequence.append(reference(image))
    step.PerformedSeriesSequence = list(series.values())
    return step


def _series(image: Dataset) -> Dataset:
    one = Dataset()
    one.PerformingPhysicianName, one.OperatorsName = "", OPERATOR
    one.ProtocolName = str(image.get("ProtocolName", "")) or "Played"
    one.SeriesInstanceUID = image.SeriesInstanceUID
    one.SeriesDescription = str(image.get("SeriesDescription", ""))
    one.RetrieveAETitle = ""
    one.ReferencedImageSequence = []
    one.ReferencedNonImageCompositeSOPInstanceSequence = []
    return one


def reference(image: Dataset) -> Dataset:
    """One object by its class and its number."""
    one = Dataset()
    one.ReferencedSOPClassUID = image.SOPClassUID
    one.ReferencedSOPInstanceUID = image.SOPInstanceUID
    return one


def to_be_kept(images: Iterable[Dataset], transaction: str) -> Dataset:
    """The question whether all of these are safe (PS3.4 table J.3-1)."""
    asked = Dataset()
    asked.TransactionUID = transaction
    asked.ReferencedSOPSequence = [reference(image) for image in images]
    return asked
