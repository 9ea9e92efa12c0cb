"""A modality for tests: makes small images and sends them stubbornly, as real ones do."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from pynetdicom.association import Association

from gateway.calling.undisturbed import Undisturbed

SUCCESS = 0x0000
PATIENCE_SECONDS = 90


@dataclass(frozen=True)
class Study:
    """Whose images, of which order; `side` is the width of a slice in pixels."""

    uid: str = field(default_factory=generate_uid)
    accession: str = ""
    patient_id: str = "TEST-1"
    patient_name: str = "Stubborn^Sender"
    issuer: str = ""
    birth_date: str = ""
    side: int = 64

    def ct_slices(self, count: int) -> list[Dataset]:
        """One axial CT series whose slices differ in every pixel."""
        series, reference = generate_uid(), generate_uid()
        slices = []
        for number in range(1, count + 1):
            dataset = Dataset()
            self._identify(dataset)
            dataset.SeriesInstanceUID, dataset.FrameOfReferenceUID = series, reference
            dataset.InstanceNumber = number
            self._draw(dataset, number)
            slices.append(dataset)
        return slices

    def _identify(self, dataset: Dataset) -> None:
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = CTImageStorage
        dataset.SOPInstanceUID = generate_uid()
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.StudyInstanceUID, dataset.StudyID = self.uid, "1"
        dataset.PatientID, dataset.PatientName = self.patient_id, self.patient_name
        dataset.IssuerOfPatientID, dataset.AccessionNumber = self.issuer, self.accession
        dataset.PatientBirthDate, dataset.PatientSex = self.birth_date, ""
        dataset.StudyDate, dataset.StudyTime = time.strftime("%Y%m%d"), "080000"
        dataset.Modality, dataset.SeriesNumber, dataset.ReferringPhysicianName = "CT", 1, ""

    def _draw(self, dataset: Dataset, number: int) -> None:
        steps = np.arange(self.side, dtype="<i2")
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.PixelSpacing, dataset.SliceThickness = ["1", "1"], "1"
        dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
        dataset.ImagePositionPatient = ["0", "0", str(number)]
        dataset.RescaleIntercept, dataset.RescaleSlope = "0", "1"
        dataset.WindowCenter, dataset.WindowWidth = str(self.side + number), str(2 * self.side)
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.Rows = dataset.Columns = self.side
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
        dataset.PixelRepresentation = 1
        dataset.PixelData = (np.add.outer(steps, steps) + np.int16(number)).tobytes()


class Modality:
    """Sends objects and keeps trying: what was acknowledged stands in `acknowledged`."""

    def __init__(self, port: int, ae_title: str = "TEST_SCU") -> None:
        self.port = port
        self.ae = Undisturbed(ae_title=ae_title)
        self.ae.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
        self.ae.acse_timeout = self.ae.connection_timeout = 5
        self.ae.dimse_timeout = self.ae.network_timeout = 15
        self.association: Association | None = None
        self.acknowledged: list[str] = []
        self.broken = 0

    def send_all(self, datasets: Iterable[Dataset]) -> None:
        """Send everything; an object without success is sent again. Fails when nobody answers."""
        for dataset in datasets:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not self._send(dataset):
                self.broken += 1
                assert time.monotonic() < deadline, "The department does not come back."
                time.sleep(0.3)
            self.acknowledged.append(str(dataset.SOPInstanceUID))
        if self.association is not None:
            self.association.release()

    def _send(self, dataset: Dataset) -> bool:
        if self.association is None or not self.association.is_established:
            self.association = self.ae.associate("127.0.0.1", self.port, ae_title="IMAGING_DEPT")
        if not self.association.is_established:
            return False
        try:
            answer = self.association.send_c_store(dataset)
        except RuntimeError:  # the association ended between the question and the call
            return False
        return "Status" in answer and answer.Status == SUCCESS
