"""The verbs as buttons press them: with and without htmx, by the right and the wrong people."""

import pytest
from django.urls import reverse

from audit.models import Entry
from equipment.tests.factories import DeviceFactory
from worklist.models import ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory

Status = ScheduledProcedure.Status
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(client, person):
    technician = person("Technician")
    client.force_login(technician)
    return technician


def press(client, verb, procedure, data=None, **headers):
    address = reverse(f"worklist:{verb}", args=[procedure.pk])
    return client.post(address, data or {}, headers=headers)


VERBS = [
    ("arrive", Status.SCHEDULED, {}, Status.ARRIVED),
    ("no_show", Status.SCHEDULED, {}, Status.NO_SHOW),
    ("ready", Status.ARRIVED, {}, Status.READY),
    ("start", Status.READY, {"despite": "Unconscious"}, Status.IN_PROGRESS),
    (
        "complete",
        Status.IN_PROGRESS,
        {"comment": "Fine", "despite": "Sent on a disc"},
        Status.COMPLETED,
    ),
    ("hold", Status.ARRIVED, {"reason": "Transport"}, Status.ON_HOLD),
    ("discontinue", Status.IN_PROGRESS, {"reason_code": "110505"}, Status.DISCONTINUED),
]


@pytest.mark.parametrize(("verb", "before", "data", "after"), VERBS)
def test_a_verb_moves_the_procedure_and_goes_back_to_the_page(
    client, technician, verb, before, data, after
):
    procedure = ScheduledProcedureFactory.create(status=before)

    answer = press(client, verb, procedure, data)

    procedure.refresh_from_db()
    assert procedure.status == after
    assert answer.status_code == 302
    assert answer["Location"] == reverse("worklist:procedure", args=[procedure.pk])


def test_without_htmx_the_board_is_where_the_board_sends_people(client, technician):
    procedure = ScheduledProcedureFactory.create()

    answer = press(client, "arrive", procedure, Referer="http://testserver/worklist/?room=3")

    assert answer["Location"] == "http://testserver/worklist/?room=3"


def test_nobody_is_sent_to_a_strangers_page(client, technician):
    procedure = ScheduledProcedureFactory.create()

    answer = press(client, "arrive", procedure, Referer="https://elsewhere.example/")

    assert answer["Location"] == reverse("worklist:procedure", args=[procedure.pk])


def test_pressed_on_the_board_a_verb_answers_with_its_row(client, technician):
    procedure = ScheduledProcedureFactory.create()
    target = {"HX-Target": f"procedure-{procedure.pk}"}

    page = press(client, "arrive", procedure, **HTMX, **target).content.decode()

    assert page.lstrip().startswith(f'<tr id="procedure-{procedure.pk}"')
    assert "Start" in page


def test_pressed_on_the_procedures_page_a_verb_answers_with_the_live_part(client, technician):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)

    answer = press(client, "start", procedure, **HTMX, **{"HX-Target": "work"})

    assert answer["HX-Retarget"] == "#work"
    assert 'id="work"' in answer.content.decode()


def test_a_second_patient_on_the_same_device_is_refused_with_a_sentence(client, technician):
    first, second = ScheduledProcedureFactory.create_batch(
        2, device=DeviceFactory.create(name="CT 9"), status=Status.ARRIVED
    )
    known = {"despite": "Everybody knows them"}
    assert press(client, "start", first, known, **HTMX).status_code == 200

    refused = press(client, "start", second, known, **HTMX)

    assert refused.status_code == 409
    assert refused["Content-Type"].startswith("text/plain")
    assert refused.content.decode().startswith("CT 9 already has a patient on the table.")


def test_a_form_without_a_reason_comes_back_with_the_error_beside_the_field(client, technician):
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS)

    fragment = press(client, "discontinue", procedure, {"reason_code": "110513"}, **HTMX)
    page = press(client, "discontinue", procedure, {})

    assert fragment.status_code == page.status_code == 422
    assert "Write the reason in a few words." in fragment.content.decode()
    assert procedure.patient.patient_id in page.content.decode()
    procedure.refresh_from_db()
    assert procedure.status == Status.IN_PROGRESS


