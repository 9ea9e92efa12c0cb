"""Performed steps and the rules (a) to (g) of a scheduled procedure's life (field 5.1)."""

import datetime as dt

import pytest
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from equipment.tests.factories import DeviceFactory
from worklist import services
from worklist.models import Discrepancy, Move, PerformedProcedure, ScheduledProcedure
from worklist.services import Report
from worklist.tests.asking import query, steps
from worklist.tests.factories import (
    OrderFactory,
    ProcedureTypeFactory,
    ScheduledProcedureFactory,
)

Status, Done = ScheduledProcedure.Status, PerformedProcedure.Status
Performed, Kind = ScheduledProcedure.Performed, Discrepancy.Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(person):
    return person("Technician")


def kinds_of(procedure) -> set[str]:
    return set(procedure.discrepancies.unsettled().values_list("kind", flat=True))


def begun(procedure, uid="1.2.3") -> PerformedProcedure:
    return services.begin_performed([procedure], Report(uid, "CT01"))


def ended(step, status=Done.COMPLETED, code="") -> PerformedProcedure:
    return services.end_performed(step, status, Report(step.uid, "CT01"), reason_code=code)


def state_of(procedure) -> str:
    procedure.refresh_from_db()
    return procedure.status


# ── (a) the modality may know first ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("before", [Status.SCHEDULED, Status.ARRIVED, Status.READY, Status.ON_HOLD])
def test_a_machines_start_is_believed_in_every_state_before_the_start(before):
    procedure = ScheduledProcedureFactory.create(status=before)

    step = begun(procedure)

    assert state_of(procedure) == Status.IN_PROGRESS
    assert procedure.performed == Performed.IN_PROGRESS
    assert (step.source, step.status) == (PerformedProcedure.Source.MPPS, Done.IN_PROGRESS)
    assert Entry.objects.get(verb="procedure.started").actor_label == "CT01"


MISSING = [
    ({}, {Kind.NOT_ARRIVED, Kind.NOT_IDENTIFIED}),
    ({"status": Status.ARRIVED, "arrived_at": timezone.now()}, {Kind.NOT_IDENTIFIED}),
    ({"screening": "OPEN"}, {Kind.NOT_ARRIVED, Kind.NOT_IDENTIFIED, Kind.NOT_SCREENED}),
    ({"screening": "FLAGGED"}, {Kind.NOT_ARRIVED, Kind.NOT_IDENTIFIED, Kind.NOT_SCREENED}),
    ({"screening": "OVERRIDDEN"}, {Kind.NOT_ARRIVED, Kind.NOT_IDENTIFIED}),
]


@pytest.mark.parametrize(("facts", "noted"), MISSING)
def test_what_was_missing_at_a_machines_start_is_noted_and_never_refused(facts, noted):
    procedure = ScheduledProcedureFactory.create(**facts)

    begun(procedure)

    assert kinds_of(procedure) == noted
    assert Entry.objects.filter(verb="discrepancy.noted", actor=None).count() == len(noted)


def test_an_unconfirmed_side_is_noted_too():
    kind = ProcedureTypeFactory.create(needs_side=True)
    procedure = ScheduledProcedureFactory.create(order__procedure_type=kind, side="L")

    begun(procedure)

    assert Kind.SIDE_NOT_CHECKED in kinds_of(procedure)


def test_images_of_what_nobody_started_are_its_performed_step(technician):
    procedure = ScheduledProcedureFactory.create()

    services.note_images(procedure.pk, received=1, at=timezone.now())

    assert procedure.performed_steps.get().source == PerformedProcedure.Source.IMAGES
    assert Kind.NOT_ARRIVED in kinds_of(procedure)


