"""The pages of orders: placed, booked with one tap, taken back; and who sees whose."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from equipment.tests.factories import DeviceFactory
from patients.tests.factories import AlertFactory, PatientFactory
from staff.places import PLACES, count_for
from worklist import services
from worklist.models import Order, ScheduledProcedure
from worklist.tests.factories import OrderFactory, ProcedureTypeFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status
LIST = reverse("worklist:orders")
NEW = reverse("worklist:place_order")
WALK_IN = reverse("worklist:walk_in")

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheduler(client, person):
    scheduler = person("Scheduler")
    client.force_login(scheduler)
    return scheduler


def asked(patient=None, kind=None, **facts) -> dict[str, object]:
    """A whole order as the form sends it."""
    return {
        "patient": (patient or PatientFactory.create()).pk,
        "procedure_type": (kind or ProcedureTypeFactory.create()).pk,
        "priority": "ROUTINE",
        "clinical_question": "Fracture?",
    } | facts


# ── placing ──────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_placed_and_leads_to_its_free_times(client, scheduler):
    answer = client.post(NEW, asked(ordering_physician="Okafor, Felix", ward="4B", transport="BED"))

    order = Order.objects.get()
    assert answer.url == reverse("worklist:book", args=[order.pk])
    assert order.ordered_by == scheduler
    assert (order.ordering_physician, order.ward, order.transport) == ("Okafor^Felix", "4B", "BED")


def test_the_patient_of_the_address_is_chosen_already(client, scheduler):
    patient = PatientFactory.create(name_alphabetic="Yamada^Tarou")

    page = client.get(NEW, {"patient": patient.pk}).content.decode()

    assert f'<option value="{patient.pk}" selected>Yamada, Tarou' in page


def test_the_form_holds_no_patient_but_the_chosen_one(client, scheduler):
    PatientFactory.create(name_alphabetic="Yamada^Tarou")

    assert "Yamada" not in client.get(NEW).content.decode()


def test_a_side_is_asked_for_where_there_is_one_and_nothing_is_lost(client, scheduler):
    kind = ProcedureTypeFactory.create(needs_side=True)

    refused = client.post(NEW, asked(kind=kind))
    taken = client.post(NEW, asked(kind=kind, side="L"))

    assert refused.status_code == 422
    assert "Say which side" in refused.content.decode()
    assert "Fracture?" in refused.content.decode()
    assert taken.status_code == 302
    assert Order.objects.get().side == "L"


@pytest.mark.parametrize(
    "wrong",
    [
        {"patient": "9" * 30},
        {"patient": "x"},
        {"patient": "\0"},
        {"procedure_type": "0"},
        {"priority": "SOON"},
        {"side": "X"},
        {"clinical_question": ""},
        {"clinical_question": "a\0b"},
        {"ward": "w" * 65},
    ],
)
def test_nonsense_is_asked_again(client, scheduler, wrong):
    answer = client.post(NEW, asked() | wrong)

    assert answer.status_code == 422
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("facts", "is_shown"),
    [
        ({}, True),
        (
            {"status": Order.Status.PLACED, "ordered_at": timezone.now() - dt.timedelta(days=40)},
            True,
        ),
        ({"status": Order.Status.FULFILLED}, True),
        (
            {
                "status": Order.Status.FULFILLED,
                "ordered_at": timezone.now() - dt.timedelta(days=8),
            },
            False,
        ),
        ({"status": Order.Status.CANCELLED}, False),
    ],
)
def test_what_was_asked_for_already_is_shown_before_it_is_asked_again(
    client, scheduler, facts, is_shown
):
    before = OrderFactory.create(**facts)
    again = asked(before.patient, before.procedure_type)

    answer = client.post(NEW, again)

    assert (answer.status_code == 422) is is_shown
    assert (Order.objects.count() == 1) is is_shown
    if is_shown:
        assert before.accession_number in answer.content.decode()
        assert client.post(NEW, again | {"place_anyway": "on"}).status_code == 302


def test_the_same_for_somebody_else_is_no_duplicate(client, scheduler):
    before = OrderFactory.create()

    assert client.post(NEW, asked(kind=before.procedure_type)).status_code == 302


# ── referrers ────────────────────────────────────────────────────────────────────────────────────


def test_a_referrer_orders_for_own_patients_and_does_not_book(client, person):
    referrer = person("Referrer")
    mine = OrderFactory.create(ordered_by=referrer).patient
    client.force_login(referrer)

    answer = client.post(NEW, asked(mine))

    order = Order.objects.latest("pk")
    assert answer.url == reverse("worklist:order", args=[order.pk])
    assert client.get(answer.url).status_code == 200
    assert client.get(reverse("worklist:book", args=[order.pk])).status_code == 403
    assert client.get(WALK_IN).status_code == 403


def test_a_referrer_cannot_order_for_somebody_elses_patient(client, person):
    client.force_login(person("Referrer"))
    other = OrderFactory.create().patient

    answer = client.post(NEW, asked(other))

    assert answer.status_code == 422
    assert other.family_name not in answer.content.decode()
    assert Order.objects.count() == 1


def test_a_referrer_sees_own_orders_alone(client, person):
    referrer = person("Referrer")
    mine, other = OrderFactory.create(ordered_by=referrer), OrderFactory.create()
    client.force_login(referrer)

    page = client.get(LIST).content.decode()

    assert mine.accession_number in page
    assert other.accession_number not in page
    assert client.get(reverse("worklist:order", args=[other.pk])).status_code == 404


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_is_listed_most_urgent_first(client, scheduler):
    for priority in ("ROUTINE", "STAT", "HIGH"):
        OrderFactory.create(status=Order.Status.PLACED, priority=priority)
    OrderFactory.create()

    orders = client.get(LIST).context["orders"]

    assert [order.priority for order in orders.waiting] == ["STAT", "HIGH", "ROUTINE"]


def test_an_order_whose_only_step_was_missed_is_to_be_booked_again(client, scheduler):
    missed = ScheduledProcedureFactory.create(status=Status.NO_SHOW).order
    both = ScheduledProcedureFactory.create(status=Status.CANCELLED).order
    ScheduledProcedureFactory.create(order=both)

    assert client.get(LIST).context["orders"].again == [missed]


def test_the_rail_counts_orders_for_whoever_books(scheduler, person):
    OrderFactory.create(status=Order.Status.PLACED, priority="STAT")

    count = count_for(scheduler, PLACES["orders"])

    assert count is not None
    assert (count.number, count.is_urgent) == (1, True)
    assert count_for(person("Referrer"), PLACES["orders"]) is None


def test_the_list_asks_as_much_for_forty_as_for_two(
    client, scheduler, django_assert_num_queries, django_assert_max_num_queries
):
    def fill(number: int) -> None:
        for order in OrderFactory.create_batch(number, status=Order.Status.PLACED):
            AlertFactory.create(patient=order.patient)

    fill(2)
    client.get(LIST)
    with django_assert_max_num_queries(20) as few:
        client.get(LIST)
    fill(38)

    with django_assert_num_queries(len(few)):
        assert len(client.get(LIST).context["orders"].waiting) == 40


# ── one order ────────────────────────────────────────────────────────────────────────────────────


def test_the_page_says_what_for_whom_and_how_far_and_is_recorded(client, scheduler):
    step = ScheduledProcedureFactory.create(status=Status.ARRIVED)
    order = step.order

    page = client.get(reverse("worklist:order", args=[order.pk])).content.decode()

    for words in (order.accession_number, order.patient.family_name, "Arrived"):
        assert words in page
    assert Entry.objects.get(verb="order.viewed").patient_id == order.patient_id


def test_an_order_is_taken_back_with_a_reason(client, scheduler):
    order = OrderFactory.create(status=Order.Status.PLACED)
    address = reverse("worklist:cancel_order", args=[order.pk])

    assert client.post(address, {}).status_code == 422
    client.post(address, {"reason_code": "110510"})

    order.refresh_from_db()
    assert (order.status, order.reason) == (Order.Status.CANCELLED, "Duplicate order")


@pytest.mark.parametrize("role", ["Technician", "Referrer", "Radiologist"])
def test_others_do_not_take_orders_back(client, person, role):
    client.force_login(person(role))
    order = OrderFactory.create(status=Order.Status.PLACED)

    assert client.post(reverse("worklist:cancel_order", args=[order.pk])).status_code == 403


# ── booking ──────────────────────────────────────────────────────────────────────────────────────


def test_one_tap_books_the_first_free_time(client, scheduler):
    order, device = OrderFactory.create(status=Order.Status.PLACED), DeviceFactory.create()
    address = reverse("worklist:book", args=[order.pk])
    [(_day, slots), *_more] = client.get(address).context["times"].days

    answer = client.post(address, {"device": device.pk, "start": slots[0].start.isoformat()})

    step = ScheduledProcedure.objects.get()
    assert answer.url == reverse("worklist:order", args=[order.pk])
    assert (step.device, step.scheduled_start) == (device, slots[0].start)


def test_whoever_was_quicker_is_named_and_nothing_is_booked(client, scheduler):
    device, start = DeviceFactory.create(), timezone.now() + dt.timedelta(hours=30)
    orders = OrderFactory.create_batch(2, status=Order.Status.PLACED)
    services.schedule_procedure(orders[0], device=device, start=start, by=scheduler)

    refused = client.post(
        reverse("worklist:book", args=[orders[1].pk]),
        {"device": device.pk, "start": start.isoformat()},
    )

    assert refused.status_code == 409
    assert "is taken" in refused.content.decode()
    assert orders[0].procedure_type.meaning in refused.content.decode()


def test_the_side_is_asked_for_before_times_are_offered(client, scheduler):
    kind = ProcedureTypeFactory.create(needs_side=True)
    order = OrderFactory.create(status=Order.Status.PLACED, procedure_type=kind)
    DeviceFactory.create()
    address = reverse("worklist:book", args=[order.pk])

    assert "Which side?" in client.get(address).content.decode()
    assert 'class="slot' in client.get(address, {"side": "L"}).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "soon"},
        {"start": "2020-01-01T10:00"},
        {"start": "0001-01-01T00:00"},
        {"start": "\0"},
        {"device": "9" * 30},
        {"procedure_type": "x"},
        {"side": "X"},
    ],
)
def test_nonsense_books_nothing(client, scheduler, wrong):
    order, device = OrderFactory.create(status=Order.Status.PLACED), DeviceFactory.create()
    start = (timezone.now() + dt.timedelta(hours=30)).isoformat()

    answer = client.post(
        reverse("worklist:book", args=[order.pk]), {"device": device.pk, "start": start} | wrong
    )

    assert answer.status_code == 422
    assert not ScheduledProcedure.objects.exists()


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31", "2026-13-45"])
def test_any_day_may_be_looked_at(client, scheduler, day):
    order = OrderFactory.create(status=Order.Status.PLACED)
    DeviceFactory.create()

    assert client.get(reverse("worklist:book", args=[order.pk]), {"day": day}).status_code == 200


def test_another_step_of_the_order_may_be_another_procedure(client, scheduler):
    step = ScheduledProcedureFactory.create()
    further = ProcedureTypeFactory.create()

    client.post(
        reverse("worklist:book", args=[step.order_id]),
        {
            "device": DeviceFactory.create().pk,
            "start": (timezone.now() + dt.timedelta(hours=30)).isoformat(),
            "procedure_type": further.pk,
        },
    )

    assert [one.procedure_type for one in step.order.procedures.in_time_order()][-1] == further


# ── walk-in ──────────────────────────────────────────────────────────────────────────────────────


def test_whoever_walks_in_is_on_the_list_and_here(client, scheduler):
    answer = client.post(WALK_IN, asked() | {"device": DeviceFactory.create().pk, "squeeze": "on"})

    step = ScheduledProcedure.objects.get()
    assert answer.url == reverse("worklist:procedure", args=[step.pk])
    assert (step.status, step.order.is_walk_in) == (Status.ARRIVED, True)


def test_a_walk_in_without_a_device_is_asked_again(client, scheduler):
    assert client.post(WALK_IN, asked()).status_code == 422
    assert not Order.objects.exists()
