"""Booking: one device, one minute, one promise; and who goes in between all the same."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from equipment.models import Device, Downtime, OpeningHours, Reservation
from equipment.tests.factories import DeviceFactory
from patients.tests.factories import PatientFactory
from worklist import services
from worklist.free_times import devices_for, free_times
from worklist.models import ExpectedView, Move, Order, Questionnaire, ScheduledProcedure
from worklist.tests.asking import query, steps
from worklist.tests.factories import OrderFactory, ProcedureTypeFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status
Screening = ScheduledProcedure.Screening

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
TOMORROW_AT_TEN = (timezone.localtime() + dt.timedelta(days=1)).replace(
    hour=10, minute=0, second=0, microsecond=0
)


@pytest.fixture
def scheduler(person):
    return person("Scheduler")


def placed(**facts) -> Order:
    return OrderFactory.create(status=Order.Status.PLACED, **facts)


def booked(device: Device, start: dt.datetime = TOMORROW_AT_TEN, **facts) -> ScheduledProcedure:
    return services.schedule_procedure(placed(**facts), device=device, start=start, by=None)


def block(device: Device, start: dt.datetime, end: dt.datetime) -> Downtime:
    """A planned block, as equipment makes it."""
    reservation = Reservation.objects.create(device=device, period=(start, end))
    return Downtime.objects.create(
        device=device,
        cause=Downtime.Cause.MAINTENANCE,
        reason="Helium",
        starts_at=start,
        ends_at=end,
        is_planned=True,
        reservation=reservation,
    )


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def test_an_order_knows_where_the_patient_is_and_which_side_is_meant(scheduler):
    order = services.place_order(
        PatientFactory.create(),
        ProcedureTypeFactory.create(),
        by=scheduler,
        side="L",
        ward=" Ward 4B ",
        transport=Order.Transport.BED,
    )

    order.refresh_from_db()
    assert (order.side, order.ward, order.transport, order.is_walk_in) == (
        "L",
        "Ward 4B",
        "BED",
        False,
    )
    assert Entry.objects.get(verb="order.placed").actor == scheduler


def test_the_side_of_the_order_is_that_of_its_steps():
    kind = ProcedureTypeFactory.create(needs_side=True)

    step = booked(DeviceFactory.create(), procedure_type=kind, side="R")

    assert step.side == "R"


# ── one device, one minute ───────────────────────────────────────────────────────────────────────


def test_a_booking_holds_the_devices_time():
    step = booked(DeviceFactory.create())

    reservation = Reservation.objects.get()
    assert step.reservation == reservation
    assert (reservation.period.lower, reservation.period.upper) == (
        step.scheduled_start,
        step.scheduled_end,
    )


def test_a_taken_time_is_refused_with_what_is_there_but_not_who():
    device = DeviceFactory.create(name="CT One")
    there = booked(device)
    order = placed()

    with pytest.raises(Refused) as why:
        services.schedule_procedure(
            order, device=device, start=TOMORROW_AT_TEN + 10 * MINUTE, by=None
        )

    assert "CT One is taken" in why.value.sentence
    assert there.procedure_type.meaning in why.value.sentence
    assert "10:00–10:20" in why.value.sentence
    assert there.patient.family_name not in why.value.sentence
    order.refresh_from_db()
    assert order.status == Order.Status.PLACED
    assert ScheduledProcedure.objects.count() == 1


def test_one_behind_the_other_is_no_conflict():
    device = DeviceFactory.create()
    first = booked(device)

    assert booked(device, start=first.scheduled_end)


def test_a_planned_block_is_in_the_way_and_says_so():
    device = DeviceFactory.create()
    block(device, TOMORROW_AT_TEN, TOMORROW_AT_TEN + dt.timedelta(hours=2))

    with pytest.raises(Refused, match="Maintenance: Helium"):
        booked(device, TOMORROW_AT_TEN + 60 * MINUTE)


def test_a_device_that_is_down_takes_nobody_today_but_can_be_booked_for_tomorrow():
    device = DeviceFactory.create(status=Device.Status.DOWN)

    with pytest.raises(Refused, match="choose another device"):
        booked(device, timezone.now())

    assert booked(device, TOMORROW_AT_TEN)


def test_a_retired_device_can_never_be_booked():
    with pytest.raises(Refused, match="retired"):
        booked(DeviceFactory.create(status=Device.Status.RETIRED), TOMORROW_AT_TEN)


@pytest.mark.parametrize("years", [-200, 200])
def test_a_year_that_was_mistyped_is_refused(years):
    start = timezone.now().replace(day=1)

    with pytest.raises(Refused, match="too far away"):
        booked(DeviceFactory.create(), start.replace(year=start.year + years))


def test_squeezing_in_goes_on_the_list_without_a_reservation():
    device = DeviceFactory.create()
    booked(device)

    squeezed = services.schedule_procedure(
        placed(), device=device, start=TOMORROW_AT_TEN, by=None, squeeze=True
    )

    assert squeezed.is_squeezed_in
    assert Reservation.objects.count() == 1


def test_squeezing_into_a_free_time_holds_it_like_any_booking():
    squeezed = services.schedule_procedure(
        placed(), device=DeviceFactory.create(), start=TOMORROW_AT_TEN, by=None, squeeze=True
    )

    assert not squeezed.is_squeezed_in


@pytest.mark.django_db(transaction=True)
def test_of_two_bookings_at_once_exactly_one_wins():
    device = DeviceFactory.create()
    orders = [placed(), placed()]
    together = Barrier(2)

    def book(number: int) -> str:
        try:
            together.wait(10)
            services.schedule_procedure(
                orders[number], device=device, start=TOMORROW_AT_TEN + number * MINUTE, by=None
            )
        except Refused as why:
            return why.sentence
        else:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        sentences = sorted(pool.map(book, range(2)))

    assert sentences[0] == ""
    assert "is taken" in sentences[1]
    assert Reservation.objects.count() == ScheduledProcedure.objects.count() == 1


# ── what a booking knows from its catalogue ──────────────────────────────────────────────────────


def test_screening_is_open_where_something_is_asked():
    asked = ProcedureTypeFactory.create()
    asked.questionnaires.add(Questionnaire.objects.create(code="T-MAGNET", title="Magnet"))
    retired = ProcedureTypeFactory.create()
    retired.questionnaires.add(
        Questionnaire.objects.create(code="T-OLD", title="Old", is_active=False)
    )

    assert booked(DeviceFactory.create(), procedure_type=asked).screening == Screening.OPEN
    assert booked(DeviceFactory.create(), procedure_type=retired).screening == Screening.NOT_NEEDED


def test_expected_images_are_those_of_the_views_of_the_side():
    kind = ProcedureTypeFactory.create(needs_side=True, expected_images=9)
    for side in ("L", "R", ""):
        ExpectedView.objects.create(
            procedure_type=kind, name=f"CC {side}", laterality=side, images=2
        )

    left = booked(DeviceFactory.create(), procedure_type=kind, side="L")
    both = booked(DeviceFactory.create(), procedure_type=kind, side="B")

    assert (left.images_expected, both.images_expected) == (4, 6)


def test_without_views_the_catalogues_number_counts():
    kind = ProcedureTypeFactory.create(expected_images=9)

    assert booked(DeviceFactory.create(), procedure_type=kind).images_expected == 9


def test_several_steps_of_an_order_make_one_study(scheduler):
    order, device = placed(), DeviceFactory.create()
    further = ProcedureTypeFactory.create(meaning="With contrast")
    first = services.schedule_procedure(order, device=device, start=TOMORROW_AT_TEN, by=scheduler)

    second = services.book_step(
        order, further, device=device, start=first.scheduled_end, by=scheduler
    )

    assert second.order.study_instance_uid == first.order.study_instance_uid
    assert second.procedure_type == further
    assert second.step_id != first.step_id


# ── the time is given back ───────────────────────────────────────────────────────────────────────


def test_cancelling_gives_the_time_back(scheduler):
    device = DeviceFactory.create()
    services.cancel_procedure(booked(device), by=scheduler, reason_code="110510")

    assert booked(device)


def test_a_no_show_gives_the_time_back(scheduler):
    device = DeviceFactory.create()
    services.mark_no_show(booked(device), by=scheduler)

    assert booked(device)


def test_whoever_is_on_hold_keeps_the_time(person):
    device = DeviceFactory.create()
    services.hold_procedure(booked(device), by=person("Technician"), reason="Creatinine")

    with pytest.raises(Refused, match="is taken"):
        booked(device)


# ── moving ───────────────────────────────────────────────────────────────────────────────────────


def test_moving_takes_the_time_along_and_leaves_a_trace(scheduler):
    here, there = DeviceFactory.create(name="CT A"), DeviceFactory.create(name="CT B")
    step = booked(here)
    later = TOMORROW_AT_TEN + dt.timedelta(hours=2)

    moved = services.move_procedure(step, by=scheduler, device=there, start=later)

    assert (moved.device, moved.scheduled_start) == (there, later)
    assert moved.scheduled_end - later == dt.timedelta(minutes=20)
    reservation = Reservation.objects.get()
    assert (reservation.device, reservation.period.lower) == (there, later)
    assert booked(here)
    trail = Entry.objects.get(verb="procedure.moved")
    assert trail.actor == scheduler
    assert (trail.details["was_device"], trail.details["device"]) == (here.ae_title, there.ae_title)
    note = Move.objects.get(procedure=step, source="schedule")
    assert note.from_status == note.to_status == Status.SCHEDULED
    assert "CT A" in note.reason
    assert "CT B" in note.reason


def test_the_modalitys_list_follows_the_move(scheduler):
    here, there = DeviceFactory.create(), DeviceFactory.create()
    step = booked(here)
    asked_by = {
        device.pk: query({"ScheduledStationAETitle": device.ae_title}) for device in (here, there)
    }
    assert steps(asked_by[here.pk], own_station=here.ae_title) == [step.step_id]

    services.move_procedure(step, by=scheduler, device=there)

    assert steps(asked_by[here.pk], own_station=here.ae_title) == []
    assert steps(asked_by[there.pk], own_station=there.ae_title) == [step.step_id]


def test_moving_onto_somebody_is_refused_and_changes_nothing(scheduler):
    device = DeviceFactory.create()
    step, other = booked(device), booked(device, TOMORROW_AT_TEN + 60 * MINUTE)

    with pytest.raises(Refused, match=other.procedure_type.meaning):
        services.move_procedure(step, by=scheduler, start=other.scheduled_start)

    step.refresh_from_db()
    assert step.scheduled_start == TOMORROW_AT_TEN
    assert not step.is_squeezed_in


def test_moving_onto_somebody_can_squeeze_in_and_gives_the_old_time_back(scheduler):
    device = DeviceFactory.create()
    step, other = booked(device), booked(device, TOMORROW_AT_TEN + 60 * MINUTE)

    moved = services.move_procedure(step, by=scheduler, start=other.scheduled_start, squeeze=True)

    assert moved.is_squeezed_in
    assert booked(device)


def test_what_was_squeezed_in_gets_a_time_of_its_own_by_moving(scheduler):
    step = ScheduledProcedureFactory.create(scheduled_start=TOMORROW_AT_TEN)
    assert step.is_squeezed_in

    assert not services.move_procedure(step, by=scheduler).is_squeezed_in


def test_a_patient_who_is_here_is_moved_with_a_reason_and_stays_here(scheduler):
    step = services.register_arrival(booked(DeviceFactory.create()), by=scheduler)
    later = TOMORROW_AT_TEN + 30 * MINUTE

    with pytest.raises(Refused, match="say why"):
        services.move_procedure(step, by=scheduler, start=later)
    moved = services.move_procedure(step, by=scheduler, start=later, reason="Emergency first")

    assert (moved.status, moved.arrived_at) == (Status.ARRIVED, step.arrived_at)


@pytest.mark.parametrize(
    "status", [one for one in Status if one not in (*ScheduledProcedure.BEFORE, Status.ON_HOLD)]
)
def test_what_has_begun_or_ended_is_not_moved(scheduler, status):
    step = ScheduledProcedureFactory.create(status=status)

    with pytest.raises(Refused, match="cannot be moved"):
        services.move_procedure(step, by=scheduler, start=TOMORROW_AT_TEN)


def test_nobody_is_moved_into_the_past(scheduler):
    with pytest.raises(Refused, match="has passed"):
        services.move_procedure(
            booked(DeviceFactory.create()),
            by=scheduler,
            start=timezone.now() - dt.timedelta(hours=2),
        )


def test_a_step_moved_while_on_hold_resumes_where_it_was(person, scheduler):
    held = services.hold_procedure(
        booked(DeviceFactory.create()), by=person("Technician"), reason="Consent"
    )

    services.move_procedure(held, by=scheduler, start=TOMORROW_AT_TEN + 60 * MINUTE)

    assert services.resume_procedure(held, by=person("Technician")).status == Status.SCHEDULED


# ── walk-in ──────────────────────────────────────────────────────────────────────────────────────


def test_a_walk_in_is_ordered_booked_and_here_at_once(person):
    technician, device = person("Technician"), DeviceFactory.create()
    now = timezone.now()

    step = services.walk_in(
        PatientFactory.create(),
        ProcedureTypeFactory.create(),
        by=technician,
        device=device,
        squeeze=True,
    )

    assert step.order.is_walk_in
    assert step.status == Status.ARRIVED
    assert abs(step.scheduled_start - now) < dt.timedelta(minutes=6)


def test_a_walk_in_can_take_the_next_free_time_of_today(person):
    day = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("django.utils.timezone.now", lambda: day)
        device = DeviceFactory.create()
        block(device, day, day + dt.timedelta(hours=1))

        step = services.walk_in(
            PatientFactory.create(),
            ProcedureTypeFactory.create(),
            by=person("Technician"),
            device=device,
        )

    assert step.scheduled_start == day + dt.timedelta(hours=1)
    assert not step.is_squeezed_in


def test_a_walk_in_without_a_free_time_leaves_nothing_behind(person):
    now = timezone.now()
    device = DeviceFactory.create()
    block(device, now - dt.timedelta(hours=1), now + dt.timedelta(days=2))

    with pytest.raises(Refused, match="no free time left today"):
        services.walk_in(
            PatientFactory.create(),
            ProcedureTypeFactory.create(),
            by=person("Technician"),
            device=device,
        )

    assert not Order.objects.exists()


# ── free times ───────────────────────────────────────────────────────────────────────────────────


def times(device: Device, after: dt.datetime = TOMORROW_AT_TEN, **facts) -> list[str]:
    slots = free_times([device], after=after, **({"minutes": 20, "most": 3} | facts))
    return [timezone.localtime(slot.start).strftime("%H:%M") for slot in slots]


def test_free_times_leave_out_what_is_promised_and_blocked():
    device = DeviceFactory.create()
    booked(device)
    block(device, TOMORROW_AT_TEN + 30 * MINUTE, TOMORROW_AT_TEN + 60 * MINUTE)

    assert times(device) == ["11:00", "11:20", "11:40"]


def test_a_gap_that_is_just_long_enough_is_offered():
    device = DeviceFactory.create()
    booked(device)
    block(device, TOMORROW_AT_TEN + 40 * MINUTE, TOMORROW_AT_TEN + 60 * MINUTE)

    assert times(device, most=1) == ["10:20"]


def test_free_times_honour_opening_hours():
    device = DeviceFactory.create()
    OpeningHours.objects.create(
        device=device,
        weekday=TOMORROW_AT_TEN.weekday(),
        opens_at=dt.time(10, 30),
        closes_at=dt.time(11, 0),
    )

    slots = free_times([device], minutes=20, after=TOMORROW_AT_TEN, most=2)

    assert timezone.localtime(slots[0].start) == TOMORROW_AT_TEN + 30 * MINUTE
    assert slots[1].start - slots[0].start == dt.timedelta(days=7)


def test_times_are_those_of_a_clock_on_the_wall():
    assert times(DeviceFactory.create(), TOMORROW_AT_TEN + 2 * MINUTE, most=1) == ["10:05"]


def test_a_device_that_is_down_is_free_tomorrow_at_the_earliest():
    device = DeviceFactory.create(status=Device.Status.DOWN)

    slots = free_times([device], minutes=20, after=timezone.now(), most=1)

    assert timezone.localtime(slots[0].start).date() > timezone.localdate()


def test_the_devices_for_a_procedure_are_those_of_its_kind():
    cr, dx, _mr = (DeviceFactory.create(modality=one) for one in ("CR", "DX", "MR"))

    assert set(devices_for(ProcedureTypeFactory.create(modality="DX"))) == {cr, dx}


def test_free_times_ask_as_much_for_six_devices_as_for_one(django_assert_num_queries):
    for number in (1, 5):
        for _ in range(number):
            booked(DeviceFactory.create())
        devices = devices_for(ProcedureTypeFactory.create())
        with django_assert_num_queries(3):
            assert free_times(devices, minutes=20, after=TOMORROW_AT_TEN)