def test_what_a_person_began_is_not_begun_again_by_the_modality(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    services.start_procedure(procedure, by=technician)

    step = begun(procedure, "1.9")

    assert procedure.performed_steps.get() == step
    assert (step.uid, step.source) == ("1.9", PerformedProcedure.Source.MPPS)
    assert step.started_by == technician


def test_a_report_that_comes_twice_is_one_step():
    procedure = ScheduledProcedureFactory.create()

    assert begun(procedure) == begun(procedure)
    assert PerformedProcedure.objects.count() == 1


def test_one_performed_step_may_do_two_scheduled_ones():
    order = OrderFactory.create()
    steps = ScheduledProcedureFactory.create_batch(2, order=order, status=Status.READY)

    performed = services.begin_performed(steps, Report("1.2", "CT01"))
    ended(performed)

    assert [state_of(step) for step in steps] == [Status.ACQUIRED] * 2


def test_a_performed_step_of_nothing_is_refused():
    with pytest.raises(Refused, match="at least one"):
        services.begin_performed([], Report("1.2"))


# ── (b) what is over stays over ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("over", [Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW])
def test_a_report_after_the_end_reopens_nothing_and_is_noted(over):
    procedure = ScheduledProcedureFactory.create(status=over)

    begun(procedure)

    assert state_of(procedure) == over
    assert kinds_of(procedure) == {Kind.LATE_REPORT}


def test_an_end_that_is_reported_after_the_procedure_was_completed_is_noted(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    step = begun(procedure)
    services.complete_procedure(procedure, by=technician)

    ended(step, Done.DISCONTINUED, "110501")

    step.refresh_from_db()
    assert (state_of(procedure), step.status) == (Status.COMPLETED, Done.COMPLETED)
    assert Kind.LATE_REPORT in kinds_of(procedure)


def test_the_same_end_told_twice_is_no_discrepancy():
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED, arrived_at=timezone.now())
    step = begun(procedure)
    ended(step)
    ended(step)

    assert kinds_of(procedure) == {Kind.NOT_IDENTIFIED}


@pytest.mark.parametrize("over", [Status.COMPLETED, Status.DISCONTINUED, Status.CANCELLED])
def test_images_after_the_end_are_noted_once_however_many_come(over):
    procedure = ScheduledProcedureFactory.create(status=over)

    for received in (1, 2, 3):
        services.note_images(procedure.pk, received=received, at=timezone.now())

    assert state_of(procedure) == over
    assert procedure.discrepancies.get().kind == Kind.LATE_IMAGES


# ── (c), (d) several performed steps ─────────────────────────────────────────────────────────────

# What the steps say, first to last, and what the procedure is then.
SEVERAL = [
    ([Done.COMPLETED], Status.ACQUIRED, Performed.COMPLETED),
    ([Done.DISCONTINUED], Status.DISCONTINUED, Performed.DISCONTINUED),
    ([Done.COMPLETED, Done.DISCONTINUED], Status.ACQUIRED, Performed.COMPLETED),
    ([Done.DISCONTINUED, Done.COMPLETED], Status.ACQUIRED, Performed.COMPLETED),
    ([Done.DISCONTINUED, Done.DISCONTINUED], Status.DISCONTINUED, Performed.DISCONTINUED),
    ([Done.COMPLETED, None], Status.IN_PROGRESS, Performed.IN_PROGRESS),
    ([Done.DISCONTINUED, None], Status.IN_PROGRESS, Performed.IN_PROGRESS),
    ([None, Done.COMPLETED], Status.IN_PROGRESS, Performed.IN_PROGRESS),
]


@pytest.mark.parametrize(("ends", "state", "performed"), SEVERAL)
def test_the_latest_step_that_was_not_discontinued_decides(ends, state, performed):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)

    for number, end in enumerate(ends):
        step = begun(procedure, f"1.{number}")
        if end is not None:
            ended(step, end, "110501" if end == Done.DISCONTINUED else "")

    assert (state_of(procedure), procedure.performed) == (state, performed)


def test_the_modality_goes_on_after_it_discontinued():
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    ended(begun(procedure, "1.1"), Done.DISCONTINUED, "110501")

    begun(procedure, "1.2")

    assert state_of(procedure) == Status.IN_PROGRESS
    assert (procedure.reason_code, procedure.ended_at) == ("", None)
    assert [s.status for s in procedure.performed_steps.all()] == ["DISCONTINUED", "IN_PROGRESS"]


@pytest.mark.parametrize("code", ["", "123456"])
def test_a_modality_may_leave_out_why_or_say_it_in_its_own_code(code):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)

    step = ended(begun(procedure), Done.DISCONTINUED, code)

    assert state_of(procedure) == Status.DISCONTINUED
    assert (procedure.reason_code, step.reason_code) == ("110513", code)
    assert procedure.reason == "The modality gave no reason."


