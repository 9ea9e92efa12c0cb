"""Who a patient is: identity, search, and who looked."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.models import Entry
from common.refusals import Refused
from patients.models import Patient, days_meant_by
from patients.services import (
    Identity,
    correct_identity,
    note_alert,
    patient_from_images,
    register_patient,
)
from patients.tests.factories import AlertFactory, PatientFactory

LIST = reverse("patients:list")

pytestmark = pytest.mark.django_db


# ── verbs ────────────────────────────────────────────────────────────────────────────────────────


def test_registering_a_patient_leaves_a_trace_without_a_name(person):
    scheduler = person("Scheduler")

    patient = register_patient("MRN-1", Identity("Müller^Jürgen", sex="M"), by=scheduler)

    entry = Entry.objects.get(verb="patient.registered")
    assert entry.patient_id == patient.pk
    assert "Müller" not in str(entry.details)


def test_a_record_number_belongs_to_one_patient_only():
    register_patient("MRN-1", Identity("A^B"), by=None)

    with pytest.raises(ValidationError, match="already a patient"):
        register_patient(" MRN-1 ", Identity("C^D"), by=None)


def test_another_issuer_may_give_the_same_number():
    register_patient("MRN-1", Identity("A^B"), by=None)

    assert register_patient("MRN-1", Identity("C^D"), by=None, issuer="ELSEWHERE").pk


def test_correcting_an_identity_needs_a_reason_and_names_the_fields_only(person):
    patient = PatientFactory.create(is_provisional=True, name_alphabetic="Wrong^Name")
    right = Identity("Right^Name", birth_date=patient.birth_date, sex=patient.sex)

    with pytest.raises(Refused, match="Say why"):
        correct_identity(patient, right, by=person("Scheduler"), reason=" ")
    corrected = correct_identity(patient, right, by=person("Scheduler"), reason="Passport seen")

    assert corrected.name_alphabetic == "Right^Name"
    assert corrected.is_provisional is False
    entry = Entry.objects.get(verb="patient.corrected")
    assert entry.details == {"fields": ["is_provisional", "name_alphabetic"]}


def test_images_of_a_stranger_make_a_provisional_patient():
    named = patient_from_images("X9", Identity("A^B"))
    nameless = patient_from_images("  ", Identity())

    assert named.is_provisional
    assert nameless.patient_id.startswith("UNKNOWN-")
    assert str(nameless) == nameless.patient_id


def test_an_alert_is_noted_with_its_kind(person):
    alert = note_alert(PatientFactory.create(), kind="IMPLANT", text="Pacemaker", by=None)

    assert str(alert) == "Implant: Pacemaker"
    assert Entry.objects.get(verb="alert.noted").details == {"kind": "IMPLANT"}


# ── names, ages ──────────────────────────────────────────────────────────────────────────────────


def test_a_name_is_said_as_people_write_it():
    patient = Patient(name_alphabetic="Yamada^Tarou^X^Dr", name_ideographic="山田^太郎")

    assert patient.display_name == "Yamada, Tarou X"
    assert patient.other_scripts == "山田 太郎"
    assert patient.dicom_name == "Yamada^Tarou^X^Dr=山田^太郎"


def test_a_birthday_counts_on_the_day_itself():
    patient = Patient(birth_date=dt.date(2000, 2, 29))

    assert patient.age_on(dt.date(2026, 2, 28)) == 25
    assert patient.age_on(dt.date(2026, 3, 1)) == 26
    assert Patient().age_on(dt.date(2026, 3, 1)) is None


@pytest.mark.parametrize(
    ("word", "days"),
    [
        ("1980-05-17", [dt.date(1980, 5, 17)]),
        ("19800517", [dt.date(1980, 5, 17)]),
        ("17.05.1980", [dt.date(1980, 5, 17)]),
        ("17/05/1980", [dt.date(1980, 5, 17)]),
        ("04/05/1980", [dt.date(1980, 4, 5), dt.date(1980, 5, 4)]),
        ("31.02.1980", []),
        ("Smith", []),
    ],
)
def test_a_birth_date_is_understood_as_people_write_it(word, days):
    assert days_meant_by(word) == days


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        "muller",
        "MÜLLER",
        "jurgen muller",
        "山田",
        "やまだ",
        "mrn-77",
        "17.05.1980",
        "müller 1980-05-17",
    ],
)
def test_a_patient_is_found_by_anything_on_the_wristband(client, person, words):
    client.force_login(person("Technician"))
    wanted = PatientFactory.create(
        name_alphabetic="Müller^Jürgen",
        name_ideographic="山田^太郎",
        name_phonetic="やまだ^たろう",
        patient_id="MRN-77",
    )
    PatientFactory.create(name_alphabetic="Other^One", birth_date=dt.date(1999, 1, 1))

    answer = client.get(LIST, {"q": words})

    assert [found.pk for found in answer.context["search"].patients] == [wanted.pk]


@pytest.mark.parametrize("params", [{"q": "\0%_'"}, {"q": "x" * 9999}, {"after": "9" * 30}])
def test_nonsense_in_the_search_never_breaks_it(client, person, params):
    client.force_login(person("Technician"))

    assert client.get(LIST, params).status_code == 200


def test_nobody_found_is_said_with_what_to_try(client, person):
    client.force_login(person("Technician"))

    assert "No patient fits this search" in client.get(LIST, {"q": "zzz"}).content.decode()


def test_the_list_goes_on_after_a_key_and_shows_everybody_once(client, person):
    client.force_login(person("Technician"))
    everybody = {patient.pk for patient in PatientFactory.create_batch(53)}

    first = client.get(LIST).context["search"]
    second = client.get(LIST, {"after": first.next_after}).context["search"]

    pages = [found.pk for search in (first, second) for found in search.patients]
    assert len(first.patients) == 50
    assert sorted(pages) == sorted(everybody)
    assert second.next_after is None


def test_the_list_asks_a_constant_number_of_questions(
    client, person, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person("Technician"))
    AlertFactory.create()
    client.get(LIST)
    with django_assert_max_num_queries(15) as few:
        client.get(LIST)
    AlertFactory.create_batch(30)

    with django_assert_num_queries(len(few)):
        client.get(LIST)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Zażółć^Gęślą", "zazolc gesla"),
        ("Παπαδόπουλος^Διονύσιος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        ("قَبَّانِي^نزار", "قباني"),
        ("قباني^نزار", "قَبَّانِي"),
        ("홍^길동", "홍 길동"),
        ("Mu\u0308ller^Ju\u0308rgen", "Müller"),
        ("Müller^Jürgen", "Mu\u0308ller"),
        ("Straße^Øyvind", "strasse oyvind"),
        ("O'Brien^100%_sure", "o'brien 100%_"),
    ],
)
def test_accents_marks_and_capitals_do_not_matter_in_any_script(client, person, name, words):
    client.force_login(person("Technician"))
    wanted = PatientFactory.create(name_alphabetic=name)
    PatientFactory.create(name_alphabetic="Other^One")

    found = client.get(LIST, {"q": words}).context["search"].patients

    assert [one.pk for one in found] == [wanted.pk]


# ── the page of a patient ────────────────────────────────────────────────────────────────────────


def test_opening_a_patient_is_recorded(client, person):
    technician = person("Technician")
    client.force_login(technician)
    patient = AlertFactory.create(text="Iopromide: shock").patient

    page = client.get(reverse("patients:patient", args=[patient.pk])).content.decode()

    assert patient.patient_id in page
    assert "Iopromide: shock" in page
    assert reverse("worklist:of_patient", args=[patient.pk]) in page
    entry = Entry.objects.get(verb="patient.viewed")
    assert (entry.actor, entry.patient_id) == (technician, patient.pk)


def test_only_those_who_answer_for_the_trail_see_who_was_here(client, person):
    patient = PatientFactory.create()
    address = reverse("patients:patient", args=[patient.pk])

    client.force_login(person("Technician"))
    assert "Who was here" not in client.get(address).content.decode()

    client.force_login(person("Administrator"))
    assert "Who was here" in client.get(address).content.decode()


def test_an_engineer_sees_no_patients(client, person):
    client.force_login(person("Engineer"))
    patient = PatientFactory.create()

    assert client.get(LIST).status_code == 403
    assert client.get(reverse("patients:patient", args=[patient.pk])).status_code == 403


# ── API ──────────────────────────────────────────────────────────────────────────────────────────


def test_programs_find_and_open_patients_and_the_opening_is_recorded(client, person):
    client.force_login(person("Technician"))
    patient = PatientFactory.create(name_alphabetic="Müller^Jürgen")
    PatientFactory.create()

    found = client.get("/api/patients/", {"search": "muller"}).json()["results"]
    one = client.get(f"/api/patients/{patient.pk}/").json()

    assert [row["id"] for row in found] == [patient.pk]
    assert one["name_alphabetic"] == "Müller^Jürgen"
    assert Entry.objects.get(verb="patient.viewed").details == {"how": "api"}


def test_programs_may_not_read_patients_without_the_permission(client, person):
    client.force_login(person("Engineer"))

    assert client.get("/api/patients/").status_code == 403
