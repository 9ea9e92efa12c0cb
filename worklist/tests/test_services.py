"""Every verb: it works, it is refused in the wrong state, it leaves a trace."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from equipment.models import Device
from equipment.tests.factories import DeviceFactory
from patients.tests.factories import PatientFactory
from worklist import services
from worklist.models import Move, Order, ScheduledProcedure
from worklist.reasons import REASONS
from worklist.tests.factories import OrderFactory, ProcedureTypeFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(person):
    return person("Technician")


def trace(verb: str) -> Entry:
    return Entry.objects.get(verb=verb)


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def test_an_order_gets_identifiers_that_fit_their_attributes_and_differ(person):
    patient, kind = PatientFactory.create(), ProcedureTypeFactory.create()

    first, second = (services.place_order(patient, kind, by=person("Scheduler")) for _ in "ab")

    assert first.accession_number != second.accession_number
    assert first.study_instance_uid != second.study_instance_uid
    for order in (first, second):
        assert len(order.accession_number) <= 16
        assert len(order.requested_procedure_id) <= 16
        assert len(order.study_instance_uid) <= 64


def test_a_number_whose_order_was_rolled_back_is_never_given_again(person):
    patient, kind = PatientFactory.create(), ProcedureTypeFactory.create()

    with transaction.atomic():
        lost = services.place_order(patient, kind, by=None).accession_number
        transaction.set_rollback(True)

    assert services.place_order(patient, kind, by=None).accession_number > lost


def test_what_the_catalogue_no_longer_offers_cannot_be_ordered():
    kind = ProcedureTypeFactory.create(is_active=False)

    with pytest.raises(Refused, match="no longer offered"):
        services.place_order(PatientFactory.create(), kind, by=None)


def test_scheduling_puts_an_order_on_a_devices_list(person):
    scheduler = person("Scheduler")
    order = OrderFactory.create(status=Order.Status.PLACED)
    start = timezone.now()

    step = services.schedule_procedure(
        order, device=DeviceFactory.create(), start=start, by=scheduler
    )

    order.refresh_from_db()
    assert order.status == Order.Status.SCHEDULED
    assert step.status == Status.SCHEDULED
    assert step.scheduled_end - start == dt.timedelta(minutes=order.procedure_type.minutes)
    assert len(step.step_id) <= 16
    assert trace("procedure.scheduled").actor == scheduler


@pytest.mark.parametrize(
    ("device", "procedure", "side", "sentence"),
    [
        ({"status": Device.Status.DOWN}, {}, "", "choose another device"),
        ({"modality": "MR"}, {}, "", "cannot be done on"),
        ({}, {"needs_side": True}, "", "which side"),
    ],
)
def test_scheduling_is_refused_where_it_cannot_be_done(device, procedure, side, sentence):
    order = OrderFactory.create(procedure_type=ProcedureTypeFactory.create(**procedure))

    with pytest.raises(Refused, match=sentence):
        services.schedule_procedure(
            order, device=DeviceFactory.create(**device), start=timezone.now(), by=None, side=side
        )


def test_a_radiography_order_may_go_to_a_cr_or_a_dx_room():
    order = OrderFactory.create(procedure_type=ProcedureTypeFactory.create(modality="CR"))
    room = DeviceFactory.create(modality="DX")

    assert services.schedule_procedure(order, device=room, start=timezone.now(), by=None)


def test_a_cancelled_order_cannot_be_scheduled():
    order = OrderFactory.create(status=Order.Status.CANCELLED)

    with pytest.raises(Refused, match="place a new order"):
        services.schedule_procedure(
            order, device=DeviceFactory.create(), start=timezone.now(), by=None
        )


# ── the examination ──────────────────────────────────────────────────────────────────────────────


def test_arriving_stamps_the_time_and_leaves_a_trace(technician):
    procedure = ScheduledProcedureFactory.create()

    arrived = services.register_arrival(procedure, by=technician)

    assert arrived.status == Status.ARRIVED
    assert arrived.arrived_at is not None
    assert trace("procedure.arrived").patient_id == procedure.patient.pk
    move = Move.objects.get(procedure=procedure)
    assert (move.from_status, move.to_status, move.by) == ("SCHEDULED", "ARRIVED", technician)


def test_starting_a_procedure_stamps_it_and_leaves_a_trace(technician):
    arrived = ScheduledProcedureFactory.create(status=Status.ARRIVED, arrived_at=timezone.now())

    started = services.start_procedure(arrived, by=technician)

    assert started.status == Status.IN_PROGRESS
    assert started.performed_by == technician
    assert trace("procedure.started").actor == technician


def test_starting_somebody_whose_arrival_nobody_registered_is_legal_and_noted(technician):
    procedure = ScheduledProcedureFactory.create()

    services.start_procedure(procedure, by=technician)

    assert Move.objects.get(procedure=procedure).reason == "Arrival was not registered."


def test_a_second_patient_on_the_same_device_is_refused_to_people(technician):
    device = DeviceFactory.create()
    first, second = ScheduledProcedureFactory.create_batch(2, device=device, status=Status.ARRIVED)
    services.start_procedure(first, by=technician)

    with pytest.raises(Refused, match="already has a patient on the table"):
        services.start_procedure(second, by=technician)

    second.refresh_from_db()
    assert second.status == Status.ARRIVED


def test_a_machine_is_believed_when_it_reports_a_second_patient(technician):
    device = DeviceFactory.create(status=Device.Status.DOWN)
    ScheduledProcedureFactory.create(device=device, status=Status.IN_PROGRESS)
    held = ScheduledProcedureFactory.create(device=device, status=Status.ON_HOLD)

    started = services.start_procedure(held, by=None, source="MPPS CT01")

    assert started.status == Status.IN_PROGRESS
    assert trace("procedure.started").actor_label == "MPPS CT01"


def test_nobody_is_started_on_a_device_that_is_down(technician):
    procedure = ScheduledProcedureFactory.create(
        status=Status.READY, device=DeviceFactory.create(status=Device.Status.DOWN)
    )

    with pytest.raises(Refused, match="another device"):
        services.start_procedure(procedure, by=technician)


def test_completing_stamps_the_end_keeps_the_comment_and_fulfils_the_order(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS)

    done = services.complete_procedure(procedure, by=technician, comment=" Moved a little. ")

    assert done.status == Status.COMPLETED
    assert done.comment == "Moved a little."
    assert done.ended_at is not None
    assert done.started_at is not None
    assert done.ended_at >= done.started_at
    procedure.order.refresh_from_db()
    assert procedure.order.status == Order.Status.FULFILLED
    assert trace("procedure.completed").actor == technician


def test_an_order_is_fulfilled_only_when_all_its_procedures_are_over(technician):
    order = OrderFactory.create()
    first = ScheduledProcedureFactory.create(order=order, status=Status.IN_PROGRESS)
    second = ScheduledProcedureFactory.create(order=order)

    services.complete_procedure(first, by=technician)
    order.refresh_from_db()
    assert order.status == Order.Status.SCHEDULED

    services.cancel_procedure(second, by=technician, reason_code="110510")
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED


def test_an_order_of_which_nothing_was_done_is_not_fulfilled(technician):
    procedure = ScheduledProcedureFactory.create()

    services.mark_no_show(procedure, by=technician)

    procedure.order.refresh_from_db()
    assert procedure.order.status == Order.Status.SCHEDULED


def test_discontinuing_keeps_the_code_and_its_words(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS)

    stopped = services.discontinue_procedure(procedure, by=technician, reason_code="110503")

    assert stopped.status == Status.DISCONTINUED
    assert stopped.reason_code == "110503"
    assert stopped.reason == "Allergic to contrast"
    assert trace("procedure.discontinued").details["reason_code"] == "110503"


@pytest.mark.parametrize(("code", "words"), [("", ""), ("999", "x"), ("110513", " ")])
def test_discontinuing_without_a_reason_that_says_something_is_refused(technician, code, words):
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS)

    with pytest.raises(Refused):
        services.discontinue_procedure(procedure, by=technician, reason_code=code, reason=words)

    procedure.refresh_from_db()
    assert procedure.status == Status.IN_PROGRESS


def test_the_reasons_are_those_of_the_standard():
    assert sorted(REASONS) == [str(code) for code in range(110500, 110517)]


def test_cancelling_an_order_cancels_what_has_not_begun(person):
    order = OrderFactory.create()
    steps = ScheduledProcedureFactory.create_batch(2, order=order)

    cancelled = services.cancel_order(order, by=person("Scheduler"), reason_code="110510")

    assert cancelled.status == Order.Status.CANCELLED
    for step in steps:
        step.refresh_from_db()
        assert (step.status, step.reason_code) == (Status.CANCELLED, "110510")
    assert cancelled.reason == "Duplicate order"
    assert trace("order.cancelled").details == {"reason_code": "110510"}


def test_an_order_that_is_being_done_is_not_cancelled(person):
    order = OrderFactory.create()
    waiting = ScheduledProcedureFactory.create(order=order)
    ScheduledProcedureFactory.create(order=order, status=Status.IN_PROGRESS)

    with pytest.raises(Refused):
        services.cancel_order(order, by=person("Scheduler"), reason_code="110510")

    waiting.refresh_from_db()
    assert waiting.status == Status.SCHEDULED


# ── before it begins ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("before", [Status.SCHEDULED, Status.ARRIVED, Status.READY])
def test_resuming_goes_back_to_where_it_was_held(technician, before):
    procedure = ScheduledProcedureFactory.create(status=before)

    held = services.hold_procedure(procedure, by=technician, reason="Waiting for creatinine")
    assert held.status == Status.ON_HOLD
    assert held.reason == "Waiting for creatinine"
    resumed = services.resume_procedure(held, by=technician)

    assert resumed.status == before
    assert resumed.reason == ""


def test_holding_without_a_reason_is_refused(technician):
    with pytest.raises(Refused, match="waiting for"):
        services.hold_procedure(ScheduledProcedureFactory.create(), by=technician, reason=" ")


def test_a_held_patient_cannot_be_started_by_a_person(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.ON_HOLD)

    with pytest.raises(Refused, match="resume it first"):
        services.start_procedure(procedure, by=technician)


def test_a_patient_who_is_here_is_no_no_show(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED)

    with pytest.raises(Refused):
        services.mark_no_show(procedure, by=technician)


VERBS: dict[str, tuple[Callable[..., ScheduledProcedure], dict[str, str], set[str]]] = {
    "arrive": (services.register_arrival, {}, {Status.SCHEDULED}),
    "ready": (services.mark_ready, {}, {Status.ARRIVED}),
    "start": (
        services.start_procedure,
        {},
        {Status.SCHEDULED, Status.ARRIVED, Status.READY, Status.ACQUIRED},
    ),
    "complete": (services.complete_procedure, {}, {Status.IN_PROGRESS, Status.ACQUIRED}),
    "discontinue": (
        services.discontinue_procedure,
        {"reason_code": "110505"},
        {Status.IN_PROGRESS, Status.ACQUIRED},
    ),
    "cancel": (
        services.cancel_procedure,
        {"reason_code": "110500"},
        {Status.SCHEDULED, Status.ARRIVED, Status.READY, Status.ON_HOLD},
    ),
    "no_show": (services.mark_no_show, {}, {Status.SCHEDULED}),
    "hold": (
        services.hold_procedure,
        {"reason": "Transport"},
        {Status.SCHEDULED, Status.ARRIVED, Status.READY},
    ),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", [status for status in Status if status != Status.ON_HOLD])
def test_every_verb_is_refused_in_every_wrong_state_and_changes_nothing(technician, verb, status):
    function, facts, legal = VERBS[verb]
    procedure = ScheduledProcedureFactory.create(status=status)

    if status in legal:
        assert function(procedure, by=technician, **facts).status != status
        return
    with pytest.raises(Refused):
        function(procedure, by=technician, **facts)

    procedure.refresh_from_db()
    assert procedure.status == status
    assert not Move.objects.exists()
    assert not Entry.objects.filter(verb__startswith="procedure.").exists()


def test_open_pages_hear_of_a_move_after_the_commit(
    technician, monkeypatch, django_capture_on_commit_callbacks
):
    heard: list[tuple[str, ...]] = []
    monkeypatch.setattr("worklist.services.moving.poke", lambda *topics: heard.append(topics))
    procedure = ScheduledProcedureFactory.create()

    with django_capture_on_commit_callbacks(execute=True):
        services.register_arrival(procedure, by=technician)
        assert heard == []

    assert heard == [("board", f"procedure-{procedure.pk}")]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_press_start_at_once_do_not_both_find_an_empty_table(person):
    people = [person("Technician"), person("Technician")]
    device = DeviceFactory.create()
    steps = ScheduledProcedureFactory.create_batch(2, device=device, status=Status.ARRIVED)
    together = Barrier(2)

    def press(number: int) -> bool:
        try:
            together.wait(10)
            services.start_procedure(steps[number], by=people[number])
        except Refused:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(press, range(2)))

    assert sorted(outcomes) == [False, True]
