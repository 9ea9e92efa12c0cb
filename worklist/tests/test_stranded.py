"""A device goes down: who is stranded, where they go, and what the modalities are told."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from common.refusals import Refused
from equipment.models import Device
from equipment.services import change_device_status
from equipment.tests.factories import DeviceFactory
from staff.places import notices_for
from worklist import services
from worklist.models import Order, ScheduledProcedure
from worklist.tests.asking import query, steps
from worklist.tests.factories import OrderFactory, ProcedureTypeFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status
MINUTE = dt.timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nine_in_the_morning():
    morning = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    with time_machine.travel(morning, tick=False):
        yield


@pytest.fixture
def scheduler(person):
    return person("Scheduler")


@pytest.fixture
def broken(person):
    """A CT with four patients on its list today, which has just gone down."""
    device = DeviceFactory.create(name="CT One")
    booked = [book(device, timezone.now() + n * 30 * MINUTE) for n in range(1, 5)]
    change_device_status(device, Device.Status.DOWN, by=person("Engineer"), reason="Tube arcing")
    device.refresh_from_db()
    return device, booked


def book(device: Device, start: dt.datetime, **facts) -> ScheduledProcedure:
    order = OrderFactory.create(status=Order.Status.PLACED, **facts)
    return services.schedule_procedure(order, device=device, start=start, by=None)


def until(device: Device) -> dt.datetime:
    return services.out_until(device)


def seen_by(device: Device) -> set[str]:
    """The steps that a modality is given when it asks for its own."""
    asked = query({"ScheduledStationAETitle": device.ae_title})
    return set(steps(asked, own_station=device.ae_title))


def test_everybody_moves_in_one_action_and_the_modalities_lists_move_with_them(broken, scheduler):
    device, booked = broken
    other = DeviceFactory.create(name="CT Two")
    mine = {step.step_id for step in booked}
    assert (seen_by(device), seen_by(other)) == (mine, set())

    outcome = services.move_stranded(device, by=scheduler, until=until(device))

    assert (len(outcome.moved), outcome.left) == (4, [])
    assert (seen_by(device), seen_by(other)) == (set(), mine)
    for step in booked:
        before = step.scheduled_start
        step.refresh_from_db()
        assert step.device == other
        assert step.scheduled_start == before
        assert step.reservation.device == other


def test_nobody_is_planned_onto_somebody_else(broken, scheduler):
    device, booked = broken
    other = DeviceFactory.create()
    there = book(other, booked[0].scheduled_start)

    services.move_stranded(device, by=scheduler, until=until(device))

    booked[0].refresh_from_db()
    assert booked[0].scheduled_start == there.scheduled_end
    assert not ScheduledProcedure.objects.filter(reservation=None).exists()


def test_the_plan_offers_no_minute_twice(broken):
    device, _booked = broken
    DeviceFactory.create()

    slots = [one.slot for one in services.stranded_on(device, until(device)) if one.slot]

    assert len({(slot.device, slot.start) for slot in slots}) == len(slots) == 4


def test_what_finds_no_place_is_said_and_stays(broken, scheduler):
    device, booked = broken
    tonight = timezone.now().replace(hour=23, minute=45)
    late = book(DeviceFactory.create(modality="CT"), tonight)
    ScheduledProcedure.objects.filter(pk=late.pk).update(device=device)
    assert late.reservation is not None
    narrow = late.reservation.device
    services.schedule_procedure(
        OrderFactory.create(
            status=Order.Status.PLACED, procedure_type=ProcedureTypeFactory.create(minutes=660)
        ),
        device=narrow,
        start=timezone.now() + 3 * 60 * MINUTE,
        by=None,
    )

    outcome = services.move_stranded(device, by=scheduler, until=until(device))

    assert [step.pk for step in outcome.left] == [late.pk]
    assert len(outcome.moved) == len(booked)


@pytest.mark.parametrize("facts", [{"modality": "MR"}, {"status": Device.Status.LIMITED}])
def test_only_devices_of_the_kind_that_take_patients_are_offered(broken, facts):
    device, _booked = broken
    DeviceFactory.create(status=Device.Status.DOWN)
    other = DeviceFactory.create(**facts)

    offered = {one.slot.device for one in services.stranded_on(device, until(device)) if one.slot}

    assert offered == ({other} if other.takes_patients and other.modality == "CT" else set())


def test_the_most_urgent_chooses_first(scheduler):
    device, other = DeviceFactory.create(), DeviceFactory.create()
    start = timezone.now() + 60 * MINUTE
    routine = book(device, start)
    stat = services.schedule_procedure(
        OrderFactory.create(status=Order.Status.PLACED, priority=Order.Priority.STAT),
        device=device,
        start=start,
        by=None,
        squeeze=True,
    )
    Device.objects.filter(pk=device.pk).update(status=Device.Status.DOWN)
    device.refresh_from_db()

    planned = services.stranded_on(device, until(device))
    places = {one.procedure.pk: one.slot for one in planned if one.slot}

    assert places[stat.pk].start == start
    assert places[routine.pk].start == stat.scheduled_end
    assert places[routine.pk].device == other


def test_whoever_is_here_is_moved_with_the_device_as_reason(broken, scheduler):
    device, booked = broken
    DeviceFactory.create()
    services.register_arrival(booked[0], by=scheduler)

    services.move_stranded(device, by=scheduler, until=until(device))

    booked[0].refresh_from_db()
    assert booked[0].status == Status.ARRIVED
    assert "Device down" in booked[0].moves.last().reason


def test_whoever_is_on_the_table_stays(broken):
    device, booked = broken
    ScheduledProcedure.objects.filter(pk=booked[0].pk).update(
        status=Status.IN_PROGRESS, started_at=timezone.now()
    )

    assert booked[0] not in [one.procedure for one in services.stranded_on(device, until(device))]


def test_some_can_be_held_until_the_device_is_back(broken, person):
    device, booked = broken

    held = services.hold_stranded(
        device, by=person("Technician"), until=until(device), only={booked[0].pk}
    )

    assert [(step.pk, step.status, step.reason) for step in held] == [
        (booked[0].pk, Status.ON_HOLD, "Device down")
    ]
    booked[1].refresh_from_db()
    assert booked[1].status == Status.SCHEDULED


def test_retiring_a_device_with_open_procedures_is_refused(person):
    device = DeviceFactory.create()
    step = book(device, timezone.now() + 60 * MINUTE)
    engineer = person("Engineer")

    with pytest.raises(Refused, match="1 open procedure"):
        change_device_status(device, Device.Status.RETIRED, by=engineer, reason="Sold")
    device.refresh_from_db()
    assert device.status == Device.Status.AVAILABLE
    services.cancel_procedure(step, by=person("Scheduler"), reason_code="110501")
    change_device_status(device, Device.Status.RETIRED, by=engineer, reason="Sold")


def test_whoever_plans_is_told_at_once(broken, scheduler, person):
    device, _booked = broken

    [notice] = [
        one for one in notices_for(scheduler) if "CT One" in one.sentence and "4" in one.sentence
    ]

    assert notice.url == reverse("worklist:stranded", args=[device.pk])
    assert not [one for one in notices_for(person("Radiologist")) if "booked there" in one.sentence]


def test_a_device_that_works_strands_nobody(scheduler):
    book(DeviceFactory.create(), timezone.now() + 60 * MINUTE)

    assert not [one for one in notices_for(scheduler) if "booked there" in one.sentence]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_the_page_says_who_and_where_to(client, broken, scheduler):
    device, booked = broken
    DeviceFactory.create(name="CT Two")
    client.force_login(scheduler)

    page = client.get(reverse("worklist:stranded", args=[device.pk])).content.decode()

    assert booked[0].patient.family_name in page
    assert "CT Two" in page
    assert "Move all 4" in page


def test_move_all_from_the_page_and_move_some(client, broken, scheduler):
    device, booked = broken
    DeviceFactory.create()
    client.force_login(scheduler)
    address = reverse("worklist:move_stranded", args=[device.pk])

    client.post(address, {"some": "1", "procedure": [booked[1].pk, "x", "9" * 30]})
    left = [one.procedure.pk for one in services.stranded_on(device, until(device))]
    assert left == [booked[0].pk, booked[2].pk, booked[3].pk]
    client.post(address)

    assert services.stranded_on(device, until(device)) == []


def test_the_page_asks_as_much_for_twelve_as_for_two(
    client, scheduler, django_assert_num_queries, django_assert_max_num_queries
):
    device = DeviceFactory.create(status=Device.Status.DOWN)
    DeviceFactory.create()
    client.force_login(scheduler)
    address = reverse("worklist:stranded", args=[device.pk])
    for _ in range(2):
        ScheduledProcedureFactory.create(device=device)
    client.get(address)
    with django_assert_max_num_queries(30) as few:
        client.get(address)
    for _ in range(10):
        ScheduledProcedureFactory.create(device=device)

    with django_assert_num_queries(len(few)):
        client.get(address)


@pytest.mark.parametrize("role", ["Radiologist", "Engineer", "Referrer"])
def test_nobody_else_moves_them(client, person, role):
    client.force_login(person(role))
    device = DeviceFactory.create()

    assert client.post(reverse("worklist:move_stranded", args=[device.pk])).status_code == 403
    assert client.post(reverse("worklist:hold_stranded", args=[device.pk])).status_code == 403
