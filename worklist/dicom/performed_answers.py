"""Performed steps as they are told to others (PS3.4 table F.8.2-1): our own in DICOM's words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset

from worklist.dicom.charsets import sayable
from worklist.dicom.performed import EXPECTED, IMAGES, OTHERS, UTF_8, plain_json
from worklist.models import PerformedProcedure, ScheduledProcedure
from worklist.reasons import REASONS
from worklist.reported import ToldObject, ToldSeries


def as_dataset(attributes: dict[str, Any], *, character_set: str) -> Dataset:
    """What is kept of a step, in letters that the asker reads (UTF-8 where its own cannot)."""
    dataset = Dataset.from_json(attributes)
    texts = [str(element.value) for element in dataset.iterall() if element.VR != "SQ"]
    said = character_set if sayable(texts, character_set) else UTF_8
    if said:
        dataset.SpecificCharacterSet = said.split("\\")
    return dataset


@dataclass(frozen=True)
class Kept:
    """A step that people began and ended here, and what came of it."""

    step: PerformedProcedure
    procedures: Sequence[ScheduledProcedure]
    series: Sequence[ToldSeries]
    zone: dt.tzinfo


def kept_attributes(kept: Kept) -> dict[str, Any]:
    """The attributes that a modality would have reported of it (table F.7.2-1)."""
    step = kept.step
    dataset = Dataset()
    for keyword in EXPECTED:  # type 2: what is not known is there without a value
        setattr(dataset, keyword, [] if dictionary_VR(keyword) == "SQ" else "")
    _say_patient(dataset, step, kept.procedures)
    dataset.ScheduledStepAttributesSequence = [_scheduled(one) for one in kept.procedures]
    dataset.PerformedProcedureStepID = f"P{step.pk}"
    if step.device is not None:
        dataset.PerformedStationAETitle = step.device.ae_title
        dataset.PerformedStationName = step.device.name[:16]
        dataset.Modality = step.device.modality
    _say_moment(dataset, "Start", step.started_at, kept.zone)
    _say_moment(dataset, "End", step.ended_at, kept.zone)
    dataset.PerformedProcedureStepStatus = step.status.replace("_", " ")
    if step.reason_code in REASONS:
        reason = Dataset()
        reason.CodeValue, reason.CodingSchemeDesignator = step.reason_code, "DCM"
        reason.CodeMeaning = REASONS[step.reason_code].meaning
        dataset.PerformedProcedureStepDiscontinuationReasonCodeSequence = [reason]
    dataset.PerformedSeriesSequence = [_listed_series(one) for one in kept.series]
    return plain_json(dataset)


def _say_patient(
    dataset: Dataset, step: PerformedProcedure, procedures: Sequence[ScheduledProcedure]
) -> None:
    patient = procedures[0].order.patient if procedures else step.patient
    if patient is None:
        return
    dataset.PatientName = patient.dicom_name
    dataset.PatientID = patient.patient_id
    dataset.IssuerOfPatientID = patient.issuer
    dataset.PatientBirthDate = patient.birth_date.strftime("%Y%m%d") if patient.birth_date else ""
    dataset.PatientSex = patient.sex


def _say_moment(dataset: Dataset, which: str, moment: dt.datetime | None, zone: dt.tzinfo) -> None:
    if moment is not None:
        local = moment.astimezone(zone)
        setattr(dataset, f"PerformedProcedureStep{which}Date", local.strftime("%Y%m%d"))
        setattr(dataset, f"PerformedProcedureStep{which}Time", local.strftime("%H%M%S"))


def _scheduled(procedure: ScheduledProcedure) -> Dataset:
    order, item = procedure.order, Dataset()
    item.StudyInstanceUID = order.study_instance_uid
    item.ReferencedStudySequence = []
    item.AccessionNumber = order.accession_number
    item.RequestedProcedureID = order.requested_procedure_id
    item.RequestedProcedureDescription = procedure.procedure_type.meaning[:64]
    item.ScheduledProcedureStepID = procedure.step_id
    item.ScheduledProcedureStepDescription = procedure.procedure_type.meaning[:64]
    item.ScheduledProtocolCodeSequence = []
    return item


def _listed_series(series: ToldSeries) -> Dataset:
    item = Dataset()
    item.PerformingPhysicianName = ""
    item.OperatorsName = series.operators
    item.ProtocolName = series.protocol or "unknown"
    item.SeriesInstanceUID = series.uid
    item.SeriesDescription = series.description
    item.RetrieveAETitle = ""
    images = [_reference(one) for one in series.objects if one.is_image]
    setattr(item, IMAGES, images)
    setattr(item, OTHERS, [_reference(one) for one in series.objects if not one.is_image])
    return item


def _reference(one: ToldObject) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = one.sop_class_uid
    item.ReferencedSOPInstanceUID = one.sop_instance_uid
    return item
