"""Small objects built in the tests, attribute by attribute, with pydicom."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, generate_uid

Pixels = npt.NDArray[Any]


def an_image(pixels: Pixels, **attributes: Any) -> Dataset:
    """A CT of these pixels: (frames ×) rows × columns, or × 3 for colour given as RGB."""
    dataset = Dataset()
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), generate_uid()
    dataset.PatientID, dataset.PatientName, dataset.Modality = "P1", "Phantom^Test", "CT"
    is_colour = attributes.get("PhotometricInterpretation") == "RGB"
    rows, columns = pixels.shape[-3:-1] if is_colour else pixels.shape[-2:]
    dataset.Rows, dataset.Columns = rows, columns
    dataset.SamplesPerPixel = 3 if is_colour else 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    if is_colour:
        dataset.PlanarConfiguration = 0
    bits = pixels.dtype.itemsize * 8
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    if pixels.dtype.kind == "f":
        del dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
        dataset.FloatPixelData = pixels.astype("<f4").tobytes()
    else:
        raw = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
        dataset.PixelData = raw + b"\0" * (len(raw) % 2)
    for name, value in attributes.items():
        setattr(dataset, name, value)
    return dataset


def saved(dataset: Dataset, path: Path, syntax: str = ExplicitVRLittleEndian) -> Path:
    """Written as a file with preamble and meta group."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.save_as(path, enforce_file_format=True)
    return path


def compressed(dataset: Dataset, frames: list[bytes], **how: Any) -> Dataset:
    """The same object with these compressed frames."""
    dataset.PixelData = encapsulate(frames, **how)
    return dataset


def ramp(rows: int = 64, columns: int = 64, top: int = 4095) -> npt.NDArray[np.uint16]:
    """Rising from left to right."""
    line = np.linspace(0, top, columns).astype(np.uint16)
    return np.tile(line, (rows, 1))
