"""Rooms, devices, blocks, maintenance and plans for programs: the verbs, and rubbish."""

import datetime as dt

import pytest
from django.utils import timezone

from equipment.models import Device, Downtime, MaintenanceEntry, MaintenancePlan
from equipment.services import promise
from equipment.tests.factories import (
    BlockFactory,
    DeviceFactory,
    EntryFactory,
    PlanFactory,
    RoomFactory,
    photo,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client, person):
    """`ask("Engineer").post("/api/…", {…})`: JSON in, JSON out."""

    class Program:
        def __init__(self, role: str) -> None:
            client.force_login(person(role))

        def get(self, path: str, **given: object):
            return client.get(path, given)

        def post(self, path: str, given: object = None):
            return client.post(path, given, content_type="application/json")

    return Program


def in_hours(number: float) -> str:
    return (timezone.now() + dt.timedelta(hours=number)).isoformat()


def test_rooms_and_devices_are_listed_and_found(ask):
    room = RoomFactory.create(code="CT1")
    device = DeviceFactory.create(room=room)
    DeviceFactory.create()
    program = ask("Technician")

    assert program.get("/api/rooms/", code="CT1").json()["count"] == 1
    (found,) = program.get("/api/devices/", room=room.pk).json()["results"]
    assert (found["id"], found["room_code"], found["takes_patients"]) == (device.pk, "CT1", True)


def test_a_program_reports_a_fault_once_and_the_device_is_down(ask):
    device = DeviceFactory.create()
    address = f"/api/devices/{device.pk}/report_fault/"
    fault = {
        "symptom": "ERROR",
        "effect": "DOWN",
        "words": "Error 42",
        "token": "1d4c8f0e-7b5a-4d6e-9b77-3f1f8a9f0b11",
    }
    program = ask("Technician")

    first, again = program.post(address, fault), program.post(address, fault)

    assert first.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    device.refresh_from_db()
    assert device.status == "DOWN"


def test_a_program_changes_a_status_and_hears_why_not(ask):
    device = DeviceFactory.create()
    address = f"/api/devices/{device.pk}/change_status/"
    program = ask("Engineer")

    done = program.post(address, {"status": "LIMITED", "reason": "Heads only"})
    refused = program.post(address, {"status": "AWAITING_QC", "reason": "x"})

    assert done.json()["status"] == "LIMITED"
    assert refused.status_code == 409
    assert "cannot become" in refused.json()["detail"]


def test_availability_is_told_with_its_parts(ask):
    device = DeviceFactory.create()

    month, quarter, year = ask("Technician").get(f"/api/devices/{device.pk}/availability/").json()

    assert (month["days"], quarter["days"], year["days"]) == (30, 90, 365)
    assert month["percent"] == month["percent_unplanned_only"] == 100.0


def test_a_program_plans_moves_and_withdraws_a_block(ask):
    device = DeviceFactory.create()
    program = ask("Scheduler")
    given = {"device": device.pk, "cause": "QC", "starts_at": in_hours(1), "ends_at": in_hours(2)}

    made = program.post("/api/downtimes/", given)
    taken = program.post("/api/downtimes/", given)
    later = {"starts_at": in_hours(5), "ends_at": in_hours(6)}
    moved = program.post(f"/api/downtimes/{made.json()['id']}/move/", later)
    gone = program.post(f"/api/downtimes/{made.json()['id']}/withdraw/")

    assert made.status_code == 201
    assert taken.status_code == 409
    assert dt.datetime.fromisoformat(moved.json()["ends_at"]) == dt.datetime.fromisoformat(
        later["ends_at"]
    )
    assert gone.json()["withdrawn_at"]


def test_downtimes_are_found_by_day(ask):
    block = BlockFactory.create()
    BlockFactory.create(starts_at=timezone.now() + dt.timedelta(days=9))
    program = ask("Technician")

    day = timezone.localdate(block.starts_at).isoformat()
    found = program.get("/api/downtimes/", day=day).json()["results"]

    assert [row["id"] for row in found] == [block.pk]
    assert program.get("/api/downtimes/", day="9999-12-31").json()["count"] == 0


