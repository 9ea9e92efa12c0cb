"""Images to send: noise under a CT's header, each an object of its own."""

from pathlib import Path

import numpy as np
import pydicom
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SIDE = 512


def make_ct(folder: Path, count: int) -> list[str]:
    """So many slices of one series, as files. Receivers do not look at the noise."""
    study, series, random = generate_uid(), generate_uid(), np.random.default_rng(1)
    files = []
    for number in range(count):
        ct = pydicom.Dataset()
        ct.SOPClassUID, ct.SOPInstanceUID = CTImageStorage, generate_uid()
        ct.StudyInstanceUID, ct.SeriesInstanceUID = study, series
        ct.PatientID, ct.PatientName, ct.Modality = "BENCH-RECEIVE", "Bench^Receive", "CT"
        ct.Rows = ct.Columns = SIDE
        ct.BitsAllocated, ct.BitsStored, ct.HighBit = 16, 16, 15
        ct.SamplesPerPixel, ct.PixelRepresentation = 1, 0
        ct.PhotometricInterpretation, ct.InstanceNumber = "MONOCHROME2", number + 1
        ct.PixelData = random.integers(0, 4096, (SIDE, SIDE), dtype=np.uint16).tobytes()
        ct.file_meta = pydicom.dataset.FileMetaDataset()
        ct.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        path = folder / f"{number:04d}.dcm"
        ct.save_as(path, enforce_file_format=True)
        files.append(str(path))
    return files
