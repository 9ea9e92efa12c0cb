"""What every object carries: whose it is, from which order and device, and the pixels."""

import datetime as dt
import uuid
import zlib
from io import BytesIO

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian

from worklist.models import ScheduledProcedure

# SNOMED CT, as CID 4030 and 4031 list them.
REGIONS = {
    "HEAD": ("69536005", "Head"),
    "CHEST": ("816094009", "Chest"),
    "ABDOMEN": ("818983003", "Abdomen"),
    "LSPINE": ("122496007", "Lumbar spine"),
    "KNEE": ("72696002", "Knee"),
    "HAND": ("85562004", "Hand"),
    "HIP": ("29836001", "Hip"),
    "BREAST": ("76752008", "Breast"),
    "THYROID": ("69748006", "Thyroid"),
    "HEART": ("80891009", "Heart"),
}


def uid_of(procedure: ScheduledProcedure, *numbers: int) -> str:
    """The same identifier each time for the same object of the same step (PS3.5 B.2)."""
    study = procedure.order.study_instance_uid
    name = ".".join([study, procedure.step_id, *map(str, numbers)])
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, name).int}"


def body_of(procedure: ScheduledProcedure) -> int:
    """The seed of the patient's anatomy: the same in every examination."""
    return zlib.crc32(procedure.order.patient.patient_id.encode()) & 0xFFFFFF


def finding_of(procedure: ScheduledProcedure, finding: str, few: bool) -> str:
    """What there is to be seen: always something in an emergency, else in every other patient.

    Earlier examinations (`few`) were normal.
    """
    is_urgent = procedure.order.priority == "STAT"
    is_chosen = zlib.crc32(procedure.step_id.encode()) % 2 == 0
    return finding if not few and (is_urgent or is_chosen) else ""


def side_of(procedure: ScheduledProcedure) -> str:
    """L or R; where no side was said, as for both sides, the left."""
    return procedure.side if procedure.side in {"L", "R"} else "L"


def common_part(procedure: ScheduledProcedure, sop_class: str, series: int, number: int) -> Dataset:
    """Patient, study, series and equipment, copied from the worklist (IHE RAD TF, SWF.b)."""
    order, device = procedure.order, procedure.device
    begun = timezone.localtime(procedure.started_at or procedure.scheduled_start)
    taken = begun + dt.timedelta(minutes=2 * series, seconds=number)
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = uid_of(procedure, series, number)
    dataset.StudyInstanceUID = order.study_instance_uid
    dataset.SeriesInstanceUID = uid_of(procedure, series)
    dataset.StudyDate, dataset.StudyTime = begun.strftime("%Y%m%d"), begun.strftime("%H%M%S")
    for part in ("Series", "Acquisition", "Content"):
        setattr(dataset, f"{part}Date", taken.strftime("%Y%m%d"))
        setattr(dataset, f"{part}Time", taken.strftime("%H%M%S"))
    dataset.TimezoneOffsetFromUTC = taken.strftime("%z")
    dataset.AccessionNumber = order.accession_number
    dataset.ReferringPhysicianName = order.ordering_physician
    dataset.StudyDescription = procedure.procedure_type.meaning
    dataset.StudyID = order.requested_procedure_id
    dataset.Modality = device.modality
    dataset.SeriesNumber, dataset.InstanceNumber = series, number
    dataset.AcquisitionNumber = series
    dataset.BodyPartExamined = procedure.procedure_type.body_part
    dataset.BurnedInAnnotation = "NO"
    add_equipment(dataset, procedure)
    add_patient(dataset, procedure)
    add_request(dataset, procedure, begun)
    return dataset


def add_equipment(dataset: Dataset, procedure: ScheduledProcedure) -> None:
    """The General Equipment module."""
    device = procedure.device
    dataset.Manufacturer = device.maker
    dataset.ManufacturerModelName = device.model_name
    dataset.DeviceSerialNumber = device.serial_number
    dataset.SoftwareVersions = device.software
    dataset.StationName = device.ae_title
    dataset.InstitutionName = "Demonstration department"


def add_patient(dataset: Dataset, procedure: ScheduledProcedure) -> None:
    """The Patient module, as the worklist spelled it."""
    patient = procedure.order.patient
    dataset.PatientName = patient.dicom_name
    dataset.PatientID = patient.patient_id
    dataset.IssuerOfPatientID = patient.issuer
    dataset.PatientBirthDate = patient.birth_date.strftime("%Y%m%d") if patient.birth_date else ""
    dataset.PatientSex = patient.sex


def add_request(dataset: Dataset, procedure: ScheduledProcedure, begun: dt.datetime) -> None:
    """What was asked for, and the step that was performed."""
    order, kind = procedure.order, procedure.procedure_type
    request = Dataset()
    request.AccessionNumber = order.accession_number
    request.StudyInstanceUID = order.study_instance_uid
    request.RequestedProcedureID = order.requested_procedure_id
    request.RequestedProcedureDescription = kind.meaning
    request.ScheduledProcedureStepID = procedure.step_id
    request.ScheduledProcedureStepDescription = kind.meaning
    dataset.RequestAttributesSequence = [request]
    dataset.ProcedureCodeSequence = [code(kind.code, kind.meaning, kind.scheme)]
    dataset.PerformedProcedureStepID = procedure.step_id
    dataset.PerformedProcedureStepDescription = kind.meaning
    dataset.PerformedProcedureStepStartDate = begun.strftime("%Y%m%d")
    dataset.PerformedProcedureStepStartTime = begun.strftime("%H%M%S")


def code(value: str, meaning: str, scheme: str = "SCT") -> Dataset:
    """One coded entry."""
    entry = Dataset()
    entry.CodeValue, entry.CodingSchemeDesignator, entry.CodeMeaning = value, scheme, meaning
    return entry


def add_region(dataset: Dataset) -> None:
    """The part of the body, coded, where it is known."""
    region = REGIONS.get(dataset.BodyPartExamined)
    dataset.AnatomicRegionSequence = [code(*region)] if region else []


def add_pixels(dataset: Dataset, pixels: NDArray[np.integer], stored: int = 0) -> None:
    """The Image Pixel module for monochrome pixels, one frame or several."""
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape[-2:]
    bits = pixels.dtype.itemsize * 8
    dataset.BitsAllocated, dataset.BitsStored = bits, stored or bits
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OW" if bits > 8 else "OB"  # noqa: PLR2004 — bits of a byte


def add_window(dataset: Dataset, centre: float, width: float, name: str = "") -> None:
    """How the picture is meant to be shown first."""
    dataset.WindowCenter, dataset.WindowWidth = f"{centre:g}", f"{width:g}"
    if name:
        dataset.WindowCenterWidthExplanation = name


def encoded(dataset: Dataset) -> bytes:
    """The object as a file (PS3.10), Explicit VR Little Endian."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    stream = BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()
