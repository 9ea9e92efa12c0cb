"""Objects filed the whole way for tests: kept, received, ingested, drawn."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.uid import generate_uid

from common.files import keep
from studies.ingest import file_batch
from studies.models import IncomingFile, Instance
from studies.services import receive
from studies.thumbnails import draw_batch


def filed(*files: Path, with_pictures: bool = False) -> list[Instance]:
    """The instances that these files became, in their order. Fails for one that was not filed."""
    settled = _settled(*files)
    while with_pictures and draw_batch():
        pass
    assert all(row.instance for row in settled), [(row.status, row.reason) for row in settled]
    return [row.instance for row in settled if row.instance]


def taken(*files: Path) -> list[Instance]:
    """The instances of those files that were filed; the others were set aside or refused."""
    return [row.instance for row in _settled(*files) if row.instance]


def _settled(*files: Path) -> list[IncomingFile]:
    incoming = [
        receive(keep([path.read_bytes()], "objects"), source="UPLOAD", sender="test")
        for path in files
    ]
    while file_batch():
        pass
    rows = IncomingFile.objects.select_related("instance__series__study")
    return [rows.get(pk=one.pk) for one in incoming]


def renamed(sources: Iterable[Path], folder: Path, **attributes: Any) -> list[Path]:
    """Copies that are another object each, of one patient, study and series."""
    common = {
        "StudyInstanceUID": generate_uid(),
        "SeriesInstanceUID": generate_uid(),
        "PatientID": "PHANTOM",
        "PatientName": "Phantom^Test",
        "PatientBirthDate": "",
    }
    copies = []
    for number, source in enumerate(sources, 1):
        dataset = dcmread(source)
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        for name, value in {**common, "InstanceNumber": number, **attributes}.items():
            setattr(dataset, name, value)
        copies.append(folder / f"{number:04}.dcm")
        dataset.save_as(copies[-1])
    return copies
