"""Knowing somebody again before a second record is made for them."""

import datetime as dt

import pytest
from django.urls import reverse

from audit.models import Entry
from patients.likeness import Stranger, likely_known
from patients.models import Identifier, Patient
from patients.services import Identity
from patients.tests.factories import PatientFactory
from patients.tests.test_identity import BORN, REGISTER, typed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "born", "is_known"),
    [
        ("Müller^Jürgen", BORN, True),
        ("Mueller^Juergen", BORN, True),
        ("Muller^Jurgen", BORN, True),
        ("Jürgen^Müller", BORN, True),
        ("Jürgen^Müller", None, True),
        ("Miller^Jürgen Peter", BORN, True),
        ("Müller^Jürgen", dt.date(1953, 12, 5), True),  # day and month exchanged
        ("Müller^Jürgen", dt.date(1935, 5, 12), True),  # two digits changed places
        ("Müller^Jürgen", dt.date(1990, 1, 1), True),  # the same name is always worth a look
        ("Mueller^Juergen", dt.date(1990, 1, 1), False),
        ("Schneider^Jürgen", BORN, False),
        ("Müller^Brigitte", BORN, False),
        ("Yamada^Tarou", BORN, False),
    ],
)
def test_a_likely_duplicate_is_known_by_name_and_birth_date(person, name, born, is_known):
    known = PatientFactory.create(name_alphabetic="Müller^Jürgen", birth_date=BORN, sex="M")

    found = likely_known(Stranger(Identity(name, birth_date=born)), to=person("Scheduler"))

    assert [one.patient for one in found] == ([known] if is_known else [])
    assert all(one.reasons for one in found)


def test_the_same_number_is_the_likeliest_of_all(person):
    alike = PatientFactory.create(name_alphabetic="Müller^Jürgen", birth_date=BORN)
    numbered = PatientFactory.create(name_alphabetic="Other^One", birth_date=None)
    Identifier.objects.create(patient=numbered, kind="NATIONAL", value="N-1")

    stranger = Stranger(Identity("Müller^Jürgen", birth_date=BORN), ("N-1",))
    found = likely_known(stranger, to=person("Scheduler"))

    assert [one.patient for one in found] == [numbered, alike]


def test_names_in_their_own_script_are_compared_too(person):
    known = PatientFactory.create(
        name_alphabetic="Yamada^Tarou", name_ideographic="山田^太郎", birth_date=BORN
    )

    stranger = Stranger(Identity(name_ideographic="山田^太郎", birth_date=BORN))

    assert [one.patient for one in likely_known(stranger, to=person("Scheduler"))] == [known]


def test_a_likely_duplicate_is_shown_before_anybody_is_registered(client, person):
    client.force_login(person("Scheduler"))
    known = PatientFactory.create(name_alphabetic="Mueller^Juergen", birth_date=BORN)

    asked = client.post(REGISTER, typed())
    page = asked.content.decode()

    assert asked.status_code == 422
    assert "This is the patient" in page
    assert known.patient_id in page
    assert Patient.objects.count() == 1

    anyway = client.post(REGISTER, typed(somebody_else=str(known.pk)))

    assert anyway.status_code == 302
    entry = Entry.objects.get(verb="patient.registered")
    assert entry.details == {"judged_to_be_others": [known.pk]}


def test_somebody_who_appeared_meanwhile_is_asked_about_too(client, person):
    client.force_login(person("Scheduler"))
    seen, unseen = PatientFactory.create_batch(2, name_alphabetic="Müller^Jürgen", birth_date=BORN)

    answer = client.post(REGISTER, typed(somebody_else=str(seen.pk)))

    assert answer.status_code == 422
    assert unseen.patient_id in answer.content.decode()


def test_likely_duplicates_appear_while_somebody_types(client, person):
    client.force_login(person("Scheduler"))
    known = PatientFactory.create(name_alphabetic="Mueller^Juergen", birth_date=BORN)
    likely = reverse("patients:likely")

    half = client.post(likely, {"alphabetic_family": "Müll"}).content.decode()
    whole = client.post(likely, typed(next="order")).content.decode()

    assert known.patient_id not in half
    assert known.patient_id in whole
    assert f"{reverse('worklist:place_order')}?patient={known.pk}" in whole
