"""The trail for programs: filtered, paged by cursor, read only."""

import base64
from urllib.parse import urlencode

import pytest
import time_machine

from audit.models import Entry
from audit.services import record

ENTRIES = "/api/audit-entries/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, person):
    administrator = person("Administrator", username="ada")
    client.force_login(administrator)
    return administrator


def test_an_entry_says_who_what_and_when_in_keys_and_codes(client, administrator):
    entry = record(
        "patient.viewed", administrator, by=administrator, patient=administrator, how="x"
    )

    told = client.get(f"{ENTRIES}{entry.pk}/").json()

    assert told | {"at": ""} == {
        "id": entry.pk,
        "at": "",
        "verb": "patient.viewed",
        "group": "openings",
        "person": administrator.pk,
        "username": "ada",
        "machine": "",
        "roles": ["Administrator"],
        "origin": "",
        "subject_type": "staff.user",
        "subject_id": str(administrator.pk),
        "patient": administrator.pk,
        "details": {"how": "x"},
    }


def test_each_filter_of_the_page_is_a_filter_here(client, administrator, person):
    technician = person("Technician")
    with time_machine.travel("2026-03-05T10:00:00Z"):
        wanted = record("patient.viewed", technician, by=technician, patient=technician)
    record("person.signed_in", administrator, by=administrator)

    for params in (
        {"person": technician.pk},
        {"role": "Technician"},
        {"patient": technician.pk},
        {"verb": "patient.viewed"},
        {"group": "openings"},
        {"until": "2026-03-05"},
        {"since": "2026-03-05", "until": "2026-03-05"},
        {"subject_type": "staff.user", "subject_id": technician.pk},
    ):
        results = client.get(ENTRIES, params).json()["results"]
        assert [entry["id"] for entry in results] == [wanted.pk], params


def test_pages_follow_by_cursor_even_within_one_moment(client, administrator):
    with time_machine.travel("2026-03-05T10:00:00Z", tick=False):
        pks = [record("patient.viewed", None, by=None).pk for _ in range(25)]
    seen: list[int] = []
    address = f"{ENTRIES}?verb=patient.viewed&limit=10"
    while address:
        page = client.get(address).json()
        seen += [entry["id"] for entry in page["results"]]
        address = page["next"]

    assert seen == pks[::-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("person", "x"),
        ("person", "9" * 30),
        ("person", "-1"),
        ("person", "1.5"),
        ("person", "NaN"),
        ("patient", "1e400"),
        ("verb", "\0"),
        ("role", "a\0b"),
        ("subject_id", "\0"),
        ("group", "everything"),
        ("since", "soon"),
        ("since", "0001-01-01"),
        ("until", "9999-12-31"),
        ("cursor", base64.b64encode(b"p=soon").decode()),
        ("cursor", base64.b64encode(b"p=2026-13-45T00:00:00%2B00:00").decode()),
        ("cursor", base64.b64encode(b"p=2026-01-01T00:00:00").decode()),
    ],
)
def test_what_cannot_be_asked_is_answered_with_400(client, administrator, name, value):
    refused = client.get(f"{ENTRIES}?{urlencode({name: value})}")

    assert refused.status_code == 400
    assert name in refused.json()


@pytest.mark.parametrize("key", ["x", "9" * 18, "9" * 30, "%00", "-1"])
def test_an_entry_that_is_not_there_is_not_found(client, administrator, key):
    assert client.get(f"{ENTRIES}{key}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_changed_here(client, administrator, method):
    entry = record("patient.viewed", None, by=None)

    refused = getattr(client, method)(f"{ENTRIES}{entry.pk}/", {}, content_type="application/json")

    assert refused.status_code in {403, 405}
    assert Entry.objects.filter(pk=entry.pk).exists()


def test_longer_lists_need_no_more_questions(
    client, administrator, person, django_assert_num_queries, django_assert_max_num_queries
):
    record("patient.viewed", None, by=administrator)
    with django_assert_max_num_queries(6) as few:
        client.get(ENTRIES)

    for _ in range(30):
        record("patient.viewed", None, by=person("Technician"))

    with django_assert_num_queries(len(few)):
        client.get(ENTRIES)


def test_the_description_names_the_type_of_every_filter(client, administrator):
    described = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    parameters = described.json()["paths"][ENTRIES]["get"]["parameters"]
    types = {
        one["name"]: one["schema"].get("format", one["schema"].get("type")) for one in parameters
    }

    assert types == {
        **dict.fromkeys(
            ("verb", "role", "group", "subject_type", "subject_id", "cursor"), "string"
        ),
        **dict.fromkeys(("person", "patient", "limit"), "integer"),
        **dict.fromkeys(("since", "until"), "date"),
    }
