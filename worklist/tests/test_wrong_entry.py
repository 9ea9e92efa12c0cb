"""The wrong worklist entry (field 5.1 (e)): put back, and left for people to sort out."""

import pytest
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from equipment.models import Reservation
from worklist import services
from worklist.models import Discrepancy, PerformedProcedure, ScheduledProcedure
from worklist.services import Report
from worklist.tests.factories import (
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


@pytest.mark.parametrize("before", [Status.SCHEDULED, Status.ARRIVED, Status.READY])
@pytest.mark.parametrize("is_acquired", [False, True])
def test_the_wrong_entry_goes_back_to_where_it_was(technician, before, is_acquired):
    procedure = ScheduledProcedureFactory.create(status=before)
    services.start_procedure(procedure, by=technician)
    if is_acquired:
        services.end_acquisition(procedure, by=technician)

    back = services.report_wrong_entry(procedure, by=technician)

    step = back.performed_steps.get()
    assert (back.status, back.started_at, back.performed_by) == (before, None, None)
    assert Kind.WRONG_ENTRY in kinds_of(back)
    if not is_acquired:
        assert (step.status, step.reason_code) == (Done.DISCONTINUED, "110514")
    assert Entry.objects.get(verb="procedure.put_back").actor == technician


def test_what_was_held_before_a_machine_began_it_goes_back_to_before_the_hold(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED)
    services.hold_procedure(procedure, by=technician, reason="Transport")
    begun(procedure)

    assert services.report_wrong_entry(procedure, by=technician).status == Status.ARRIVED


def test_the_modality_may_say_that_the_entry_was_wrong():
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    step = begun(procedure)

    ended(step, Done.DISCONTINUED, "110514")

    assert state_of(procedure) == Status.READY
    assert procedure.performed == Performed.DISCONTINUED
    assert Kind.WRONG_ENTRY in kinds_of(procedure)


def test_discontinuing_for_the_wrong_entry_is_the_same(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    services.start_procedure(procedure, by=technician)

    back = services.discontinue_procedure(procedure, by=technician, reason_code="110514")

    assert back.status == Status.READY


@pytest.mark.parametrize(
    "status", [s for s in Status if s not in {Status.IN_PROGRESS, Status.ACQUIRED}]
)
def test_only_what_is_under_way_can_be_the_wrong_entry(technician, status):
    procedure = ScheduledProcedureFactory.create(status=status)

    with pytest.raises(Refused):
        services.report_wrong_entry(procedure, by=technician)

    assert state_of(procedure) == status


@pytest.mark.parametrize("is_taken", [False, True])
def test_its_time_is_promised_again_unless_somebody_has_it(technician, is_taken):
    procedure = ScheduledProcedureFactory.create(status=Status.DISCONTINUED)
    services.begin_again(procedure, by=technician)
    period = (procedure.scheduled_start, procedure.scheduled_end)
    if is_taken:
        Reservation.objects.create(device=procedure.device, period=period)

    back = services.report_wrong_entry(procedure, by=technician)

    assert (back.reservation is None) == is_taken
    assert back.is_squeezed_in == is_taken


def test_further_images_of_a_wrong_entry_do_not_start_it_again(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    services.start_procedure(procedure, by=technician)
    services.note_images(procedure.pk, received=3, at=timezone.now())
    services.report_wrong_entry(procedure, by=technician)

    services.note_images(procedure.pk, received=4, at=timezone.now())

    assert (state_of(procedure), procedure.images_received) == (Status.READY, 4)
