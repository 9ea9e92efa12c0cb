"""Patients for programs: the same verbs, and calm answers to rubbish."""

import datetime as dt

import pytest

from audit.models import Entry
from patients.models import Alert, Correction, Identifier, Patient
from patients.tests.factories import AlertFactory, PatientFactory

pytestmark = pytest.mark.django_db
PATIENTS, ALERTS = "/api/patients/", "/api/alerts/"
SOMEBODY = {"name_alphabetic": "Müller^Jürgen", "birth_date": "1953-05-12", "sex": "M"}


def send(client, address, body):
    return client.post(address, body, content_type="application/json")


def test_somebody_is_registered_unless_they_look_known(client, person):
    client.force_login(person("Scheduler"))

    first = send(client, PATIENTS, SOMEBODY)
    again = send(client, PATIENTS, SOMEBODY)
    key = first.json()["id"]
    anyway = send(client, PATIENTS, SOMEBODY | {"somebody_else": [key]})

    assert (first.status_code, again.status_code, anyway.status_code) == (201, 409, 201)
    assert [one["patient"] for one in again.json()["likely"]] == [key]
    assert Patient.objects.count() == 2


def test_an_identity_is_corrected_and_what_is_not_sent_stays(client, person):
    client.force_login(person("Scheduler"))
    patient = PatientFactory.create(phone="0123")
    address = f"{PATIENTS}{patient.pk}/correct/"

    answer = send(client, address, {"name_alphabetic": "Right^Name", "reason": "Passport"})
    nothing = send(client, address, {"name_alphabetic": "Right^Name", "reason": "Passport"})

    assert answer.json()["name_alphabetic"] == "Right^Name"
    assert answer.json()["phone"] == "0123"
    assert nothing.status_code == 409
    (correction,) = client.get("/api/corrections/", {"patient": patient.pk}).json()["results"]
    assert list(correction["changes"]) == ["name_alphabetic"]


def test_a_search_is_posted_and_forgives_a_slip(client, person):
    client.force_login(person("Technician"))
    patient = PatientFactory.create(name_alphabetic="Müller^Jürgen")

    found = send(client, f"{PATIENTS}search/", {"search": "Mueler"}).json()

    assert found["is_guess"] is True
    assert [one["id"] for one in found["results"]] == [patient.pk]


def test_entries_of_the_safety_record_are_noted_confirmed_and_ended(client, person):
    client.force_login(person("Technician"))
    patient = PatientFactory.create()
    body = {"patient": patient.pk, "kind": "KIDNEY", "egfr": 38, "observed_on": "2026-01-05"}

    noted = send(client, ALERTS, body)
    implant = send(client, ALERTS, {"patient": patient.pk, "kind": "IMPLANT", "text": "Stent"})
    key = implant.json()["id"]
    confirmed = send(client, f"{ALERTS}{key}/confirm/", {"source": "the patient"})
    ended = send(client, f"{ALERTS}{key}/end/", {"reason": "Removed"})
    over = send(client, f"{ALERTS}{key}/end/", {"reason": "Removed"})

    assert noted.status_code == 201
    assert noted.json()["text"] == "eGFR 38 on 5 Jan 2026"
    assert noted.json()["needs_asking"] is True
    assert confirmed.json()["source"] == "the patient"
    assert ended.json()["is_active"] is False
    assert over.status_code == 409
    active = client.get(ALERTS, {"patient": patient.pk, "is_active": "true"}).json()["results"]
    assert [one["egfr"] for one in active] == [38]


def test_a_contradiction_is_a_conflict_with_a_sentence(client, person):
    client.force_login(person("Technician"))
    alert = AlertFactory.create(text="Latex")

    body = {"patient": alert.patient_id, "kind": "ALLERGY", "is_absent": True}
    answer = send(client, ALERTS, body)

    assert answer.status_code == 409
    assert "Latex" in answer.json()["detail"]


def test_other_numbers_are_added_and_removed(client, person):
    client.force_login(person("Scheduler"))
    patient = PatientFactory.create()

    added = send(
        client, "/api/identifiers/", {"patient": patient.pk, "kind": "NATIONAL", "value": "7"}
    )
    address = f"/api/identifiers/{added.json()['id']}/remove/"

    assert added.status_code == 201
    assert send(client, address, {}).status_code == 400
    assert send(client, address, {"reason": "Not theirs"}).status_code == 204
    assert not Identifier.objects.exists()
    assert Correction.objects.get().reason == "Not theirs"


