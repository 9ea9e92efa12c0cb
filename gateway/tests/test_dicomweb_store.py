"""Objects sent over the web: what is kept, what is refused, and what the sender is told."""

import json
import time

import pytest
from django.db import DatabaseError
from pydicom import dcmread

from audit.models import Entry
from common.files import NoRoom, absolute
from common.half_written import HalfWritten
from gateway.dicomweb.store import outcomes as codes
from gateway.dicomweb.store import taking, views
from gateway.dicomweb.xml_model import model_of
from gateway.statuses import OUT_OF_RESOURCES
from gateway.tests.storing import (
    BOUNDARY,
    FAILED,
    OTHERS,
    RELATED,
    STORED,
    body_of,
    outcomes,
    store,
)
from studies.ingest import file_batch
from studies.models import IncomingFile, Instance
from studies.tests.filing import filed, renamed
from studies.tests.sample_files import listed

pytestmark = pytest.mark.django_db

Status = IncomingFile.Status


@pytest.fixture
def technician(client, person):
    user = person("Technician")
    client.force_login(user)
    return user


@pytest.fixture
def slices(samples, tmp_path):
    """Three slices of one series, as bytes."""
    folder = tmp_path / "sent"
    folder.mkdir()
    sources = sorted((samples / "volume_ct_head_phantom").iterdir())[:3]
    return [path.read_bytes() for path in renamed(sources, folder)]


def dataset_of(content, tmp_path):
    place = tmp_path / "one.dcm"
    place.write_bytes(content)
    return dcmread(place)


@pytest.fixture
def half_written(settings):
    return lambda: list(settings.HALF_WRITTEN.iterdir())


def test_what_is_sent_is_kept_named_and_filed(client, technician, slices, tmp_path, half_written):
    answer = store(client, *slices)

    first = dataset_of(slices[0], tmp_path)
    study = f"http://testserver/dicom-web/studies/{first.StudyInstanceUID}"
    address = f"{study}/series/{first.SeriesInstanceUID}/instances/{first.SOPInstanceUID}"
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/dicom+json")
    assert answer.json()["00081190"] == {"vr": "UR", "Value": [study]}
    assert outcomes(answer, STORED)[0] == {
        "00081150": first.SOPClassUID,
        "00081155": first.SOPInstanceUID,
        "00081190": address,
    }
    rows = list(IncomingFile.objects.order_by("pk"))
    assert [absolute(row.path).read_bytes() for row in rows] == slices
    assert {(row.source, row.sender, row.status) for row in rows} == {
        ("STOW", technician.username, Status.WAITING)
    }
    assert half_written() == []

    while file_batch():
        pass
    assert client.get(address, headers={"Accept": "application/dicom"}).getvalue() == slices[0]


def test_it_leaves_a_trace_of_who_sent_how_much(client, technician, slices):
    store(client, *slices, b"not an object")

    entry = Entry.objects.get(verb="objects.stored")
    assert entry.actor == technician
    assert (entry.details["objects"], entry.details["refused"]) == (3, 1)


def test_the_same_objects_again_are_a_success(client, technician, slices):
    answers = [store(client, *slices) for _ in range(2)]

    while file_batch():
        pass
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Instance.objects.count() == 3
    assert IncomingFile.objects.filter(status=Status.ALREADY_HERE).count() == 3


def test_an_object_alone_may_be_the_whole_body(client, technician, slices):
    answer = client.post("/dicom-web/studies", slices[0], content_type="application/dicom")

    assert answer.status_code == 200
    assert IncomingFile.objects.count() == 1


def test_objects_of_another_study_than_the_address_are_refused_one_by_one(
    client, technician, slices, samples, tmp_path
):
    study = dataset_of(slices[0], tmp_path).StudyInstanceUID
    stranger = next((samples / "study_pamela").rglob("*.dcm")).read_bytes()

    answer = store(client, slices[0], stranger, to=f"/dicom-web/studies/{study}")
    none = store(client, stranger, to=f"/dicom-web/studies/{study}")

    assert (answer.status_code, none.status_code) == (202, 409)
    assert [item["00081197"] for item in outcomes(answer, FAILED)] == [codes.OTHER_STUDY]
    assert len(outcomes(answer, STORED)) == IncomingFile.objects.count() == 1


