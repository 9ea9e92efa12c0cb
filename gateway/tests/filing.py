"""Objects filed the whole way for tests: kept, received, ingested, drawn."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.test import Client
from pydicom import dcmread
from pydicom.uid import generate_uid

from common.files import keep
from studies.ingest import file_batch
from studies.models import IncomingFile, Instance
from studies.services import receive
from studies.thumbnails import draw_batch

ROOT = "/dicom-web"
STORED = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
DECODED = 'multipart/related; type="application/octet-stream"'


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


def address(instance: Instance, rest: str = "") -> str:
    """Where an instance answers."""
    series = instance.series
    return (
        f"{ROOT}/studies/{series.study.study_instance_uid}/series/{series.series_instance_uid}"
        f"/instances/{instance.sop_instance_uid}{rest}"
    )


def ask(client: Client, path: str, accept: str = "*/*", **headers: str) -> tuple[Any, bytes]:
    """The answer and its whole body."""
    answer = client.get(path, headers={"Accept": accept, **headers})
    return answer, body_of(answer)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def parts_of(answer: Any, body: bytes) -> list[tuple[dict[str, str], bytes]]:
    """The parts of a multipart answer, by the book (RFC 2046 5.1.1): headers and bytes."""
    kind, *parameters = (piece.strip() for piece in answer["Content-Type"].split(";"))
    assert kind == "multipart/related"
    boundary = dict(p.split("=", 1) for p in parameters)["boundary"].strip('"').encode()
    assert body.startswith(b"--" + boundary + b"\r\n")
    assert body.endswith(b"\r\n--" + boundary + b"--\r\n")
    inner = body[len(boundary) + 4 : -(len(boundary) + 8)]
    parts = []
    for raw in inner.split(b"\r\n--" + boundary + b"\r\n"):
        head, data = raw.split(b"\r\n\r\n", 1)
        lines = (line.split(": ", 1) for line in head.decode().split("\r\n"))
        parts.append(({name.lower(): value for name, value in lines}, data))
    return parts
