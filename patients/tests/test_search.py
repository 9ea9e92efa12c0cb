"""Finding patients: in any script, by any number, with a slip of the finger, best first."""

import datetime as dt

import pytest
from django.urls import reverse

from patients.dates import days_meant_by
from patients.names import PersonName
from patients.search import Search, words_of
from patients.tests.factories import PatientFactory

LIST, FOUND, PICK = (reverse(f"patients:{page}") for page in ("list", "found", "pick"))


@pytest.fixture
def searching(person):
    """`searching("words")`: who is found for a technician, in order."""
    technician = person("Technician")

    def search(words: str) -> list:
        return Search(technician, " ".join(words_of(words))).patients

    return search


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Müller^Jürgen", "Mueler"),
        ("Smith^John", "smiht"),
        ("Yamada^Tarou", "yamdaa tarou"),
        ("Papadopoulou^Eleni", "papadopulu"),
        ("Okonkwo^Chidi", "okonko chidi"),
        ("Παπαδόπουλος^Ελένη", "παπαδοπουλοσ ελενι"),
        ("Παπαδόπουλος^Ελένη", "papadopoulos"),
        ("حداد^ليلى", "حدد"),
        ("أحمد^علي", "احمد"),
        ("Иванова^Ольга", "ivanova"),
        ("山田^太郎", "山田太郎"),
        ("山田^太郎", "山田太朗"),
        ("山田^太郎", "山"),
        ("やまだ^たろう", "ヤマダ"),
        ("홍^길동", "길동"),
    ],
)
def test_a_name_is_found_in_any_script_and_with_a_slip(searching, name, words):
    wanted = PatientFactory.create(name_alphabetic=name)
    PatientFactory.create(name_alphabetic="Quite^Different")

    assert searching(words) == [wanted]


@pytest.mark.django_db
def test_who_is_called_exactly_so_is_not_mixed_with_who_is_called_nearly_so(person):
    exact = PatientFactory.create(name_alphabetic="Meyer^Anna")
    PatientFactory.create(name_alphabetic="Meier^Anna")
    search = Search(person("Technician"), "meyer")

    assert search.patients == [exact]
    assert not search.is_guess


@pytest.mark.django_db
def test_the_exact_number_comes_first_then_the_family_name(searching):
    inside = PatientFactory.create(name_alphabetic="Obermann^Ann")
    family = PatientFactory.create(name_alphabetic="Mann^Zoe")
    number = PatientFactory.create(name_alphabetic="Zander^Otto", patient_id="MANN1")

    assert searching("mann") == [family, inside, number]
    assert searching("mann1") == [number]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["kim 17 May 1980", "17. mai 1980 kim", "Kim, 17.5.80"])
def test_a_birth_date_of_several_words_narrows_a_name(searching, words):
    wanted = PatientFactory.create(name_alphabetic="Kim^A", birth_date=dt.date(1980, 5, 17))
    PatientFactory.create(name_alphabetic="Kim^B", birth_date=dt.date(1980, 5, 18))

    assert searching(words) == [wanted]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17 May 1980", dt.date(1980, 5, 17)),
        ("May 17, 1980", dt.date(1980, 5, 17)),
        ("17. März 1980", dt.date(1980, 3, 17)),
        ("17 août 1980", dt.date(1980, 8, 17)),
        ("1980/05/17", dt.date(1980, 5, 17)),
        ("1980年5月17日", dt.date(1980, 5, 17)),
        ("昭和55年5月17日", dt.date(1980, 5, 17)),
        ("令和元年5月2日", dt.date(2019, 5, 2)),
        ("١٧/٠٥/١٩٨٠", dt.date(1980, 5, 17)),
        ("１９８０－０５－１７", dt.date(1980, 5, 17)),
    ],
)
def test_a_day_is_understood_in_many_writings(text, day):
    assert days_meant_by(text) == [day]


