"""The wall, rooms, a device's page and the month: what they say, and what they ask."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from common.text import counted_here
from equipment.frame import devices_down, maintenance_due, promises_ending
from equipment.models import Device, Node, OpeningHours
from equipment.services import Block, Fault, change_device_status, plan_block, report_fault
from equipment.tests.factories import (
    BlockFactory,
    DeviceFactory,
    EntryFactory,
    NodeFactory,
    PlanFactory,
    RoomFactory,
)

pytestmark = pytest.mark.django_db


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def test_rooms_and_machines_stand_in_the_order_that_people_count_in(client, person):
    ninth, tenth = (RoomFactory.create(code=f"R{n}") for n in (9, 10))
    alike = RoomFactory.create(code="r9")  # another room, though people would not tell them apart
    for name, room in [("CT 10", ninth), ("CT 3", tenth), ("CT 2", ninth), ("CT 9", alike)]:
        DeviceFactory.create(name=name, room=room)
    client.force_login(person("Technician"))

    rooms = client.get(reverse("equipment:list")).context["rooms"]

    names = [[standing.device.name for standing in room.devices] for room in rooms]
    assert names == [["CT 2", "CT 10"], ["CT 9"], ["CT 3"]]


def test_the_database_counts_as_we_do():
    names = ["CT 10", "ct 9", "Ärzte 2", "CT 9b", "CT", "7", "CT 009", "X 12345678901234567890"]
    for name in names:
        NodeFactory.create(name=name)

    found = [node.name for node in Node.objects.by_name()]

    assert found == sorted(names, key=counted_here)


def test_the_wall_says_since_when_by_whom_and_what_comes_next(client, person):
    technician, engineer = person("Technician"), person("Engineer")
    client.force_login(technician)
    device = DeviceFactory.create()
    report_fault(device, Fault("NOISE", "DOWN", "Whistles"), by=technician)
    start = timezone.now() + dt.timedelta(days=2)
    plan_block(device, Block("QC", start, start + dt.timedelta(hours=1), "Phantom"), by=engineer)
    PlanFactory.create(device=device, title="Yearly check", next_due_on=in_days(20))
    EntryFactory.create(device=device, title="Late one", due_on=in_days(-3))

    page = client.get(reverse("equipment:list")).content.decode()

    for words in ("Noise, smell or heat: Whistles", str(technician), "1 open fault", "Phantom"):
        assert words in page
    assert "Overdue since" in page
    assert "Late one" in page
    assert "Yearly check" not in page  # the late one comes first


def test_a_wall_screen_has_no_frame(client, person):
    client.force_login(person("Technician"))

    assert "wall-screen" in client.get(reverse("equipment:list") + "?screen").content.decode()
    assert "wall-screen" not in client.get(reverse("equipment:list")).content.decode()


def test_an_unchanged_wall_is_not_sent_again(client, person):
    client.force_login(person("Technician"))
    DeviceFactory.create()
    first = client.get(reverse("equipment:list"), headers={"HX-Request": "true"})
    known = {"HX-Request": "true", "If-None-Match": first["ETag"]}

    assert client.get(reverse("equipment:list"), headers=known).status_code == 304


def crowd(person, rooms: int) -> list[Device]:
    """Rooms full of devices to which everything has happened."""
    engineer = person("Engineer")
    made = []
    for _number in range(rooms):
        device = DeviceFactory.create(room=RoomFactory.create())
        change_device_status(device, "DOWN", by=engineer, reason="Tube")
        BlockFactory.create(device=device)
        PlanFactory.create(device=device)
        EntryFactory.create(device=device, symptom="IMAGE", opened_by=engineer)
        OpeningHours.objects.create(device=device, weekday=1, opens_at="08:00", closes_at="17:00")
        made.append(device)
    return made


def test_the_wall_asks_no_more_for_many_devices(
    client, person, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person("Technician"))
    crowd(person, 1)
    client.get(reverse("equipment:list"))
    with django_assert_max_num_queries(20) as few:
        client.get(reverse("equipment:list"))
    crowd(person, 6)

    with django_assert_num_queries(len(few)):
        client.get(reverse("equipment:list"))


def test_a_devices_page_asks_no_more_for_a_long_history(
    client, person, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person("Engineer"))
    (device,) = crowd(person, 1)
    address = reverse("equipment:device", args=[device.pk])
    client.get(address)
    with django_assert_max_num_queries(32) as few:
        client.get(address)
    for number in range(8):
        EntryFactory.create(device=device, opened_by=person("Technician"))
        BlockFactory.create(
            device=device, starts_at=timezone.now() - dt.timedelta(days=number, hours=3)
        )

    with django_assert_num_queries(len(few)):
        client.get(address)


def test_a_devices_page_tells_its_story_newest_first(client, person):
    engineer = person("Engineer")
    client.force_login(engineer)
    device = DeviceFactory.create()
    report_fault(device, Fault("ERROR", "LIMITED", "Error 42"), by=engineer)
    change_device_status(device, "AVAILABLE", by=engineer, reason="Restarted, all well")

    page = client.get(reverse("equipment:device", args=[device.pk])).content.decode()
    story = page.split("What happened")[1]

    assert story.index("Restarted, all well") < story.index("Error 42")
    assert "Who is waiting for this device" not in page


def test_a_device_that_takes_no_patients_shows_who_is_stranded(client, person):
    client.force_login(person("Technician"))
    device = DeviceFactory.create(status="DOWN")

    page = client.get(reverse("equipment:device", args=[device.pk])).content.decode()

    assert reverse("worklist:stranded", args=[device.pk]) in page


@pytest.mark.parametrize("month", ["", "2030-02", "0001-01", "9999-12", "rubbish", "2030-13"])
def test_the_month_is_a_sheet_whatever_the_address_says(client, person, month):
    client.force_login(person("Technician"))
    PlanFactory.create(next_due_on=in_days(1), starts_on=in_days(1), rrule="FREQ=DAILY")
    BlockFactory.create()

    page = client.get(reverse("equipment:maintenance"), {"month": month})

    assert page.status_code == 200
    assert len(page.context["list"].month.weeks) in {4, 5, 6}


def test_the_month_shows_what_is_due_planned_and_blocked(client, person):
    client.force_login(person("Technician"))
    plan = PlanFactory.create(
        title="Daily phantom", starts_on=in_days(0), next_due_on=in_days(0), rrule="FREQ=DAILY"
    )
    EntryFactory.create(title="Listed already", plan=plan, device=plan.device, due_on=in_days(0))
    BlockFactory.create(reason="Tube change")

    month = client.get(reverse("equipment:maintenance")).context["list"].month
    today = next(day for week in month.weeks for day in week if day.is_today)

    assert "Listed already" in {mark.title for mark in today.marks}
    assert "Daily phantom" not in {mark.title for mark in today.marks}
    every = {mark.title for week in month.weeks for day in week for mark in day.marks}
    assert "Maintenance: Tube change" in every


@pytest.mark.parametrize("name", ["list", "maintenance"])
def test_empty_pages_say_why(client, person, name):
    client.force_login(person("Technician"))

    page = client.get(reverse(f"equipment:{name}")).content.decode()

    assert "No devices yet" in page or "Nothing here" in page


def test_an_empty_room_says_why(client, person):
    client.force_login(person("Technician"))

    page = client.get(reverse("equipment:room", args=[RoomFactory.create().pk])).content.decode()

    assert "No device stands here" in page


@pytest.mark.parametrize("role", ["Referrer", ""])
def test_who_may_not_see_devices_sees_none_of_this(client, person, role):
    client.force_login(person(role))
    entry = EntryFactory.create()
    addresses = [
        reverse("equipment:list"),
        reverse("equipment:maintenance"),
        reverse("equipment:room", args=[entry.device.room_id]),
        reverse("equipment:device", args=[entry.device_id]),
        reverse("equipment:standing", args=[entry.device_id]),
        reverse("equipment:entry", args=[entry.pk]),
    ]

    assert {client.get(address).status_code for address in addresses} == {403}


# ── the frame ────────────────────────────────────────────────────────────────────────────────────


def test_those_who_keep_the_log_are_told_what_is_due_and_troubled_by_what_is_late(person):
    plan = PlanFactory.create(window_after=5)
    EntryFactory.create(title="in the window", plan=plan, device=plan.device, due_on=in_days(-5))
    EntryFactory.create(title="too late", device=plan.device, due_on=in_days(-1))
    EntryFactory.create(title="next week", device=plan.device, due_on=in_days(7))
    EntryFactory.create(title="next year", device=plan.device, due_on=in_days(200))

    notices = maintenance_due(person("Engineer"))

    told = {
        title: notice.is_trouble
        for notice in notices
        for title in ("in the window", "too late", "next week", "next year")
        if title in notice.sentence
    }
    assert told == {"in the window": False, "too late": True, "next week": False}
    assert maintenance_due(person("Technician")) == []


def test_much_that_is_late_is_told_in_few_lines(person):
    EntryFactory.create_batch(9, due_on=in_days(-30))

    notices = maintenance_due(person("Engineer"))

    assert len(notices) == 4
    assert "6 more pieces" in notices[-1].sentence


def test_engineers_hear_two_months_before_warranty_and_contract_end(person):
    DeviceFactory.create(name="CT 1", warranty_until=in_days(60), contract_until=in_days(61))
    DeviceFactory.create(name="CT 2", contract_until=in_days(0), warranty_until=in_days(-1))
    DeviceFactory.create(name="CT 3", status="RETIRED", warranty_until=in_days(10))

    sentences = sorted(notice.sentence for notice in promises_ending(person("Engineer")))

    assert len(sentences) == 2
    assert "CT 1: the warranty" in sentences[0]
    assert "CT 2: the service contract" in sentences[1]
    assert promises_ending(person("Technician")) == []


def test_the_rail_counts_devices_without_patients(person):
    DeviceFactory.create(status="DOWN")
    DeviceFactory.create(status="LIMITED")

    count = devices_down(person("Technician"))
    assert count is not None
    assert count.number == 1