def test_a_program_keeps_the_log_from_begin_to_end(ask, client):
    program = ask("Engineer")
    device = DeviceFactory.create(status="DOWN")
    opening = {"device": device.pk, "kind": "CORRECTIVE", "title": "Brake"}

    key = program.post("/api/maintenance/", opening).json()["id"]
    path = f"/api/maintenance/{key}"
    begun = program.post(f"{path}/begin/")
    noted = program.post(f"{path}/note/", {"text": "Opened"})
    hung = client.post(f"{path}/attach/", {"files": [photo()]})
    back = program.post(f"{path}/hand_back/", {"text": "Waiting"})
    work = {
        "work_done": "New brake",
        "hours": "1.5",
        "parts": [{"name": "Brake", "cost": "12.00"}],
        "next_status": "AWAITING_QC",
    }
    done = program.post(f"{path}/finish/", work)

    assert begun.json()["status"] == "IN_WORK"
    assert noted.json()["notes"][0]["text"] == "Opened"
    assert hung.json()["attachments"][0]["content_type"] == "image/jpeg"
    assert back.json()["status"] == "OPEN"
    assert (done.json()["status"], done.json()["parts"][0]["quantity"]) == ("DONE", 1)
    assert Device.objects.get().status == "AWAITING_QC"
    assert program.post(f"{path}/begin/").status_code == 409


def test_a_program_makes_and_changes_a_plan(ask):
    program = ask("Engineer")
    given = {
        "device": DeviceFactory.create().pk,
        "title": "Check",
        "rrule": "FREQ=MONTHLY",
        "starts_on": "2031-01-31",
    }

    made = program.post("/api/maintenance-plans/", given)
    changed = program.post(
        f"/api/maintenance-plans/{made.json()['id']}/change/", {"is_active": False}
    )

    assert (made.json()["rhythm"], made.json()["next_due_on"]) == ("every month", "2031-01-31")
    assert changed.json()["is_active"] is False


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("devices/{device}/report_fault/", {"symptom": "x", "effect": "DOWN"}),
        ("devices/{device}/report_fault/", {"symptom": "ERROR", "effect": ["DOWN"]}),
        ("devices/{device}/report_fault/", {"symptom": {}, "effect": None, "words": "\0"}),
        ("devices/{device}/report_fault/", ["ERROR"]),
        ("devices/{device}/change_status/", {"status": "LIMITED", "reason": "a\0b"}),
        ("devices/{device}/change_status/", {"status": "LIMITED", "reason": "x" * 201}),
        ("devices/{device}/change_status/", {"status": 7, "reason": []}),
        ("downtimes/", {"device": 10**30, "cause": "QC", "starts_at": "x", "ends_at": "y"}),
        ("downtimes/", {"device": True, "cause": "FAULT", "starts_at": 1, "ends_at": None}),
        ("downtimes/{block}/move/", {"starts_at": "0001-01-01T00:00:00+14:00", "ends_at": "z"}),
        ("maintenance/", {"device": "a", "kind": "x", "title": "\0"}),
        ("maintenance/", {"device": -1, "kind": "SOFTWARE", "title": "x", "due_on": "2030-02-30"}),
        ("maintenance/{entry}/finish/", {"work_done": "x", "hours": "NaN"}),
        ("maintenance/{entry}/finish/", {"work_done": "x", "cost": 10**20}),
        ("maintenance/{entry}/finish/", {"work_done": "x", "parts": "many"}),
        (
            "maintenance/{entry}/finish/",
            {"work_done": "x", "parts": [{"name": "a", "quantity": 0}]},
        ),
        ("maintenance/{entry}/note/", {"text": " "}),
        ("maintenance-plans/", {"device": 1, "title": "x", "rrule": "FREQ=HOURLY"}),
        ("maintenance-plans/{plan}/change/", {"rrule": "\0", "minutes": 10**12}),
    ],
)
def test_rubbish_is_answered_with_the_field_and_changes_nothing(ask, path, given):
    entry = EntryFactory.create()
    keys = {
        "device": entry.device_id,
        "entry": entry.pk,
        "block": BlockFactory.create().pk,
        "plan": PlanFactory.create().pk,
    }
    before = (Downtime.objects.count(), MaintenanceEntry.objects.count())

    answer = ask("Engineer").post("/api/" + path.format(**keys), given)

    assert answer.status_code == 400
    assert answer.json()
    assert (Downtime.objects.count(), MaintenanceEntry.objects.count()) == before


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("downtimes/", {"starts_at": "0001-01-01T00:00:00Z", "ends_at": "9999-12-31T23:59:59Z"}),
        ("maintenance-plans/", {"title": "x", "rrule": "FREQ=DAILY", "starts_on": "0001-01-01"}),
        ("maintenance-plans/", {"title": "x", "rrule": "FREQ=DAILY", "starts_on": "9999-12-31"}),
    ],
)
def test_times_that_no_device_lives_in_are_refused(ask, path, given):
    device = DeviceFactory.create()

    answer = ask("Engineer").post(f"/api/{path}", given | {"device": device.pk, "cause": "QC"})

    assert answer.status_code == 409
    assert not Downtime.objects.exists()
    assert not MaintenancePlan.objects.exists()


