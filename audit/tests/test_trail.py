"""The trail: written once, narrowed, read by few."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from audit.models import Entry
from audit.services import record

TRAIL = reverse("audit:trail")

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, person):
    administrator = person("Administrator")
    client.force_login(administrator)
    return administrator


def test_an_entry_is_never_changed_and_never_deleted(person):
    entry = record("patient.viewed", person(), by=None)

    for deed in (lambda: Entry.objects.update(verb="x"), Entry.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()

    entry.refresh_from_db()
    assert entry.verb == "patient.viewed"


def test_the_trail_is_narrowed_by_person_verb_patient_and_day(client, administrator, person):
    patient, technician = person(), person("Technician")
    wanted = record("patient.viewed", patient, by=technician, patient=patient)
    record("procedure.started", person(), by=administrator)

    for params in (
        {"person": technician.pk},
        {"patient": patient.pk},
        {"verb": "patient.viewed"},
        {"verb": "patient.viewed", "day": wanted.at.date().isoformat()},
    ):
        found = client.get(TRAIL, params).context["trail"].entries
        assert [entry.pk for entry in found] == [wanted.pk], params

    assert client.get(TRAIL, {"day": "2001-01-01"}).context["trail"].entries == []


def test_machines_and_words_are_named_as_people_read_them(client, administrator):
    record("association.refused", None, by=None, sender="STRANGER")
    record("patient.viewed", administrator, by=administrator, patient=administrator)
    record("something.unheard_of", administrator, by=administrator)

    page = client.get(TRAIL).content.decode()

    for words in ("STRANGER", "Machine refused", "Patient opened", "Something unheard of"):
        assert words in page
    assert reverse("patients:patient", args=[administrator.pk]) in page


def test_older_entries_follow_on_the_next_page(client, administrator):
    for _ in range(103):
        record("patient.viewed", None, by=None)

    first = client.get(TRAIL, {"verb": "patient.viewed"}).context["trail"]
    second = client.get(TRAIL, {"verb": "patient.viewed", "before": first.next_before})

    assert len(first.entries) == 100
    assert len(second.context["trail"].entries) == 3


@pytest.mark.parametrize(
    "params", [{"person": "x"}, {"patient": "9" * 40}, {"day": "soon"}, {"verb": "\0"}]
)
def test_nonsense_in_the_address_never_breaks_the_trail(client, administrator, params):
    assert client.get(TRAIL, params).status_code == 200


@pytest.mark.parametrize("role", ["Technician", "Radiologist", "Referrer", "Scheduler", "Engineer"])
def test_nobody_else_reads_the_trail(client, person, role):
    client.force_login(person(role))

    assert client.get(TRAIL).status_code == 403


def test_signing_in_out_and_failing_to_leaves_a_trace(client, person):
    word = "a long enough password"
    technician = person("Technician", password=word)
    client.post(reverse("account_login"), {"login": technician.username, "password": "wrong one"})
    client.post(
        reverse("account_login"),
        {"login": technician.username, "password": word},
    )
    client.post(reverse("account_logout"))

    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))

    assert verbs == ["person.failed_to_sign_in", "person.signed_in", "person.signed_out"]
    failed = Entry.objects.get(verb="person.failed_to_sign_in")
    assert failed.details == {}
