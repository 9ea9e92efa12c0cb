"""DICOMweb requests of tests, and their answers taken apart by the book."""

from typing import Any

from django.test import Client

from studies.models import Instance

ROOT = "/dicom-web"
STORED = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
DECODED = 'multipart/related; type="application/octet-stream"'


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


def parts_of(
    answer: Any, body: bytes, kind: str = "multipart/related"
) -> list[tuple[dict[str, str], bytes]]:
    """The parts of a multipart answer, by the book (RFC 2046 5.1.1): headers and bytes."""
    told, *parameters = (piece.strip() for piece in answer["Content-Type"].split(";"))
    assert told == kind
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


class Archive:
    """Searches, and the answer to the last one."""

    def __init__(self, client):
        self.client = client
        self.answer = None

    def __call__(self, path, **query):
        self.answer = self.client.get(ROOT + path, query)
        assert self.answer.status_code == 200, self.answer.content
        assert self.answer["Content-Type"] == "application/dicom+json"
        return self.answer.json()


def first(element):
    return element["Value"][0]


def found(results):
    """Which studies were answered."""
    return [first(result["0020000D"]) for result in results]
