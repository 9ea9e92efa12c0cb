"""QIDO-RS, page by page: the next one begins after a record (PS3.4 C.6.4.5.3)."""

import datetime as dt

import pytest
from django.db import OperationalError, connection

from gateway.dicomweb.search import limits
from gateway.dicomweb.xml_model import model_of
from gateway.tests.asking import ROOT, Archive, ask, first, found, parts_of
from gateway.tests.factories import InstanceFactory, SeriesFactory, StudyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(client, person):
    client.force_login(person("Technician"))

    return Archive(client)


def walked(archive, path, tag):
    """The whole list in pages of two, each begun after the last record of the one before."""
    told, key = [], ""
    while True:
        query = {"PriorRecordKey": key} if key else {"includefield": "RecordKey"}
        page = archive(path, limit=2, **query)
        told += [first(record[tag]) for record in page]
        if len(page) < 2:
            return told
        key = page[-1]["0008041B"]["InlineBinary"]


def made():
    """Studies with equal dates and with none, series and instances with equal numbers and none."""
    days = [dt.date(2026, 3, 1), dt.date(2026, 3, 1), None, dt.date(2026, 3, 2), None]
    for day in days:
        study = StudyFactory.create(study_date=day)
        for number in (2, 1, None, 1):
            series = SeriesFactory.create(study=study, number=number)
            for place in (2, None, 1, None):
                InstanceFactory.create(series=series, number=place)


@pytest.mark.parametrize(
    ("path", "tag"), [("/studies", "0020000D"), ("/series", "0020000E"), ("/instances", "00080018")]
)
def test_pages_after_a_record_are_the_list_in_its_order_and_nothing_twice(archive, path, tag):
    made()
    whole = [first(record[tag]) for record in archive(path)]

    assert walked(archive, path, tag) == whole
    assert len(set(whole)) == len(whole)


def test_records_are_only_keyed_for_those_who_ask(archive):
    StudyFactory.create()

    [plain] = archive("/studies")
    [keyed] = archive("/studies", RecordKey="")

    assert "0008041B" not in plain
    assert keyed["0008041B"]["vr"] == "OB"


def test_a_page_goes_on_from_a_record_that_no_longer_fits_the_question(archive):
    newer, older = (StudyFactory.create(study_date=dt.date(2026, 3, day)) for day in (2, 1))
    key = archive("/studies", includefield="RecordKey")[0]["0008041B"]["InlineBinary"]

    rest = archive("/studies", PriorRecordKey=key, StudyInstanceUID=older.study_instance_uid)

    assert found(rest) == [older.study_instance_uid]
    assert newer.study_instance_uid not in found(archive("/studies", PriorRecordKey=key))


def test_a_key_of_somebody_elses_record_begins_no_page(archive, client, person):
    StudyFactory.create()
    key = archive("/studies", includefield="RecordKey")[0]["0008041B"]["InlineBinary"]
    client.force_login(person("Referrer"))

    answer = client.get(f"{ROOT}/studies", {"PriorRecordKey": key})

    assert answer.status_code == 400


def test_a_page_far_down_by_number_is_the_same_page(archive, monkeypatch):
    studies = StudyFactory.create_batch(6)
    monkeypatch.setattr("gateway.dicomweb.search.engine.FAR", 2)

    page = archive("/studies", offset=3, limit=2)

    assert found(page) == [study.study_instance_uid for study in reversed(studies)][3:5]


# ── what takes too long, and what has not changed ────────────────────────────────────────────────


def test_what_would_take_too_long_is_refused_with_advice(archive, monkeypatch):
    def look_for_ever(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(limits, "LONGEST_MILLISECONDS", 20)
    monkeypatch.setattr("gateway.dicomweb.search.engine.Search._matched", look_for_ever)

    answer = archive.client.get(f"{ROOT}/studies")

    assert answer.status_code == 413
    assert "Add a date" in answer.json()["detail"]


def test_a_database_that_is_away_is_not_called_a_vague_question(archive, monkeypatch):
    def be_away(self):
        raise OperationalError("the connection is gone")

    monkeypatch.setattr("gateway.dicomweb.search.engine.Search._matched", be_away)
    archive.client.raise_request_exception = False

    assert archive.client.get(f"{ROOT}/studies").status_code in {500, 503}


def test_an_answer_that_has_not_changed_is_not_sent_again(archive):
    StudyFactory.create()
    archive("/studies")
    etag = archive.answer["ETag"]

    again = archive.client.get(f"{ROOT}/studies", headers={"If-None-Match": etag})
    StudyFactory.create()
    changed = archive.client.get(f"{ROOT}/studies", headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


# ── forms of the answer ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "accept",
    [
        'multipart/related; type="application/dicom+xml"',
        "multipart/related;type=application/dicom+xml, */*;q=0.1",
        "application/dicom+xml",
        "multipart/related",
    ],
)
def test_every_record_is_a_part_of_its_own_in_xml(archive, accept):
    StudyFactory.create_batch(2)
    in_json = archive("/studies")

    answer, body = ask(archive.client, f"{ROOT}/studies", accept)
    parts = parts_of(answer, body)

    assert [head["content-type"] for head, _data in parts] == ["application/dicom+xml"] * 2
    assert [model_of(data) for _head, data in parts] == in_json


def test_nothing_found_is_a_body_without_parts_in_xml(archive):
    accept = 'multipart/related; type="application/dicom+xml"'
    answer, body = ask(archive.client, f"{ROOT}/studies?PatientID=nobody", accept)

    assert answer.status_code == 200
    assert body.strip().startswith(b"--")


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("application/json", "application/json"),
        ("text/html, */*;q=0.8", "application/dicom+json"),
        ("*/*; charset=utf-8", "application/dicom+json"),
        ("application/*", "application/dicom+json"),
        ('multipart/related; type="application/dicom+json"', "multipart/related"),
        ("application/dicom+json;q=0.5, application/json", "application/json"),
    ],
)
def test_forms_are_chosen_as_real_clients_write_them(archive, accept, given):
    answer = archive.client.get(f"{ROOT}/studies", headers={"Accept": accept})

    assert answer["Content-Type"].split(";")[0] == given


def test_a_form_can_be_asked_for_in_the_address(archive):
    answer = archive.client.get(f"{ROOT}/studies?accept=application/json")

    assert answer["Content-Type"] == "application/json"


def test_a_form_that_cannot_be_given_is_406_with_what_can(archive):
    answer = archive.client.get(f"{ROOT}/studies", headers={"Accept": "text/csv"})

    assert answer.status_code == 406
    assert "application/dicom+xml" in answer.json()["detail"]


def test_head_is_answered_like_get_without_a_body(archive):
    StudyFactory.create()

    answer = archive.client.head(f"{ROOT}/studies")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Type"] == "application/dicom+json"
