"""Invented studies and received objects."""

import io
from pathlib import Path
from typing import Any

import factory
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from common.files import KeptFile, keep
from patients.tests.factories import PatientFactory
from studies.models import IncomingFile, Instance, Series, Study, Thumbnail, Upload
from studies.services import Announced, receive
from studies.tests.made_objects import an_image
from worklist.models import ScheduledProcedure

SMALL = np.arange(64, dtype="<u2").reshape(8, 8)


class StudyFactory(factory.django.DjangoModelFactory[Study]):
    class Meta:
        model = Study

    study_instance_uid = factory.LazyFunction(lambda: str(generate_uid()))
    patient = factory.SubFactory(PatientFactory)
    description = factory.Sequence(lambda n: f"CT head {n}")
    modalities = "CT"


class SeriesFactory(factory.django.DjangoModelFactory[Series]):
    class Meta:
        model = Series

    study = factory.SubFactory(StudyFactory)
    series_instance_uid = factory.LazyFunction(lambda: str(generate_uid()))
    modality = "CT"
    number = 1


class InstanceFactory(factory.django.DjangoModelFactory[Instance]):
    class Meta:
        model = Instance

    series = factory.SubFactory(SeriesFactory)
    sop_instance_uid = factory.LazyFunction(lambda: str(generate_uid()))
    sop_class_uid = "1.2.840.10008.5.1.4.1.1.2"
    transfer_syntax = str(ExplicitVRLittleEndian)
    path = "objects/none.dcm"
    size = 1
    sha256 = "0" * 64
    kind = Instance.Kind.IMAGE
    has_pixels = True


class ThumbnailFactory(factory.django.DjangoModelFactory[Thumbnail]):
    class Meta:
        model = Thumbnail

    instance = factory.SubFactory(InstanceFactory)


class IncomingFileFactory(factory.django.DjangoModelFactory[IncomingFile]):
    """A received object without bytes; one that was set aside has a reason."""

    class Meta:
        model = IncomingFile

    size = 1
    sha256 = "0" * 64
    source = IncomingFile.Source.DIMSE
    sender = "CT01"

    @factory.lazy_attribute
    def reason(self):
        settled = {"SET_ASIDE", "REFUSED", "DISCARDED"}
        return "It could not be read." if getattr(self, "status", "") in settled else ""

    @factory.lazy_attribute
    def reason_code(self):
        return "unreadable" if self.reason else ""


def an_object_for(procedure: ScheduledProcedure, **attributes: Any) -> Dataset:
    """An image as a well-behaved device makes it from its worklist entry."""
    order, patient = procedure.order, procedure.order.patient
    named = {
        "StudyInstanceUID": order.study_instance_uid,
        "AccessionNumber": order.accession_number,
        "PatientID": patient.patient_id,
        "IssuerOfPatientID": patient.issuer,
        "PatientName": patient.dicom_name,
        "PatientBirthDate": f"{patient.birth_date:%Y%m%d}" if patient.birth_date else "",
        "PatientSex": patient.sex,
        "Modality": procedure.device.modality,
    }
    return an_image(SMALL, **{**named, **attributes})


def bytes_of(dataset: Dataset, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """The object as a file with preamble and meta group."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def kept(content: bytes | Dataset | Path) -> KeptFile:
    """The bytes, safe on disk as the listener leaves them."""
    if isinstance(content, Dataset):
        content = bytes_of(content)
    if isinstance(content, Path):
        content = content.read_bytes()
    return keep([content], "objects", ".dcm")


def received(
    content: bytes | Dataset | Path, upload: Upload | None = None, name: str = ""
) -> IncomingFile:
    """As if CT01 had sent it, or a person had uploaded it."""
    return receive(
        kept(content),
        source=IncomingFile.Source.UPLOAD if upload else IncomingFile.Source.DIMSE,
        sender=upload.by.username if upload else "CT01",
        announced=Announced(),
        upload=upload,
        original_name=name,
    )