def test_opening_a_confidential_patient_is_noted_as_such(client, person):
    client.force_login(person("Technician"))
    patient = PatientFactory.create(is_confidential=True)

    client.get(f"{PATIENTS}{patient.pk}/")

    details = Entry.objects.get(verb="patient.viewed").details
    assert details == {"how": "api", "confidential": True}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PATIENTS, []),
        (PATIENTS, "rubbish"),
        (PATIENTS, {}),
        (PATIENTS, SOMEBODY | {"name_alphabetic": ["a", "list"]}),
        (PATIENTS, SOMEBODY | {"name_alphabetic": "A\0B"}),
        (PATIENTS, SOMEBODY | {"name_alphabetic": "A=B"}),
        (PATIENTS, SOMEBODY | {"name_alphabetic": "A^B^C^D^E^F"}),
        (PATIENTS, SOMEBODY | {"birth_date": "31.02.1980"}),
        (PATIENTS, SOMEBODY | {"birth_date": "2999-01-01"}),
        (PATIENTS, SOMEBODY | {"height_cm": 10**40}),
        (PATIENTS, SOMEBODY | {"weight_kg": "NaN"}),
        (PATIENTS, SOMEBODY | {"somebody_else": [10**30]}),
        (PATIENTS, SOMEBODY | {"somebody_else": {"a": 1}}),
        (f"{PATIENTS}search/", {"search": ""}),
        (f"{PATIENTS}search/", {"search": {"a": 1}}),
        (ALERTS, {"kind": "ALLERGY"}),
        (ALERTS, {"patient": 10**30, "kind": "ALLERGY", "text": "x"}),
        (ALERTS, {"patient": 1, "kind": "NONE", "text": "x"}),
        (ALERTS, {"patient": 1, "kind": "KIDNEY", "egfr": -1}),
        (ALERTS, {"patient": 1, "kind": "PREGNANCY", "pregnancy_status": 9}),
        ("/api/identifiers/", {"patient": 1, "kind": "NATIONAL", "value": ""}),
    ],
)
def test_rubbish_is_answered_with_the_field_and_never_breaks_anything(client, person, path, body):
    client.force_login(person("Technician"))

    assert send(client, path, body).status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PATIENTS}{10**30}/", 404),
        (f"{PATIENTS}%00/", 404),
        (f"{PATIENTS}?birth_date=never", 400),
        (f"{PATIENTS}?patient_id=%00", 400),
        (f"{PATIENTS}?search=%00", 400),
        (f"{PATIENTS}?search={'x' * 3000}", 200),
        (f"{ALERTS}?patient={10**30}", 400),
        (f"{ALERTS}?kind=NONE", 400),
        (f"/api/corrections/?patient={10**30}", 400),
    ],
)
def test_odd_addresses_are_answered_calmly(client, person, path, status):
    client.force_login(person("Technician"))

    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("Radiologist", PATIENTS),
        ("Engineer", f"{PATIENTS}search/"),
        ("Administrator", ALERTS),
        ("Radiologist", "/api/identifiers/"),
        ("Referrer", ALERTS),
    ],
)
def test_programs_hold_the_same_keys_as_people(client, person, role, path):
    client.force_login(person(role))

    assert send(client, path, {}).status_code == 403


def test_lists_ask_a_constant_number_of_questions(
    client, person, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person("Technician"))
    for path, model in ((PATIENTS, Patient), (ALERTS, Alert)):
        AlertFactory.create(noted_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        client.get(path)
        with django_assert_max_num_queries(12) as few:
            client.get(path)
        AlertFactory.create_batch(5)
        with django_assert_num_queries(len(few)):
            listed = client.get(path).json()["results"]
        assert len(listed) == model.objects.count()


def test_every_door_of_patients_is_described(client, person):
    client.force_login(person("Technician"))

    described = client.get("/api/schema/").content.decode()

    for path in ("/api/patients/{id}/correct/", "/api/alerts/{id}/end/", "/api/corrections/"):
        assert path in described
