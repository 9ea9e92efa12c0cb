"""The trail as a file: whole, harmless, and itself recorded."""

import csv
import datetime as dt
import io
import json

import pytest
from django.urls import reverse

from audit import export
from audit.models import Entry
from audit.services import record

EXPORT = reverse("audit:export")

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, person):
    administrator = person("Administrator", username="ada")
    client.force_login(administrator)
    return administrator


def taken(answer):
    assert answer.streaming
    return b"".join(answer.streaming_content).decode()


def test_the_csv_holds_what_fits_and_no_more(client, administrator, person):
    wanted = record("patient.viewed", administrator, by=person("Technician"), how="page")
    record("patient.viewed", administrator, by=administrator)

    answer = client.post(EXPORT, {"format": "csv", "role": "Technician"})
    rows = list(csv.DictReader(io.StringIO(taken(answer))))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["id"] for row in rows] == [str(wanted.pk)]
    assert rows[0]["roles"] == "Technician"
    assert rows[0]["subject_type"] == "staff.user"
    assert json.loads(rows[0]["details"]) == {"how": "page"}
    assert dt.datetime.fromisoformat(rows[0]["at"]) == wanted.at
    assert dt.datetime.fromisoformat(rows[0]["at"]).utcoffset() is not None


def test_json_lines_carry_the_same_with_their_types(client, administrator):
    wanted = record("patient.viewed", administrator, by=administrator, patient=administrator, n=[1])

    lines = taken(client.post(EXPORT, {"format": "jsonl", "verb": "patient.viewed"})).splitlines()

    told = json.loads(lines[0])
    assert len(lines) == 1
    assert (told["id"], told["username"], told["patient"]) == (wanted.pk, "ada", administrator.pk)
    assert (told["roles"], told["details"]) == (["Administrator"], {"n": [1]})


def test_batches_join_without_gap_or_repetition(client, administrator, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 7)
    pks = [record("patient.viewed", None, by=None).pk for _ in range(40)]

    lines = taken(client.post(EXPORT, {"format": "jsonl", "verb": "patient.viewed"})).splitlines()

    assert [json.loads(line)["id"] for line in lines] == pks[::-1]


def test_no_more_than_a_batch_is_asked_for_at_a_time(
    administrator, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(export, "BATCH", 10)
    for _ in range(35):
        record("patient.viewed", None, by=None)
    batches = export.batches(Entry.objects.of_verb("patient.viewed"))

    with django_assert_num_queries(1):
        assert len(next(batches)) == 10
    assert [len(batch) for batch in batches] == [10, 10, 5]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_machine_calls_itself_never_becomes_a_formula(client, administrator, name):
    record("association.refused", None, by=None, sender=name)

    text = taken(client.post(EXPORT, {"format": "csv", "verb": "association.refused"}))
    (row,) = csv.DictReader(io.StringIO(text, newline=""))

    assert row["machine"] == f"'{name}"


def test_taking_the_trail_away_is_itself_recorded_with_its_filters(client, administrator):
    client.post(EXPORT, {"format": "csv", "role": "Technician", "since": "2026-01-01"})

    entry = Entry.objects.get(verb="trail.exported")

    assert entry.actor == administrator
    assert entry.details == {
        "format": "csv",
        "filters": {"role": "Technician", "since": "2026-01-01"},
    }


def test_the_export_ends_before_the_entry_about_itself(client, administrator):
    text = taken(client.post(EXPORT, {"format": "jsonl"}))

    assert "trail.exported" not in text


@pytest.mark.parametrize(
    ("params", "words"),
    [({"format": "xml"}, "CSV"), ({"format": "csv", "since": "soon"}, "since"), ({}, "CSV")],
)
def test_what_cannot_be_read_exports_nothing(client, administrator, params, words):
    refused = client.post(EXPORT, params)

    assert refused.status_code == 409
    assert words in refused.content.decode()
    assert not Entry.objects.of_verb("trail.exported").exists()


def test_an_address_alone_takes_nothing_away(client, administrator):
    assert client.get(EXPORT).status_code == 405
