"""Orders, bookings and open steps by the API: the same verbs and refusals, proof of rubbish."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from equipment.tests.factories import DeviceFactory
from patients.tests.factories import PatientFactory
from staff.models import ApiToken
from worklist import services
from worklist.models import (
    Discrepancy,
    ExpectedView,
    Order,
    ProcedureText,
    Proposal,
    ScheduledProcedure,
)
from worklist.tests.factories import OrderFactory, ProcedureTypeFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status
TOMORROW = (timezone.now() + dt.timedelta(days=1)).replace(microsecond=0)

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(client, person):
    """A program that may do what a scheduler may do, or somebody else."""

    def send(method: str, path: str, data: object = None, role: str = "Scheduler", by=None):
        secret = ApiToken.new_secret()
        somebody = by or person(role)
        ApiToken.objects.create(user=somebody, digest=ApiToken.digest_of(secret))
        headers = {"Authorization": f"Bearer {secret}"}
        if method == "get":
            return client.get(f"/api/{path}", data or {}, headers=headers)
        body = data if isinstance(data, str) else json.dumps(data or {})
        return client.post(f"/api/{path}", body, content_type="application/json", headers=headers)

    return send


def asked(**facts) -> dict[str, object]:
    kind = ProcedureTypeFactory.create()
    return {"patient": PatientFactory.create().pk, "procedure_code": kind.code} | facts


def placed(**facts) -> Order:
    return OrderFactory.create(status=Order.Status.PLACED, **facts)


def place(order: Order, **facts) -> dict[str, object]:
    device = facts.pop("device", None) or DeviceFactory.create()
    return {"order": order.pk, "device": device.ae_title, "start": TOMORROW.isoformat()} | facts


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_placed_listed_and_taken_back(program):
    made = program("post", "orders/", asked(priority="STAT", ward="4B", transport="BED"))

    assert made.status_code == 201
    order = Order.objects.get()
    assert made.json()["accession_number"] == order.accession_number
    listed = program("get", "orders/", {"status": "PLACED", "priority": "STAT"}).json()
    assert [one["id"] for one in listed["results"]] == [order.pk]
    taken_back = program("post", f"orders/{order.pk}/cancel/", {"reason_code": "110510"})
    assert taken_back.json()["status"] == "CANCELLED"
    assert (
        program("post", f"orders/{order.pk}/cancel/", {"reason_code": "110510"}).status_code == 409
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"patient": "x"}, "patient"),
        ({"patient": True}, "patient"),
        ({"patient": [1]}, "patient"),
        ({"patient": {"pk": 1}}, "patient"),
        ({"patient": 10**30}, "patient"),
        ({"patient": 1.5}, "patient"),
        ({"patient": None}, "patient"),
        ({"procedure_code": "\0"}, "procedure_code"),
        ({"procedure_code": {}}, "procedure_code"),
        ({"procedure_code": "\ud800"}, "procedure_code"),
        ({"priority": "SOON"}, "priority"),
        ({"priority": []}, "priority"),
        ({"side": 7}, "side"),
        ({"clinical_question": "a\0b"}, "clinical_question"),
        ({"clinical_question": ["a"]}, "clinical_question"),
        ({"ward": "w" * 65}, "ward"),
    ],
)
def test_a_wrong_order_is_answered_with_the_field(program, wrong, field):
    answer = program("post", "orders/", asked() | wrong)

    assert answer.status_code == 400
    assert field in answer.json()
    assert not Order.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "7", '"x"', "{", '{"patient": 1e400}', "null"])
@pytest.mark.parametrize("path", ["orders/", "procedures/schedule/"])
def test_a_body_that_is_no_order_is_answered_with_400(program, path, body):
    assert program("post", path, body).status_code == 400


def test_a_referrer_places_for_own_patients_and_sees_own_orders(program, person):
    referrer = person("Referrer")
    mine, other = OrderFactory.create(ordered_by=referrer), OrderFactory.create()

    listed = program("get", "orders/", by=referrer).json()["results"]
    assert [one["id"] for one in listed] == [mine.pk]
    assert program("get", f"orders/{other.pk}/", by=referrer).status_code == 404
    code = ProcedureTypeFactory.create().code
    for patient, status in ((mine.patient, 201), (other.patient, 400)):
        body = {"patient": patient.pk, "procedure_code": code}
        assert program("post", "orders/", body, by=referrer).status_code == status


def test_the_list_of_orders_asks_a_constant_number_of_questions(
    program, django_assert_num_queries, django_assert_max_num_queries, person
):
    scheduler = person("Scheduler")
    OrderFactory.create_batch(2)
    with django_assert_max_num_queries(12) as few:
        program("get", "orders/", by=scheduler)
    OrderFactory.create_batch(10)

    with django_assert_num_queries(len(few)):
        assert program("get", "orders/", by=scheduler).json()["count"] == 12


# ── procedures ───────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_booked_moved_and_squeezed_in(program):
    device, other = DeviceFactory.create(), DeviceFactory.create()
    order, second = placed(), placed()

    made = program("post", "procedures/schedule/", place(order, device=device))
    taken = program("post", "procedures/schedule/", place(second, device=device))
    moved = program("post", f"procedures/{made.json()['id']}/move/", {"device": other.ae_title})
    squeezed = program("post", "procedures/schedule/", place(second, device=other, squeeze=True))

    assert (made.status_code, taken.status_code) == (201, 409)
    assert order.procedure_type.meaning in taken.json()["detail"]
    assert (moved.status_code, moved.json()["device"]) == (200, other.ae_title)
    assert squeezed.json()["is_squeezed_in"] is True


def test_squeezing_in_moves_onto_somebody(program):
    device = DeviceFactory.create()
    there = services.schedule_procedure(placed(), device=device, start=TOMORROW, by=None)
    step = services.schedule_procedure(
        placed(), device=device, start=TOMORROW + dt.timedelta(hours=2), by=None
    )
    body = {"start": there.scheduled_start.isoformat()}

    assert program("post", f"procedures/{step.pk}/move/", body).status_code == 409
    assert program("post", f"procedures/{step.pk}/squeeze/", body).json()["is_squeezed_in"] is True


def test_hold_resume_cancel_and_no_show(program):
    step = ScheduledProcedureFactory.create()
    path = f"procedures/{step.pk}"

    said = [
        program("post", f"{path}/hold/", {"reason": "Consent"}, "Technician").json()["status"],
        program("post", f"{path}/resume/", role="Technician").json()["status"],
        program("post", f"{path}/no_show/").json()["status"],
    ]

    assert said == ["ON_HOLD", "SCHEDULED", "NO_SHOW"]
    assert program("post", f"{path}/cancel/", {"reason_code": "110510"}).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"start": "soon"}, 400),
        ({"start": "0001-01-01T00:00:00+14:00"}, 400),
        ({"start": "9999-12-31T23:59:59Z"}, 409),
        ({"start": ["x"]}, 400),
        ({"device": "\0"}, 400),
        ({"device": "NOBODY"}, 400),
        ({"order": 10**30}, 400),
        ({"side": "X"}, 400),
        ({"squeeze": "perhaps"}, 400),
    ],
)
def test_a_wrong_booking_is_never_an_accident(program, wrong, status):
    assert program("post", "procedures/schedule/", place(placed()) | wrong).status_code == status
    assert not ScheduledProcedure.objects.exists()


@pytest.mark.parametrize(
    ("verb", "role"),
    [
        ("schedule/", "Radiologist"),
        ("1/move/", "Radiologist"),
        ("1/squeeze/", "Referrer"),
        ("1/cancel/", "Technician"),
        ("1/hold/", "Scheduler"),
    ],
)
def test_the_wrong_person_is_refused(program, verb, role):
    assert program("post", f"procedures/{verb}", {}, role).status_code == 403


# ── catalogue and free times ─────────────────────────────────────────────────────────────────────


def test_the_catalogue_says_texts_and_views(program):
    kind = ProcedureTypeFactory.create()
    ProcedureText.objects.create(procedure_type=kind, language="de", instructions="Nüchtern.")
    ExpectedView.objects.create(procedure_type=kind, name="PA")

    [said] = program("get", "procedure-types/", {"code": kind.code}).json()["results"]

    assert said["texts"][0]["instructions"] == "Nüchtern."
    assert said["views"][0]["name"] == "PA"


def test_free_times_are_offered_soonest_first(program):
    kind, device = ProcedureTypeFactory.create(minutes=20), DeviceFactory.create()
    services.schedule_procedure(placed(), device=device, start=TOMORROW, by=None)
    question = {"procedure_code": kind.code, "after": TOMORROW.isoformat(), "most": 2}

    times = program("get", "free-times/", question).json()

    assert [one["device"] for one in times] == [device.ae_title] * 2
    assert times[0]["start"] < times[1]["start"]
    assert dt.datetime.fromisoformat(times[0]["start"]) >= TOMORROW + dt.timedelta(minutes=20)


@pytest.mark.parametrize(
    "wrong",
    [
        {"procedure_code": "\0"},
        {"after": "x"},
        {"after": "9999-12-31T23:59:59Z"},
        {"most": "10000000000000"},
        {"most": "0"},
        {"device": "NOBODY"},
    ],
)
def test_a_wrong_question_about_free_times_is_answered_with_the_field(program, wrong):
    question = {"procedure_code": ProcedureTypeFactory.create().code} | wrong

    answer = program("get", "free-times/", question)

    assert answer.status_code == 400
    assert set(answer.json()) == set(wrong)


# ── open steps ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def left_open() -> Proposal:
    ScheduledProcedureFactory.create(scheduled_start=timezone.now() - dt.timedelta(days=2))
    services.propose_outcomes()
    return Proposal.objects.get()


def test_a_proposal_is_accepted_once(program, left_open):
    listed = program("get", "proposals/", {"is_decided": "false"}).json()["results"]
    assert [one["id"] for one in listed] == [left_open.pk]

    accepted = program("post", f"proposals/{left_open.pk}/accept/")

    assert accepted.json()["decision"] == "ACCEPTED"
    assert ScheduledProcedure.objects.get().status == Status.NO_SHOW
    assert program("post", f"proposals/{left_open.pk}/accept/").status_code == 409


def test_a_proposal_is_declined(program, left_open):
    assert program("post", f"proposals/{left_open.pk}/decline/").json()["decision"] == "DECLINED"
    assert program("get", "proposals/", {"is_decided": "false"}).json()["count"] == 0


def test_a_discrepancy_is_settled_with_a_word(program):
    noted = Discrepancy.objects.create(
        procedure=ScheduledProcedureFactory.create(), kind="NOT_SCREENED"
    )
    path = f"discrepancies/{noted.pk}/settle/"

    assert program("post", path, {"how": " "}).status_code == 400
    assert program("post", path, {"how": "On paper"}).json()["settled_how"] == "On paper"
    assert program("get", "discrepancies/", {"is_settled": "true"}).json()["count"] == 1


@pytest.mark.parametrize("path", ["proposals/", "discrepancies/"])
def test_open_steps_are_closed_to_others(program, path):
    assert program("get", path, role="Radiologist").status_code == 403


@pytest.mark.parametrize("path", ["orders", "procedure-types", "proposals", "discrepancies"])
@pytest.mark.parametrize("key", ["x", "0", "9" * 30, "%00", "-1"])
def test_a_key_of_nothing_is_404(program, path, key):
    assert program("get", f"{path}/{key}/").status_code == 404
