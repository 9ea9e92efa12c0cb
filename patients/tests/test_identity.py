"""Registering people, knowing them again, and correcting who they are."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from audit.models import Entry
from common.refusals import Refused
from patients.models import Correction, Identifier, Patient
from patients.names import PersonName
from patients.services import (
    Contact,
    Identity,
    Number,
    add_identifier,
    correct_identity,
    register_patient,
    remove_identifier,
)
from patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
REGISTER = reverse("patients:register")
BORN = dt.date(1953, 5, 12)


def standing(patient: Patient) -> Identity:
    return Identity(
        patient.name_alphabetic,
        patient.name_ideographic,
        patient.name_phonetic,
        patient.birth_date,
        patient.sex,
    )


# ── registering ──────────────────────────────────────────────────────────────────────────────────


def test_without_a_number_everybody_gets_their_own():
    first, second = (register_patient("", Identity("A^B"), by=None) for _ in range(2))

    assert first.patient_id != second.patient_id
    assert first.patient_id.startswith("P")


def test_a_number_that_came_from_elsewhere_is_never_given_again():
    first = register_patient("", Identity("A^B"), by=None)
    prefix, count = first.patient_id[:3], int(first.patient_id[3:])
    taken = register_patient(f"{prefix}{count + 1:06d}", Identity("C^D"), by=None)

    assert register_patient("", Identity("E^F"), by=None).patient_id != taken.patient_id


def test_that_look_alikes_were_judged_to_be_others_is_kept_as_keys(person):
    register_patient("", Identity("A^B"), by=person("Scheduler"), somebody_else={7, 3})

    entry = Entry.objects.get(verb="patient.registered")
    assert entry.details == {"judged_to_be_others": [3, 7]}


def typed(**more: str) -> dict[str, str]:
    return {
        "alphabetic_family": "Müller",
        "alphabetic_given": "Jürgen",
        "birth_date": "12.05.1953",
        "sex": "M",
    } | more


def test_somebody_new_is_registered_with_all_that_is_known(client, person):
    client.force_login(person("Scheduler"))
    more = {
        "alphabetic_prefix": "Dr.",
        "ideographic_family": "山田",
        "ideographic_given": "太郎",
        "language": "ja",
        "phone": "+81 3",
        "weight_kg": "71.5",
        "height_cm": "172",
        "is_confidential": "on",
        "other_kind": "NATIONAL",
        "other_value": "N-1",
    }

    answer = client.post(REGISTER, typed(**more))

    patient = Patient.objects.get()
    assert answer.url == reverse("patients:patient", args=[patient.pk])
    assert patient.name_alphabetic == "Müller^Jürgen^^Dr."
    assert patient.name_ideographic == "山田^太郎"
    assert (patient.birth_date, patient.height_cm) == (BORN, 172)
    assert patient.is_confidential
    assert patient.identifiers.get().value == "N-1"


def test_registering_for_an_order_leads_to_the_order(client, person):
    client.force_login(person("Scheduler"))

    answer = client.post(REGISTER, typed(next="order"))

    assert answer.url == f"{reverse('worklist:place_order')}?patient={Patient.objects.get().pk}"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//evil", "nowhere"])
def test_registering_never_leads_out_of_the_house(client, person, elsewhere):
    client.force_login(person("Scheduler"))

    answer = client.post(REGISTER, typed(next=elsewhere[:20]))

    assert answer.url == reverse("patients:patient", args=[Patient.objects.get().pk])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"alphabetic_family": ""}, "Write the family name"),
        ({"alphabetic_family": "A^B"}, "A name cannot hold ^"),
        ({"alphabetic_given": "A=B\\C"}, "A name cannot hold = \\"),
        ({"alphabetic_family": "x" * 40, "alphabetic_given": "y" * 40}, "holds 64 characters"),
        ({"birth_date": "31.02.1980"}, "This is not a day"),
        ({"birth_date": "04/05/1980"}, "Which day is it? 1980-04-05 / 1980-05-04"),
        ({"birth_date": "1 Jan 2999"}, "lies in the future"),
        ({"birth_date": "1700-01-01"}, "Nobody is that old"),
        ({"other_value": "7"}, "Say what kind of number it is"),
        ({"other_kind": "NATIONAL"}, "The number is missing"),
        ({"patient_id": "TAKEN"}, "already a patient with this record number"),
        ({"other_kind": "NATIONAL", "other_value": "T-1"}, "Another patient has this number"),
        ({"email": "nobody"}, "valid email"),
        ({"height_cm": "9" * 30}, "less than or equal to 280"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    client, person, wrong, sentence
):
    client.force_login(person("Scheduler"))
    other = PatientFactory.create(patient_id="TAKEN", birth_date=None)
    Identifier.objects.create(patient=other, kind="NATIONAL", value="T-1")

    answer = client.post(REGISTER, typed(phone="0123", **wrong))

    page = answer.content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="0123"' in page
    assert Patient.objects.count() == 1


def test_a_name_in_its_own_script_alone_is_enough(client, person):
    client.force_login(person("Scheduler"))

    client.post(REGISTER, {"ideographic_family": "حداد", "ideographic_given": "ليلى"})

    assert Patient.objects.get().display_name == "حداد, ليلى"


@pytest.mark.parametrize("role", ["Radiologist", "Engineer", "Referrer", "Administrator"])
def test_who_books_nobody_registers_nobody(client, person, role):
    client.force_login(person(role))

    assert client.post(REGISTER, typed()).status_code == 403
    assert client.post(reverse("patients:likely"), typed()).status_code == 403


# ── correcting ───────────────────────────────────────────────────────────────────────────────────


def test_a_correction_keeps_what_was_and_what_is(person):
    scheduler = person("Scheduler")
    patient = PatientFactory.create(name_alphabetic="Wrong^Name", phone="1")
    right = Identity("Right^Name", birth_date=BORN, sex=patient.sex)

    correct_identity(
        patient, right, by=scheduler, reason="Passport seen", contact=Contact(phone="2")
    )

    correction = Correction.objects.get()
    assert correction.changes == {
        "name_alphabetic": ["Wrong^Name", "Right^Name"],
        "birth_date": ["1980-05-17", "1953-05-12"],
        "phone": ["1", "2"],
    }
    assert (correction.by, correction.reason) == (scheduler, "Passport seen")
    details = Entry.objects.get(verb="patient.corrected").details
    assert details == {"fields": ["birth_date", "name_alphabetic", "phone"]}


def test_contact_stays_when_only_the_identity_is_corrected(person):
    patient = PatientFactory.create(phone="0123", language="ja")

    right = Identity("Right^Name", birth_date=patient.birth_date, sex=patient.sex)
    correct_identity(patient, right, by=person("Scheduler"), reason="x")

    patient.refresh_from_db()
    assert (patient.phone, patient.language) == ("0123", "ja")


def test_nothing_different_is_no_correction(person):
    patient = PatientFactory.create()

    with pytest.raises(Refused, match="Nothing is different"):
        correct_identity(patient, standing(patient), by=person("Scheduler"), reason="x")

    assert not Correction.objects.exists()


def test_whoever_is_known_from_images_is_confirmed_as_they_are(person):
    patient = PatientFactory.create(is_provisional=True)

    correct_identity(patient, standing(patient), by=person("Scheduler"), reason="Asked")

    patient.refresh_from_db()
    assert not patient.is_provisional
    assert Correction.objects.get().changes == {"is_provisional": [True, False]}


def test_a_corrected_number_stays_findable_as_a_former_one(person):
    patient = PatientFactory.create(patient_id="OLD-1")
    nobody = PatientFactory.create(patient_id="UNKNOWN-1234", is_provisional=True)
    scheduler = person("Scheduler")

    for one, number in ((patient, "NEW-1"), (nobody, "NEW-2")):
        correct_identity(one, standing(one), by=scheduler, reason="x", number=Number(number))

    former = Identifier.objects.get()
    assert (former.patient, former.kind, former.value) == (patient, "FORMER", "OLD-1")


def test_a_correction_cannot_be_rewritten():
    patient, person_ = PatientFactory.create(), None
    from staff.models import User  # noqa: PLC0415

    person_ = User.objects.create_user("somebody")
    correction = Correction.objects.create(patient=patient, by=person_, reason="x", changes={})

    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(reason="y")


def correction_of(patient: Patient, **more: str) -> dict[str, str]:
    name = PersonName.of(patient.name_alphabetic)
    return {
        "alphabetic_family": name.family,
        "alphabetic_given": name.given,
        "birth_date": str(patient.birth_date),
        "sex": patient.sex,
        "patient_id": patient.patient_id,
        "issuer": patient.issuer,
        "reason": "Passport seen",
    } | more


def test_the_page_shows_what_would_change_and_the_record_what_did(client, person):
    client.force_login(person("Scheduler"))
    patient = PatientFactory.create(name_alphabetic="Wrong^Name")
    sent = correction_of(patient, alphabetic_family="Right", phone="0123")

    before = client.post(reverse("patients:differences", args=[patient.pk]), sent).content.decode()
    answer = client.post(reverse("patients:correct", args=[patient.pk]), sent)
    record = client.get(reverse("patients:patient", args=[patient.pk])).content.decode()

    assert "<del><bdi>Wrong, Name</bdi></del>" in before
    assert "<ins><bdi>Right, Name</bdi></ins>" in before
    assert answer.status_code == 302
    assert "Passport seen" in record
    assert "<del><bdi>Wrong, Name</bdi></del>" in record


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": ""}, "This field is required"),
        ({}, "Nothing is different"),
        ({"patient_id": "TAKEN"}, "already a patient with this record number"),
    ],
)
def test_a_correction_that_makes_no_sense_comes_back_with_a_sentence(
    client, person, wrong, sentence
):
    client.force_login(person("Scheduler"))
    PatientFactory.create(patient_id="TAKEN")
    patient = PatientFactory.create()

    answer = client.post(
        reverse("patients:correct", args=[patient.pk]), correction_of(patient, **wrong)
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Correction.objects.exists()


@pytest.mark.parametrize("role", ["Radiologist", "Engineer", "Referrer"])
@pytest.mark.parametrize("page", ["correct", "differences", "add_identifier"])
def test_not_everybody_corrects_identities(client, person, role, page):
    client.force_login(person(role))
    patient = PatientFactory.create()

    assert client.post(reverse(f"patients:{page}", args=[patient.pk])).status_code == 403


# ── other numbers ────────────────────────────────────────────────────────────────────────────────


def test_a_number_is_added_and_its_removal_is_a_correction(person):
    scheduler, patient = person("Scheduler"), PatientFactory.create()
    number = add_identifier(patient, kind="INSURANCE", value=" 42 ", by=scheduler)
    with pytest.raises(Refused, match="Say why"):
        remove_identifier(number, by=scheduler, reason=" ")

    remove_identifier(number, by=scheduler, reason="The brother's")

    assert not patient.identifiers.exists()
    assert Correction.objects.get().changes == {"identifier.INSURANCE": ["42", ""]}
    for verb in ("identifier.added", "identifier.removed"):
        assert Entry.objects.get(verb=verb).details == {"kind": "INSURANCE"}


def test_a_number_belongs_to_one_person_only():
    first, second = PatientFactory.create_batch(2)
    add_identifier(first, kind="NATIONAL", value="1", by=None)

    with pytest.raises(ValidationError, match="Another patient"):
        add_identifier(second, kind="NATIONAL", value="1", by=None)


def test_numbers_are_added_and_removed_on_pages_of_their_own(client, person):
    client.force_login(person("Scheduler"))
    patient = PatientFactory.create()
    add = reverse("patients:add_identifier", args=[patient.pk])

    assert client.get(add).status_code == 200
    assert client.post(add, {"kind": "NATIONAL", "value": ""}).status_code == 422
    client.post(add, {"kind": "NATIONAL", "value": "7"})
    assert client.post(add, {"kind": "NATIONAL", "value": "7"}).status_code == 422
    remove = reverse("patients:remove_identifier", args=[patient.identifiers.get().pk])
    assert client.post(remove, {"reason": ""}).status_code == 422
    client.post(remove, {"reason": "Not theirs"})

    assert not patient.identifiers.exists()


# ── confidential records ─────────────────────────────────────────────────────────────────────────


def test_opening_a_confidential_record_is_noted_as_such_and_said(client, person):
    client.force_login(person("Technician"))
    patient = PatientFactory.create(is_confidential=True)

    page = client.get(reverse("patients:patient", args=[patient.pk])).content.decode()

    assert "This record is confidential" in page
    assert Entry.objects.get(verb="patient.viewed").details == {"confidential": True}