def test_what_is_no_object_is_said_of_each_part(client, technician, slices, half_written):
    cut = slices[1][: len(slices[1]) // 2]

    answer = store(client, b"", b"%PDF-1.7 not an image", cut, slices[2])

    assert answer.status_code == 202
    assert [item["00081197"] for item in outcomes(answer, OTHERS)] == [codes.NOT_DICOM] * 2
    [failed] = outcomes(answer, FAILED)
    assert failed["00081197"] == codes.CUT_SHORT
    assert failed["00081155"]
    assert len(outcomes(answer, STORED)) == IncomingFile.objects.count() == 1
    assert half_written() == []


def test_parts_of_other_kinds_are_refused_and_the_others_taken(client, technician, slices):
    picture = body_of([b"\xff\xd8\xff"], "Content-Type: image/jpeg\r\n")
    body = picture.replace(f"--{BOUNDARY}--\r\n".encode(), b"") + body_of(slices[:1])

    answer = client.post("/dicom-web/studies", body, content_type=RELATED)

    assert answer.status_code == 202
    assert [item["00081197"] for item in outcomes(answer, OTHERS)] == [codes.NO_OBJECT]
    assert len(outcomes(answer, STORED)) == 1


def test_a_sender_is_warned_of_what_a_person_will_have_to_decide(
    client, technician, samples, tmp_path
):
    folder = samples / "bad_made" / "identity"
    filed(folder / "same_sop_other_pixels" / "1.dcm")
    filed(folder / "same_study_other_patient" / "1.dcm")

    answer = store(
        client,
        *((folder / name / "2.dcm").read_bytes() for name in ("same_sop_other_pixels",)),
        *((folder / name / "2.dcm").read_bytes() for name in ("same_study_other_patient",)),
    )

    while file_batch():
        pass
    assert answer.status_code == 202
    assert [item["00081196"] for item in outcomes(answer, STORED)] == [codes.A_PERSON_DECIDES] * 2
    assert IncomingFile.objects.filter(source="STOW", status=Status.SET_ASIDE).count() == 2


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f"--{BOUNDARY}--\r\n".encode(), RELATED),
        (body_of([b"x"])[:-10], RELATED),
        (body_of([b"x"]).replace(b"\r\n", b"\n"), RELATED),
        (body_of([b"x"], "Content-Type application/dicom\r\n"), RELATED),
        (body_of([b"x"], "X: y\r\n" * 100), RELATED),
        (body_of([b"x"], f"X: {'y' * 10_000}\r\n"), RELATED),
        (body_of([b"x"]), RELATED.replace(BOUNDARY, "another")),
        (body_of([b"x"]), 'multipart/related; type="application/dicom"'),
        (body_of([b"x"]), RELATED.replace(BOUNDARY, "b" * 201)),
        (body_of([b"x"]), RELATED.replace(BOUNDARY, '"ä"')),
        (b"no boundary at all" * 1000, RELATED),
    ],
)
def test_a_body_out_of_form_is_refused_as_a_whole(client, technician, body, content_type):
    answer = client.post("/dicom-web/studies", body, content_type=content_type)

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not IncomingFile.objects.exists()


def test_good_objects_of_a_body_that_breaks_off_are_not_taken(
    client, technician, slices, half_written
):
    body = body_of(slices)

    answer = client.post("/dicom-web/studies", body[: len(body) - 40], content_type=RELATED)

    assert answer.status_code == 400
    assert not IncomingFile.objects.exists()
    assert half_written() == []


