"""The schedule: what the calendar is told, to whom, and moving by hand."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from equipment.models import Device, Downtime
from equipment.tests.factories import DeviceFactory
from patients.tests.factories import PatientFactory
from worklist import services
from worklist.models import Order, ScheduledProcedure
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status
PAGE = reverse("worklist:schedule")
EVENTS = reverse("worklist:schedule_events")

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheduler(client, person):
    scheduler = person("Scheduler")
    client.force_login(scheduler)
    return scheduler


def tomorrow(hour: int) -> dt.datetime:
    there = timezone.localtime() + dt.timedelta(days=1)
    return there.replace(hour=hour, minute=0, second=0, microsecond=0)


def span(days: int = 1) -> dict[str, str]:
    """Tomorrow, as the calendar asks for it: a local time without a zone."""
    start = tomorrow(0)
    return {
        "start": start.strftime("%Y-%m-%dT%H:%M:%S"),
        "end": (start + dt.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S"),
    }


def booked(**facts) -> ScheduledProcedure:
    order = OrderFactory.create(status=Order.Status.PLACED, **facts.pop("order", {}))
    device, start = facts.get("device") or DeviceFactory.create(), facts.get("start", tomorrow(10))
    return services.schedule_procedure(order, by=None, device=device, start=start)


def events(client, params=None) -> dict[str, dict]:
    return {one["id"]: one for one in client.get(EVENTS, params or span()).json()}


def test_a_bar_says_who_what_where_when_and_how_it_stands(client, scheduler):
    patient = PatientFactory.create(name_alphabetic="Yamada^Tarou", patient_id="MRN-7")
    step = booked(order={"patient": patient, "priority": "STAT"})

    bar = events(client)[str(step.pk)]

    assert bar["title"] == "Yamada, Tarou"
    assert bar["resourceIds"] == [str(step.device_id)]
    assert bar["start"] == f"{tomorrow(10):%Y-%m-%d}T10:00:00"
    facts = bar["extendedProps"]
    assert (facts["state"], facts["shape"], facts["priority"]) == (
        "Scheduled",
        "st-scheduled",
        "STAT",
    )
    assert (facts["record"], facts["mayMove"], facts["isHere"]) == ("MRN-7", True, False)
    assert "Yamada" not in facts["href"] + facts["move"]


def test_the_same_state_has_the_same_shape_as_everywhere_and_only_the_open_can_be_moved(
    client, scheduler
):
    step = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS, scheduled_start=tomorrow(9))

    bar = events(client)[str(step.pk)]

    assert bar["startEditable"] is False
    assert "step-violet" in bar["classNames"]


def test_whoever_was_squeezed_in_is_marked(client, scheduler):
    step = ScheduledProcedureFactory.create(scheduled_start=tomorrow(9))

    assert "is-squeezed" in events(client)[str(step.pk)]["classNames"]


def test_cancelled_and_missed_take_no_time(client, scheduler):
    for status in (Status.CANCELLED, Status.NO_SHOW):
        ScheduledProcedureFactory.create(status=status, scheduled_start=tomorrow(9))

    assert events(client) == {}


def test_blocks_and_outages_stand_in_the_background(client, scheduler):
    device = DeviceFactory.create()
    block = Downtime.objects.create(
        device=device,
        cause="MAINTENANCE",
        reason="Helium",
        starts_at=tomorrow(12),
        ends_at=tomorrow(13),
        is_planned=True,
    )

    bar = events(client)[f"block-{block.pk}"]

    assert (bar["display"], bar["title"]) == ("background", "Maintenance: Helium")


def test_a_device_that_is_down_says_so_in_its_row_and_for_the_rest_of_today(client, scheduler):
    device = DeviceFactory.create(status=Device.Status.DOWN)

    page = client.get(PAGE)

    assert [one["extendedProps"]["out"] for one in page.context["calendar"].resources] == ["Down"]
    today = client.get(EVENTS).json()
    assert [one["id"] for one in today] == [f"out-{device.pk}"]


def test_a_span_is_at_most_five_weeks(client, scheduler):
    far = ScheduledProcedureFactory.create(scheduled_start=tomorrow(9) + dt.timedelta(days=60))

    assert str(far.pk) not in events(client, span(days=300))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"start": "x"},
        {"start": "\0", "end": "\0"},
        {"start": "0001-01-01T00:00:00", "end": "9999-12-31T23:59:59"},
        {"start": "2026-11-23T00:00:00+14:00", "end": "2026-11-22T00:00:00"},
        {"start": "2026-13-45T00:00:00"},
        {"start": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_nonsense_means_today(client, scheduler, params):
    assert client.get(EVENTS, params).status_code == 200
    assert client.get(PAGE, params).status_code == 200


def test_the_feed_asks_as_much_for_forty_as_for_two(
    client, scheduler, django_assert_num_queries, django_assert_max_num_queries
):
    def fill(number: int) -> None:
        for _ in range(number):
            ScheduledProcedureFactory.create(scheduled_start=tomorrow(9))

    fill(2)
    client.get(EVENTS, span())
    with django_assert_max_num_queries(12) as few:
        client.get(EVENTS, span())
    fill(38)

    with django_assert_num_queries(len(few)):
        assert len(events(client)) == 40


def test_a_technician_without_the_right_to_book_moves_nothing(client, person):
    client.force_login(person("Radiologist"))
    step = booked()

    assert events(client)[str(step.pk)]["extendedProps"]["mayMove"] is False
    assert client.post(reverse("worklist:move", args=[step.pk])).status_code == 403


def test_a_referrer_has_no_schedule(client, person):
    client.force_login(person("Referrer"))

    assert client.get(PAGE).status_code == client.get(EVENTS).status_code == 403


# ── moving ───────────────────────────────────────────────────────────────────────────────────────


def move(client, step: ScheduledProcedure, htmx: bool = True, **facts):
    data = {
        "device": step.device_id,
        "start": f"{timezone.localtime(step.scheduled_start):%Y-%m-%dT%H:%M}",
    }
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse("worklist:move", args=[step.pk]), data | facts, headers=headers)


def test_a_drag_moves_time_and_device(client, scheduler):
    step, other = booked(), DeviceFactory.create()

    answer = move(client, step, device=other.pk, start=f"{tomorrow(11):%Y-%m-%dT%H:%M}")

    assert answer.status_code == 204
    step.refresh_from_db()
    assert (step.device, step.scheduled_start) == (other, tomorrow(11))


def test_a_refused_drag_says_what_is_there(client, scheduler):
    step = booked()
    there = booked(device=step.device, start=tomorrow(12))

    answer = move(client, step, start=f"{tomorrow(12):%Y-%m-%dT%H:%M}")

    assert answer.status_code == 409
    assert there.procedure_type.meaning in answer.content.decode()


def test_the_form_does_the_same_from_the_keyboard_and_comes_back_to_the_procedure(
    client, scheduler
):
    step = booked()

    form = client.get(reverse("worklist:move", args=[step.pk])).content.decode()
    answer = move(client, step, htmx=False, start=f"{tomorrow(14):%Y-%m-%dT%H:%M}")

    assert 'type="datetime-local"' in form
    assert step.device.name in form
    assert answer.url == reverse("worklist:procedure", args=[step.pk])


def test_the_form_asks_why_once_the_patient_is_here(client, scheduler):
    step = services.register_arrival(booked(), by=scheduler)

    assert move(client, step, start=f"{tomorrow(14):%Y-%m-%dT%H:%M}").status_code == 422
    assert (
        move(client, step, start=f"{tomorrow(14):%Y-%m-%dT%H:%M}", reason="Emergency").status_code
        == 204
    )


@pytest.mark.parametrize(
    "wrong",
    [{"start": "x"}, {"start": "\0"}, {"device": "x"}, {"device": "9" * 30}, {"reason": "r" * 300}],
)
def test_nonsense_moves_nothing(client, scheduler, wrong):
    step = booked()

    assert move(client, step, **wrong).status_code == 422


def test_a_device_of_another_kind_is_no_choice(client, scheduler):
    assert move(client, booked(), device=DeviceFactory.create(modality="MR").pk).status_code == 422


# ── booking on empty space ───────────────────────────────────────────────────────────────────────


def test_pointing_at_empty_space_offers_the_orders_that_can_be_done_there(client, scheduler):
    device = DeviceFactory.create()
    fits = OrderFactory.create(status=Order.Status.PLACED)
    other = OrderFactory.create(status=Order.Status.PLACED, procedure_type__modality="MR")
    where = {"device": device.pk, "start": f"{tomorrow(10):%Y-%m-%dT%H:%M}"}

    page = client.get(reverse("worklist:orders_here"), where).content.decode()

    assert reverse("worklist:book", args=[fits.pk]) in page
    assert reverse("worklist:book", args=[other.pk]) not in page
    assert client.get(reverse("worklist:orders_here"), {"device": "x"}).status_code == 404