@pytest.mark.parametrize("key", ["99999999999999999999", "0", "x", "-1", "1.5", "%00"])
@pytest.mark.parametrize(
    "noun", ["rooms", "devices", "downtimes", "maintenance", "maintenance-plans"]
)
def test_a_key_that_is_none_is_not_found(ask, noun, key):
    assert ask("Engineer").get(f"/api/{noun}/{key}/").status_code == 404


@pytest.mark.parametrize("noun", ["devices", "downtimes", "maintenance", "maintenance-plans"])
@pytest.mark.parametrize("value", ["\0", "9" * 40, "x", "-1", "2030-13-45", "true,false"])
def test_odd_filters_are_no_error(ask, noun, value):
    program = ask("Engineer")
    names = ("device", "room", "status", "kind", "day", "due_by", "is_planned", "plan")

    for name in names:
        assert program.get(f"/api/{noun}/", **{name: value}).status_code in {200, 400}


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("Technician", "devices/{device}/change_status/"),
        ("Referrer", "devices/{device}/report_fault/"),
        ("Technician", "downtimes/"),
        ("Technician", "downtimes/{block}/withdraw/"),
        ("Scheduler", "maintenance/"),
        ("Radiologist", "maintenance/{entry}/finish/"),
        ("Technician", "maintenance-plans/"),
    ],
)
def test_the_wrong_person_is_turned_away(ask, role, path):
    entry = EntryFactory.create()
    keys = {"device": entry.device_id, "entry": entry.pk, "block": BlockFactory.create().pk}

    assert ask(role).post("/api/" + path.format(**keys), {}).status_code == 403


def test_the_log_of_many_is_read_with_a_constant_number_of_questions(
    ask, django_assert_num_queries, django_assert_max_num_queries
):
    program = ask("Engineer")
    EntryFactory.create()
    program.get("/api/maintenance/")
    with django_assert_max_num_queries(12) as few:
        program.get("/api/maintenance/")
    EntryFactory.create_batch(5)

    with django_assert_num_queries(len(few)):
        program.get("/api/maintenance/")


def test_a_promised_time_is_refused_with_a_sentence(ask):
    device = DeviceFactory.create()
    now = timezone.now()
    promise(device, (now + dt.timedelta(hours=1), now + dt.timedelta(hours=2)))

    given = {"device": device.pk, "cause": "QC", "starts_at": in_hours(1), "ends_at": in_hours(3)}
    refused = ask("Engineer").post("/api/downtimes/", given)

    assert refused.status_code == 409
    assert "1 patient is booked" in refused.json()["detail"]