@pytest.mark.parametrize(
    "text", ["", "May", "17 May", "1980", "99.99.9999", "17.05.198", "0000-00-00"]
)
def test_what_is_no_day_is_none(text):
    assert days_meant_by(text) == []


def test_a_name_is_taken_apart_and_put_together_as_the_standard_does():
    name = PersonName.of("Müller^Jürgen^^Dr.")

    assert (name.family, name.prefix) == ("Müller", "Dr.")
    assert str(name) == "Müller^Jürgen^^Dr."
    assert str(PersonName("  A   B ")) == "A B"


@pytest.mark.django_db
def test_the_box_finds_a_few_and_leads_on(client, person):
    client.force_login(person("Scheduler"))
    patient = PatientFactory.create(name_alphabetic="Müller^Jürgen")

    found = client.post(FOUND, {"q": "mul"}).content.decode()
    nobody = client.post(FOUND, {"q": "zzz"}).content.decode()

    assert reverse("patients:patient", args=[patient.pk]) in found
    assert reverse("worklist:found") in found
    assert reverse("patients:register") in nobody
    assert client.get(FOUND, {"q": "mul"}).status_code == 405


@pytest.mark.django_db
def test_pickers_get_json_and_forms_get_buttons(client, person):
    client.force_login(person("Scheduler"))
    patient = PatientFactory.create(name_alphabetic="Müller^Jürgen", name_ideographic="山田^太郎")

    (choice,) = client.post(PICK, {"q": "muller"}).json()["results"]
    buttons = client.post(PICK, {"q": "muller"}, headers={"HX-Request": "true"}).content.decode()

    assert choice["id"] == patient.pk
    assert choice["text"] == "Müller, Jürgen 山田 太郎"
    assert patient.patient_id in choice["facts"]
    assert f'value="{patient.pk}"' in buttons
    assert client.post(PICK, {"q": ""}).json() == {"results": []}


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["\0", "%_\\'\"", "^=^", "(" * 90, "9" * 100, "a " * 50, "🩻"])
@pytest.mark.parametrize("address", [LIST, FOUND, PICK])
def test_rubbish_is_answered_calmly(client, person, address, words):
    client.force_login(person("Technician"))

    assert client.post(address, {"q": words}).status_code == 200


@pytest.mark.django_db
def test_a_search_asks_the_same_few_questions_however_many_fit(person, django_assert_num_queries):
    technician = person("Technician")
    PatientFactory.create_batch(3, name_alphabetic="Kim^A")
    technician.has_perm("patients.view_patient")
    with django_assert_num_queries(2):
        assert len(Search(technician, "kim").patients) == 3
    PatientFactory.create_batch(60, name_alphabetic="Kim^B")

    with django_assert_num_queries(2):
        search = Search(technician, "kim")
        assert len(search.patients) == 50

    assert search.has_more
    assert search.next_after is None


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["kl77", "insured-9"])
def test_a_whole_number_opens_the_record_at_once(client, person, word):
    patient = PatientFactory.create(patient_id="KL77")
    patient.identifiers.create(kind="INSURANCE", value="INSURED-9")
    PatientFactory.create(patient_id="KL778")
    client.force_login(person("Technician"))

    assert client.post(LIST, {"q": word})["Location"] == patient_page(patient)


@pytest.mark.django_db
def test_a_number_of_several_or_of_nobody_visible_opens_a_list(client, person):
    for issuer in ("NORTH", "SOUTH"):
        PatientFactory.create(patient_id="KL77", issuer=issuer)
    client.force_login(person("Technician"))
    two = client.post(LIST, {"q": "KL77"})
    part = client.post(LIST, {"q": "KL"})
    client.force_login(person("Referrer"))
    strange = client.post(LIST, {"q": "KL77"})

    assert [page.status_code for page in (two, part, strange)] == [200, 200, 200]
    assert len(two.context["search"].patients) == 2
    assert not strange.context["search"].patients


def patient_page(patient) -> str:
    return reverse("patients:patient", args=[patient.pk])
