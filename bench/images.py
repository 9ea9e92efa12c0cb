"""Images to send: noise under a CT's header, each an object of its own."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SIDE = 512


def ct_slices(count: int) -> Iterator[bytes]:
    """So many slices of one series, as the bytes of files. Receivers do not look at the noise."""
    study, series, random = generate_uid(), generate_uid(), np.random.default_rng(1)
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
        buffer = io.BytesIO()
        ct.save_as(buffer, enforce_file_format=True)
        yield buffer.getvalue()


def make_ct(folder: Path, count: int) -> list[str]:
    """The same as files."""
    files = [folder / f"{number:04d}.dcm" for number in range(count)]
    for file, content in zip(files, ct_slices(count), strict=True):
        file.write_bytes(content)
    return [str(file) for file in files]
