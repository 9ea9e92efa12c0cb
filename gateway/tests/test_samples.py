"""Every DICOM sample, sent as a machine would: each gets the outcome that it should have."""

import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from django.utils import timezone

from common.files import absolute
from gateway.tests.sending import IMPLICIT, SECONDARY_CAPTURE, Wire, association_for, send, wire_of
from studies.ingest import file_batch
from studies.models import IncomingFile
from studies.tests.crowd import Crowd

pytestmark = [
    pytest.mark.usefixtures("test_node"),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]

Status = IncomingFile.Status
SUCCESS = 0x0000
MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"  # nobody can send it but under another class
CONTEXTS = 100  # an association carries 128 at most
ALLOWED = {
    "accept": {Status.FILED},
    # A machine was told "success": nothing is refused afterwards, a person looks at it.
    "directory": {Status.SET_ASIDE},
    "reject": {Status.SET_ASIDE},
    "quarantine": {Status.SET_ASIDE},
    "either": {Status.FILED, Status.SET_ASIDE},
}
_UID = re.compile(r"[0-9]+(\.[0-9]+)+")


def expectations(samples: Path) -> dict[str, str]:
    """What should become of each sample that is DICOM."""
    with (samples / "samples.csv").open(newline="") as file:
        expected = {row["file"]: row["expect"] for row in csv.DictReader(file)}
    return {
        name: "directory" if "DICOMDIR" in name and wanted == "accept" else wanted
        for name, wanted in expected.items()
        if wanted in ALLOWED and not name.endswith(".zip") and "/notdicom/" not in name
    }


def as_sent(path: Path, number: int) -> Wire:
    """The object with what a sender says about it, who must name every object somehow."""
    try:
        wire = wire_of(path)
        meta = pydicom.filereader.read_file_meta_info(path)
    except Exception:  # damaged on purpose: pydicom cannot say what it is
        return Wire(path.name, SECONDARY_CAPTURE, f"2.25.{number}", IMPLICIT, path.read_bytes())
    own = wire.sop_instance if wire.sop_instance != "2.25.1" else ""
    named = own or str(meta.get("MediaStorageSOPInstanceUID", ""))
    in_meta = str(meta.get("MediaStorageSOPClassUID") or SECONDARY_CAPTURE)
    if wire.sop_class == SECONDARY_CAPTURE and in_meta != MEDIA_DIRECTORY:
        wire = replace(wire, sop_class=in_meta)
    return replace(wire, sop_instance=named if _UID.fullmatch(named) else f"2.25.{number}")


@pytest.fixture
def sent(listener, samples, tmp_path):
    """`sent(names)`: stored by C-STORE and filed; the rows by name."""
    crowd, numbers = Crowd(), itertools.count(1000)

    def wires(names: list[str]) -> Iterator[Wire]:
        for name in names:
            copy = tmp_path / "copy"
            is_pair = "/identity/" in name
            copy.write_bytes(
                (samples / name).read_bytes() if is_pair else crowd.admit(samples / name)
            )
            yield as_sent(copy, next(numbers))

    def store(names: list[str]) -> dict[str, IncomingFile]:
        before = set(IncomingFile.objects.values_list("pk", flat=True))
        for first in range(0, len(names), CONTEXTS):
            part = list(wires(names[first : first + CONTEXTS]))
            association = association_for(listener.port, part)
            for wire in part:
                assert send(association, wire) == SUCCESS
            association.release()
        while IncomingFile.objects.waiting().update(next_attempt_at=timezone.now()):
            file_batch()
        rows = IncomingFile.objects.exclude(pk__in=before).order_by("pk")
        return dict(zip(names, rows, strict=True))

    return store


def test_every_dicom_sample_gets_the_outcome_it_should_have(samples, sent):
    expected = expectations(samples)
    seconds = [name for name, wanted in expected.items() if wanted == "quarantine"]

    rows = sent([name for name in expected if name not in seconds])
    rows |= sent(seconds)

    wrong = {
        name: f"{row.status} {row.reason_code} {row.reason}"
        for name, row in rows.items()
        if row.status not in ALLOWED[expected[name]]
    }
    assert wrong == {}
    assert len(rows) > 430
    assert all(absolute(row.path).exists() for row in rows.values())
