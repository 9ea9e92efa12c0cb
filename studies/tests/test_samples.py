"""All sample files in one department, by the upload page: each gets the outcome it should have."""

import csv
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from common.files import absolute
from studies import archives, ingest, limited, thumbnails
from studies.models import Archive, IncomingFile, Instance, Thumbnail
from studies.tests.crowd import Crowd

pytestmark = pytest.mark.django_db

Status = IncomingFile.Status
AT_ONCE = 20  # files a request, about as many as the page sends
MOST_MEMORY = 1 << 30  # bytes that a reader may ever have held
WITHOUT_IDENTIFIERS = "misc/pd_JLSL_RGB_ILV0.dcm"
ALLOWED = {
    "accept": {Status.FILED},
    "directory": {Status.PASSED_OVER},
    "reject": {Status.REFUSED},
    "either": set(Status) - {Status.WAITING},
}


@pytest.fixture
def uploaded(client, person):
    """`uploaded({name: bytes})`: through the page, then filed and drawn; the rows by name."""
    client.force_login(person("Technician"))

    def upload(files):
        pk = client.post(reverse("upload:start")).json()["pk"]
        names = list(files)
        for start in range(0, len(names), AT_ONCE):
            part = names[start : start + AT_ONCE]
            sent = [SimpleUploadedFile("file", files[name]) for name in part]
            answer = client.post(
                reverse("upload:add", args=[pk]), {"names": json.dumps(part), "files": sent}
            )
            assert answer.status_code == 201
        work()
        return {row.original_name: row for row in IncomingFile.objects.filter(upload=pk)}

    return upload


def work():
    """What workers do, until nothing waits; pauses between tries are skipped."""
    while archives.unpack_next():
        pass
    while IncomingFile.objects.waiting().update(next_attempt_at=timezone.now()):
        ingest.file_batch()
    while Thumbnail.objects.waiting().update(next_attempt_at=timezone.now()):
        thumbnails.draw_batch()
        assert most_memory() < MOST_MEMORY


def most_memory() -> int:
    """The most bytes that any reader of this process has had resident in its life."""
    statuses = [Path(f"/proc/{pid}/status").read_text() for pid in limited._readers.pids]
    lines = [line for text in statuses for line in text.splitlines() if line.startswith("VmHWM")]
    return max((int(line.split()[1]) * 1024 for line in lines), default=0)


def single_files(samples: Path) -> dict[str, str]:
    """What should become of each sample that is neither an archive nor the second of a pair."""
    with (samples / "samples.csv").open(newline="") as file:
        expected = {row["file"]: row["expect"] for row in csv.DictReader(file)}
    return {
        name: "directory" if "DICOMDIR" in name and wanted == "accept" else wanted
        for name, wanted in expected.items()
        if wanted in ALLOWED and not name.endswith(".zip")
    }


def said(row: IncomingFile) -> str:
    return f"{row.status} {row.reason_code} {row.reason}"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_sample_gets_the_outcome_it_should_have_and_a_picture(samples, uploaded):
    expected = single_files(samples)
    crowd = Crowd()

    rows = uploaded({name: crowd.admit(samples / name) for name in expected})

    wrong = {
        name: said(rows[name])
        for name, wanted in expected.items()
        if rows[name].status not in ALLOWED[wanted]
    }
    assert wrong == {}
    assert len(expected) > 430
    filed = [row.instance_id for row in rows.values() if row.status == Status.FILED]
    assert set(Thumbnail.objects.values_list("pk", flat=True)) == set(filed)
    drawn = set(Thumbnail.objects.values_list("status", flat=True))
    assert drawn <= {"MADE", "PICTOGRAM", "FAILED"}


@pytest.mark.parametrize(
    ("archive", "filed", "refused"),
    [
        (
            "dicom_and_rubbish",
            {"a.dcm", "noext"},
            {"readme.txt": "not_dicom", "empty.dcm": "empty"},
        ),
        ("traversal_dotdot", {"ok/a.dcm"}, {"../../../../pwned_by_zip.dcm": "climbs"}),
        ("nested_4", set(), {"level3.zip": "nested"}),
        ("bomb_flat_200MB", set(), {"zeros.dcm": "bomb"}),
        ("truncated", set(), {"": "damaged"}),
    ],
)
def test_of_an_archive_the_good_is_filed_and_the_rest_is_answered(
    samples, uploaded, archive, filed, refused
):
    name = f"bad_made/container/{archive}.zip"

    rows = uploaded({name: (samples / name).read_bytes()})

    members = {row.original_name.removeprefix(name).lstrip("/"): row for row in rows.values()}
    assert {n for n, row in members.items() if row.status == Status.FILED} == filed
    said_no = {n: row.reason_code for n, row in members.items() if row.status == Status.REFUSED}
    assert said_no == refused
    assert len(members) == len(filed) + len(refused)
    assert Archive.objects.get().status != Archive.Status.WAITING


def test_a_whole_disc_is_taken_and_only_what_matters_asks_for_a_look(
    client, samples, uploaded, data_folder
):
    litter = ["CD/Thumbs.db", "CD/.DS_Store", "__MACOSX/CD/._IM1", "CD/AUTORUN.INF"]
    files = dict.fromkeys(litter, b"litter")
    files["CD/DICOMDIR"] = (samples / "media/DICOMDIR").read_bytes()
    files["CD/IM1"] = (samples / "pydicom/CT_small.dcm").read_bytes()

    rows = uploaded(files)

    assert rows["CD/IM1"].status == Status.FILED
    others = [row for name, row in rows.items() if name != "CD/IM1"]
    assert {row.status for row in others} == {Status.PASSED_OVER}
    assert {row.path for row in others if row.reason_code == "litter"} == {""}
    page = client.get(reverse("upload:batch", args=[others[0].upload_id])).content.decode()
    assert "Files that need a look" not in page
    assert "its images are taken one by one" in page


@pytest.mark.django_db(transaction=True)
def test_of_what_is_passed_over_no_bytes_are_kept(samples, uploaded, data_folder):
    rows = uploaded({"DICOMDIR": (samples / "media/DICOMDIR").read_bytes(), "Thumbs.db": b"x"})

    assert {row.path for row in rows.values()} == {""}
    assert [place for place in data_folder.rglob("*") if place.is_file()] == []


def test_an_object_that_was_given_identifiers_is_known_again(samples, uploaded):
    content = (samples / WITHOUT_IDENTIFIERS).read_bytes()

    first = uploaded({"one": content})["one"]
    again = uploaded({"two": content})["two"]

    assert first.status == Status.FILED
    assert (again.status, again.instance_id) == (Status.ALREADY_HERE, first.instance_id)
    assert absolute(Instance.objects.get().path).read_bytes() == content