WRONG_PEOPLE = [
    ("Radiologist", "arrive"),
    ("Radiologist", "start"),
    ("Scheduler", "start"),
    ("Scheduler", "complete"),
    ("Scheduler", "discontinue"),
    ("Technician", "cancel"),
    ("Engineer", "hold"),
    ("Referrer", "arrive"),
    ("Administrator", "start"),
]


@pytest.mark.parametrize(("role", "verb"), WRONG_PEOPLE)
def test_the_wrong_person_is_refused_and_nothing_changes(client, person, role, verb):
    client.force_login(person(role))
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED)

    assert press(client, verb, procedure).status_code == 403

    procedure.refresh_from_db()
    assert procedure.status == Status.ARRIVED


def test_a_scheduler_cancels_with_a_reason(client, person):
    client.force_login(person("Scheduler"))
    procedure = ScheduledProcedureFactory.create()

    press(client, "cancel", procedure, {"reason_code": "110510"})

    procedure.refresh_from_db()
    assert (procedure.status, procedure.reason) == (Status.CANCELLED, "Duplicate order")


def test_a_verb_is_never_pressed_by_a_link(client, technician):
    procedure = ScheduledProcedureFactory.create()

    assert client.get(reverse("worklist:arrive", args=[procedure.pk])).status_code == 405


# ── the page of a procedure ──────────────────────────────────────────────────────────────────────


def test_the_page_shows_the_request_the_guide_and_two_identifiers(client, technician):
    procedure = ScheduledProcedureFactory.create(
        order__clinical_question="Appendicitis?",
        order__ordering_physician="Lindqvist^Elsa",
        order__procedure_type__preparation="Fasting",
        order__procedure_type__positioning="Supine",
    )

    page = client.get(reverse("worklist:procedure", args=[procedure.pk])).content.decode()

    patient = procedure.patient
    for words in ("Appendicitis?", "Lindqvist, Elsa", "Fasting", "Supine"):
        assert words in page
    assert patient.display_name in page
    assert patient.patient_id in page
    assert procedure.order.accession_number in page


def test_opening_the_page_is_recorded_and_its_refresh_is_not(client, technician):
    procedure = ScheduledProcedureFactory.create()
    address = reverse("worklist:procedure", args=[procedure.pk])

    client.get(address)
    client.get(address, headers=HTMX)

    entry = Entry.objects.get(verb="procedure.viewed")
    assert entry.actor == technician
    assert entry.patient_id == procedure.patient.pk


def test_the_page_says_why_a_start_is_not_possible_and_who_is_in_the_way(client, technician):
    device = DeviceFactory.create()
    other = ScheduledProcedureFactory.create(device=device, status=Status.IN_PROGRESS)
    procedure = ScheduledProcedureFactory.create(device=device, status=Status.ARRIVED)

    page = client.get(reverse("worklist:procedure", args=[procedure.pk])).content.decode()

    assert "already has a patient on the table" in page
    assert reverse("worklist:procedure", args=[other.pk]) in page


def test_a_referrer_sees_the_page_of_their_own_order_only(client, person):
    referrer = person("Referrer")
    client.force_login(referrer)
    own = ScheduledProcedureFactory.create(order__ordered_by=referrer)
    other = ScheduledProcedureFactory.create()

    assert client.get(reverse("worklist:procedure", args=[own.pk])).status_code == 200
    assert client.get(reverse("worklist:procedure", args=[other.pk])).status_code == 404


def test_slots_on_other_pages_show_the_procedures(client, technician):
    procedure = ScheduledProcedureFactory.create()
    link = reverse("worklist:procedure", args=[procedure.pk])

    patient = client.get(reverse("worklist:of_patient", args=[procedure.patient.pk]))
    device = client.get(reverse("worklist:of_device", args=[procedure.device.pk]))
    search = client.post(reverse("worklist:found"), {"q": procedure.order.accession_number})

    for answer in (patient, device, search):
        assert link in answer.content.decode()