def test_helpers_are_done_with_a_body_that_broke_off_before_it_is_let_go(
    client, technician, slices, half_written, monkeypatch
):
    finish, at_work = HalfWritten.finish, []

    def slowly(half):
        at_work.append(half)
        time.sleep(0.05)
        finish(half)
        at_work.remove(half)

    monkeypatch.setattr(HalfWritten, "finish", slowly)
    monkeypatch.setattr(taking, "AT_ONCE", 2)
    broken = body_of([*slices, *slices])[:-40]

    answer = client.post("/dicom-web/studies", broken, content_type=RELATED)

    assert (answer.status_code, at_work, half_written()) == (400, [], [])


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data; boundary=x",
        'multipart/related; type="application/dicom+json"; boundary=x',
        "multipart/related; type=application/dicom+xml; boundary=x",
    ],
)
def test_other_media_are_415(client, technician, content_type):
    answer = client.post("/dicom-web/studies", b"{}", content_type=content_type)

    assert answer.status_code == 415


def test_a_compressed_body_is_415(client, technician, slices):
    answer = store(client, slices[0], headers={"Content-Encoding": "gzip"})

    assert answer.status_code == 415


def test_whoever_may_not_send_images_is_refused(client, person, slices):
    assert store(client, slices[0]).status_code == 401
    client.force_login(person("Referrer"))
    refused = store(client, slices[0])

    assert refused.status_code == 403
    assert refused.json()["detail"] == "You may not send images."
    assert not IncomingFile.objects.exists()


def test_a_page_of_another_site_cannot_send_with_a_persons_cookie(client, technician, slices):
    elsewhere = store(client, slices[0], headers={"Origin": "https://elsewhere.example"})
    here = store(client, slices[0], headers={"Origin": "http://testserver"})

    assert (elsewhere.status_code, here.status_code) == (403, 200)


def test_other_methods_are_405_and_say_what_is_answered(client, technician):
    answer = client.delete("/dicom-web/studies")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("why", [DatabaseError("away"), NoRoom(28, "full")])
def test_nothing_is_acknowledged_that_is_not_safe(client, technician, slices, monkeypatch, why):
    def fail(*_, **__):
        raise why

    monkeypatch.setattr(views, "store_objects", fail)

    answer = store(client, *slices)

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert {item["00081197"] for item in outcomes(answer, FAILED)} == {OUT_OF_RESOURCES}
    assert not IncomingFile.objects.exists()


def test_an_object_too_large_takes_no_other_with_it(client, technician, slices, settings):
    settings.LARGEST_OBJECT_BYTES = max(map(len, slices))

    answer = store(client, slices[0], bytes(settings.LARGEST_OBJECT_BYTES + 1), slices[1])

    assert answer.status_code == 202
    assert [item["00081197"] for item in outcomes(answer, OTHERS)] == [OUT_OF_RESOURCES]
    assert len(outcomes(answer, STORED)) == 2


def test_a_nearly_full_disk_is_said_before_bytes_are_written(
    client, technician, slices, settings, half_written
):
    settings.LEAST_FREE_BYTES = 1 << 60

    answer = store(client, slices[0])

    assert answer.status_code == 503
    assert half_written() == []


def test_too_many_objects_at_once_are_413(client, technician, monkeypatch, half_written):
    monkeypatch.setattr(taking, "MOST_OBJECTS", 3)

    answer = store(client, *[b"x"] * 4)

    assert answer.status_code == 413
    assert half_written() == []


def test_the_answer_has_no_attribute_of_a_command(client, technician, slices):
    told = json.dumps(store(client, *slices, b"x").json())

    assert '"0000' not in told


def test_every_hostile_sample_gets_an_answer_of_its_own(client, technician, samples):
    names = [name for name in listed(samples, "reject", "either") if not name.endswith(".zip")]

    answer = store(client, *((samples / name).read_bytes() for name in names))

    told = [outcomes(answer, tag) for tag in (STORED, FAILED, OTHERS)]
    assert answer.status_code == 202
    assert sum(map(len, told)) == len(names)
    assert store(client, b"still alive").status_code == 409


def test_the_answer_comes_in_xml_to_who_asks_for_it(client, technician, slices, tmp_path):
    answer = store(client, slices[0], headers={"Accept": "application/dicom+xml"})

    told = model_of(answer.content)
    sop_uid = dataset_of(slices[0], tmp_path).SOPInstanceUID
    assert answer["Content-Type"] == "application/dicom+xml"
    assert told["00081199"]["Value"][0]["00081155"]["Value"] == [sop_uid]