def test_people_begin_again_what_was_discontinued_with_another_step(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    services.start_procedure(procedure, by=technician)
    services.discontinue_procedure(procedure, by=technician, reason_code="110501")

    again = services.begin_again(procedure, by=technician)

    assert again.status == Status.IN_PROGRESS
    assert [s.status for s in again.performed_steps.all()] == ["DISCONTINUED", "IN_PROGRESS"]
    assert Entry.objects.get(verb="procedure.begun_again").actor == technician


@pytest.mark.parametrize(
    "status", [s for s in Status if s not in {Status.DISCONTINUED, Status.ACQUIRED}]
)
def test_nothing_else_is_begun_again(technician, status):
    procedure = ScheduledProcedureFactory.create(status=status)

    with pytest.raises(Refused):
        services.begin_again(procedure, by=technician)

    assert state_of(procedure) == status
    assert not PerformedProcedure.objects.exists()


def test_nobody_begins_again_while_somebody_else_is_on_the_table(technician):
    device = DeviceFactory.create()
    ScheduledProcedureFactory.create(device=device, status=Status.IN_PROGRESS)
    procedure = ScheduledProcedureFactory.create(device=device, status=Status.DISCONTINUED)

    with pytest.raises(Refused, match="already has a patient"):
        services.begin_again(procedure, by=technician)


# ── (f) every move is stored ─────────────────────────────────────────────────────────────────────


def test_every_move_says_from_to_who_when_and_why(technician):
    procedure = ScheduledProcedureFactory.create()
    moment = timezone.now() - dt.timedelta(minutes=3)

    services.register_arrival(procedure, by=technician)
    services.start_procedure(procedure, by=None, source="MPPS CT01", at=moment)
    services.end_acquisition(procedure, by=technician)
    services.discontinue_procedure(procedure, by=technician, reason_code="110505")

    moves = list(Move.objects.filter(procedure=procedure))
    assert [(move.from_status, move.to_status) for move in moves] == [
        ("SCHEDULED", "ARRIVED"),
        ("ARRIVED", "IN_PROGRESS"),
        ("IN_PROGRESS", "ACQUIRED"),
        ("ACQUIRED", "DISCONTINUED"),
    ]
    assert (moves[1].by, moves[1].source, moves[1].at) == (None, "MPPS CT01", moment)
    assert (moves[3].by, moves[3].reason) == (technician, "Patient refused")


# ── (g) the modality's list ──────────────────────────────────────────────────────────────────────


def test_a_procedure_that_was_put_back_is_on_the_modalitys_list_again(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    assert steps(query()) == [procedure.step_id]
    services.start_procedure(procedure, by=technician)
    assert steps(query()) == []

    services.report_wrong_entry(procedure, by=technician)

    assert steps(query()) == [procedure.step_id]


# ── the end of a step ────────────────────────────────────────────────────────────────────────────


def test_ending_the_acquisition_ends_the_step_and_leaves_the_procedure_to_be_looked_at(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    services.start_procedure(procedure, by=technician)

    acquired = services.end_acquisition(procedure, by=technician)

    assert (acquired.status, acquired.performed) == (Status.ACQUIRED, Performed.COMPLETED)
    assert acquired.performed_steps.get().status == Done.COMPLETED
    assert Entry.objects.get(verb="procedure.acquired").actor == technician


@pytest.mark.parametrize("status", [s for s in Status if s != Status.IN_PROGRESS])
def test_only_what_is_under_way_is_acquired(technician, status):
    procedure = ScheduledProcedureFactory.create(status=status)

    with pytest.raises(Refused):
        services.end_acquisition(procedure, by=technician)


@pytest.mark.parametrize(
    ("verb", "facts", "end", "fact"),
    [
        (services.complete_procedure, {}, Done.COMPLETED, Performed.COMPLETED),
        (
            services.discontinue_procedure,
            {"reason_code": "110505"},
            Done.DISCONTINUED,
            Performed.DISCONTINUED,
        ),
    ],
)
def test_people_end_the_step_with_the_procedure(technician, verb, facts, end, fact):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    services.start_procedure(procedure, by=technician)

    done = verb(procedure, by=technician, **facts)

    assert (done.performed_steps.get().status, done.performed) == (end, fact)
    assert done.performed_steps.get().ended_at == done.ended_at


def test_a_step_never_ends_before_it_began():
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    step = begun(procedure)
    early = step.started_at - dt.timedelta(hours=1)  # a console whose clock is an hour behind

    services.end_performed(step, Done.COMPLETED, Report(step.uid, "CT01", early))

    step.refresh_from_db()
    assert step.ended_at == step.started_at
