"""Phantoms as DICOM objects for one scheduled procedure, as its device would send them."""

import datetime as dt
from collections.abc import Iterator
from io import BytesIO

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    UltrasoundMultiFrameImageStorage,
)

from demo import phantoms
from worklist.models import ScheduledProcedure

ARC = "2.25"
SLICE_MM, PIXEL_MM = 150 / 79, 230 / 255


def uid_of(procedure: ScheduledProcedure, *numbers: int) -> str:
    """The same identifier each time for the same object of the same study."""
    # A component has no leading zeros (PS3.5 9.1).
    stem = str(int(procedure.order.study_instance_uid.removeprefix("2.25.")[-18:]))
    return ".".join([ARC, stem, *(str(number) for number in numbers)])


def common_part(procedure: ScheduledProcedure, sop_class: str, number: int) -> Dataset:
    """Patient, study, series and equipment, copied from the worklist (IHE RAD TF, SWF.b)."""
    order, device = procedure.order, procedure.device
    taken = procedure.started_at or procedure.scheduled_start
    taken += dt.timedelta(seconds=number)
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = uid_of(procedure, 1, number)
    dataset.StudyInstanceUID = order.study_instance_uid
    dataset.SeriesInstanceUID = uid_of(procedure, 1)
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = taken.strftime("%Y%m%d")
    dataset.StudyTime = dataset.SeriesTime = dataset.ContentTime = taken.strftime("%H%M%S")
    dataset.AccessionNumber = order.accession_number
    dataset.Modality = device.modality
    dataset.Manufacturer = device.maker
    dataset.ManufacturerModelName = device.model_name
    dataset.StationName = device.ae_title
    dataset.InstitutionName = "Demonstration department"
    dataset.ReferringPhysicianName = order.ordering_physician
    dataset.StudyDescription = procedure.procedure_type.meaning
    dataset.StudyID = order.requested_procedure_id
    dataset.SeriesNumber = 1
    dataset.InstanceNumber = number
    dataset.BodyPartExamined = procedure.procedure_type.body_part
    patient = order.patient
    dataset.PatientName = patient.dicom_name
    dataset.PatientID = patient.patient_id
    dataset.IssuerOfPatientID = patient.issuer
    dataset.PatientBirthDate = patient.birth_date.strftime("%Y%m%d") if patient.birth_date else ""
    dataset.PatientSex = patient.sex
    return dataset


def grey(dataset: Dataset, pixels: "np.ndarray[tuple[int, ...], np.dtype[np.integer]]") -> None:
    """The Image Pixel module for monochrome pixels, one frame or several."""
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape[-2:]
    bits = pixels.dtype.itemsize * 8
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.PixelData = pixels.tobytes()


def encoded(dataset: Dataset) -> bytes:
    """The object as a file (PS3.10), Explicit VR Little Endian."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    stream = BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


def ct_objects(procedure: ScheduledProcedure, slices: int = 80) -> Iterator[bytes]:
    """An axial head, 80 slices, in Hounsfield units with a brain window."""
    volume = phantoms.ct_head(slices, seed=procedure.pk)
    for number, plane in enumerate(volume, start=1):
        dataset = common_part(procedure, CTImageStorage, number)
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.SeriesDescription = "Head 2 mm brain"
        dataset.FrameOfReferenceUID = uid_of(procedure, 9)
        dataset.PositionReferenceIndicator = "OM"
        dataset.PatientPosition = "HFS"
        dataset.KVP, dataset.Exposure, dataset.ExposureTime = "120", "210", "1000"
        dataset.SliceThickness = f"{SLICE_MM:.4f}"
        dataset.PixelSpacing = [f"{PIXEL_MM:.4f}"] * 2
        dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
        height = -70 + (number - 1) * 150 / (slices - 1)
        dataset.ImagePositionPatient = ["-115", "-115", f"{height:.4f}"]
        dataset.SliceLocation = f"{height:.4f}"
        dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "HU"
        dataset.WindowCenter, dataset.WindowWidth = "40", "80"
        grey(dataset, np.clip(plane, -1024, 3071).astype("<i2"))
        yield encoded(dataset)


def chest_objects(procedure: ScheduledProcedure) -> Iterator[bytes]:
    """A frontal chest radiograph for presentation."""
    dataset = common_part(procedure, DigitalXRayImageStorageForPresentation, 1)
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.SeriesDescription = "Chest PA"
    dataset.ViewPosition, dataset.ImageLaterality = "PA", "U"
    dataset.PatientOrientation = ["L", "F"]
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.PixelIntensityRelationship, dataset.PixelIntensityRelationshipSign = "LOG", -1
    dataset.PresentationLUTShape = "IDENTITY"
    dataset.ImagerPixelSpacing = ["0.2", "0.2"]
    dataset.KVP, dataset.Exposure = "125", "2"
    dataset.BurnedInAnnotation = "NO"
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "US"
    dataset.WindowCenter, dataset.WindowWidth = "2048", "4096"
    signal = phantoms.chest_pa(seed=procedure.pk)
    grey(dataset, np.clip((1 - signal) * 4600 - 250, 0, 4095).astype("<u2"))
    dataset.BitsStored, dataset.HighBit = 12, 11
    yield encoded(dataset)


def ultrasound_objects(procedure: ScheduledProcedure) -> Iterator[bytes]:
    """One loop of 24 frames at 20 frames a second."""
    dataset = common_part(procedure, UltrasoundMultiFrameImageStorage, 1)
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"]
    dataset.SeriesDescription = "Right upper abdomen, loop"
    pixels = phantoms.ultrasound_cine()
    dataset.NumberOfFrames = len(pixels)
    dataset.FrameTime = "50"
    dataset.FrameIncrementPointer = 0x00181063
    dataset.LossyImageCompression = "00"
    grey(dataset, pixels)
    yield encoded(dataset)


MAKERS = {"CT-HEAD": ct_objects, "DX-CHEST": chest_objects, "US-ABD": ultrasound_objects}


def objects_of(procedure: ScheduledProcedure) -> Iterator[bytes]:
    """What the device sends for this procedure; nothing when there is no phantom of its kind."""
    maker = MAKERS.get(procedure.procedure_type.code)
    return maker(procedure) if maker else iter(())
