"""A modality that reports performed steps, for tests."""

from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom.association import Association

PERFORMED_STEP = "1.2.840.10008.3.1.2.3.3"
RETRIEVE = "1.2.840.10008.3.1.2.3.4"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
SCHEDULED = ("ReferencedStudySequence", "ScheduledProtocolCodeSequence")
EMPTY = (
    *("ReferencedPatientSequence", "ProcedureCodeSequence", "PerformedProtocolCodeSequence"),
    "PerformedSeriesSequence",
)


def scheduled_item(procedure=None, **changed: Any) -> Dataset:
    """What the worklist gave for a procedure, or an unscheduled one."""
    item = Dataset()
    order = procedure.order if procedure else None
    item.StudyInstanceUID = order.study_instance_uid if order else generate_uid()
    item.AccessionNumber = order.accession_number if order else ""
    item.RequestedProcedureID = order.requested_procedure_id if order else ""
    item.RequestedProcedureDescription = ""
    item.ScheduledProcedureStepID = procedure.step_id if procedure else ""
    item.ScheduledProcedureStepDescription = ""
    for keyword in SCHEDULED:
        setattr(item, keyword, [])
    for keyword, value in changed.items():
        setattr(item, keyword, value)
    return item


def beginning(*procedures, **changed: Any) -> Dataset:
    """An N-CREATE for these procedures; an unscheduled step for none."""
    told = Dataset()
    told.SpecificCharacterSet = "ISO_IR 192"
    patient = procedures[0].order.patient if procedures else None
    told.PatientName = patient.dicom_name if patient else ""
    told.PatientID = patient.patient_id if patient else ""
    born = patient.birth_date if patient else None
    told.PatientBirthDate = born.strftime("%Y%m%d") if born else ""
    told.PatientSex = patient.sex if patient else ""
    told.ScheduledStepAttributesSequence = [scheduled_item(one) for one in procedures] or [
        scheduled_item()
    ]
    told.PerformedProcedureStepID = "PPS1"
    told.PerformedStationAETitle = procedures[0].device.ae_title if procedures else "CT01"
    told.PerformedStationName = told.PerformedLocation = ""
    told.PerformedProcedureStepStartDate = "20260101"
    told.PerformedProcedureStepStartTime = "101500"
    told.PerformedProcedureStepStatus = "IN PROGRESS"
    told.PerformedProcedureStepDescription = told.PerformedProcedureTypeDescription = ""
    told.PerformedProcedureStepEndDate = told.PerformedProcedureStepEndTime = ""
    told.Modality = "CT"
    told.StudyID = "1"
    for keyword in EMPTY:
        setattr(told, keyword, [])
    for keyword, value in changed.items():
        setattr(told, keyword, value)
    return told


def series_item(*sop_uids: str, uid: str = "", **changed: Any) -> Dataset:
    """A series with these images."""
    item = Dataset()
    item.PerformingPhysicianName = item.OperatorsName = item.RetrieveAETitle = ""
    item.ProtocolName = "Abdomen"
    item.SeriesInstanceUID = uid or generate_uid()
    item.SeriesDescription = "Axial"
    item.ReferencedImageSequence = [referenced(one) for one in sop_uids]
    item.ReferencedNonImageCompositeSOPInstanceSequence = []
    for keyword, value in changed.items():
        setattr(item, keyword, value)
    return item


def referenced(sop_uid: str, sop_class: str = CT_IMAGE) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, sop_uid
    return item


def ending(status: str = "COMPLETED", reason: str = "", **changed: Any) -> Dataset:
    """An N-SET that ends a step."""
    told = Dataset()
    told.PerformedProcedureStepStatus = status
    told.PerformedProcedureStepEndDate = "20260101"
    told.PerformedProcedureStepEndTime = "103000"
    told.PerformedSeriesSequence = [series_item(generate_uid())]
    if reason:
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = reason, "DCM", "Reason"
        told.PerformedProcedureStepDiscontinuationReasonCodeSequence = [code]
    for keyword, value in changed.items():
        setattr(told, keyword, value)
    return told


def interim(*sop_uids: str) -> Dataset:
    """An N-SET in the middle of the work."""
    told = Dataset()
    told.PerformedProcedureStepStatus = "IN PROGRESS"
    told.PerformedSeriesSequence = [series_item(*sop_uids)]
    return told


def create(association: Association, dataset: Dataset, uid: str | None = None) -> Dataset:
    """The status of an N-CREATE; the answered instance UID is in its `AffectedSOPInstanceUID`."""
    status, _answer = association.send_n_create(dataset, PERFORMED_STEP, uid)
    return status


def change(association: Association, dataset: Dataset, uid: str) -> Dataset:
    status, _answer = association.send_n_set(dataset, PERFORMED_STEP, uid)
    return status
