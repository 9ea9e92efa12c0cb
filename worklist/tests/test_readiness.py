"""What is missing is asked about, answered with a reason, and noted; two ends are one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from common.refusals import Refused
from worklist import services
from worklist.models import Discrepancy, PerformedProcedure, ScheduledProcedure
from worklist.readiness import Gap, Unanswered, warns_before_completion
from worklist.tests.factories import (
    QuestionFactory,
    ScheduledProcedureFactory,
)

Status, Done = ScheduledProcedure.Status, PerformedProcedure.Status
Performed, Kind = ScheduledProcedure.Performed, Discrepancy.Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(person):
    return person("Technician")


def state_of(procedure) -> str:
    procedure.refresh_from_db()
    return procedure.status


def test_somebody_who_is_asked_and_says_nothing_is_refused_with_what_is_missing(technician):
    QuestionFactory.create()
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED, screening="OPEN")

    with pytest.raises(Unanswered, match=r"who the patient is.*safety questions.*Say why"):
        services.start_procedure(procedure, by=technician, despite=" ")

    assert state_of(procedure) == Status.ARRIVED
    assert not Discrepancy.objects.exists()


def test_a_reason_to_start_all_the_same_is_what_the_discrepancy_says(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED)

    services.start_procedure(procedure, by=technician, despite="Unconscious, known to the ward")

    noted = procedure.discrepancies.get()
    assert (noted.kind, noted.sentence) == (Kind.NOT_IDENTIFIED, "Unconscious, known to the ward")


def test_with_everything_in_order_nothing_is_asked(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED, arrived_at=timezone.now())
    services.check_identity(procedure, by=technician, compared=["NAME", "BIRTH_DATE"])

    started = services.start_procedure(procedure, by=technician, despite="")

    assert started.status == Status.IN_PROGRESS
    assert not Discrepancy.objects.exists()


def test_completing_without_all_images_needs_a_reason_which_the_move_keeps(technician):
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS, images_expected=4)

    with pytest.raises(Unanswered, match="0 of 4"):
        services.complete_procedure(procedure, by=technician, despite="")
    services.complete_procedure(procedure, by=technician, despite="Burnt on a disc")

    assert procedure.moves.get(to_status=Status.COMPLETED).reason == "Burnt on a disc"


def test_a_higher_app_may_ask_before_completion_too(technician, monkeypatch):
    monkeypatch.setattr("worklist.readiness._further", [])
    warns_before_completion(lambda procedure: Gap("Nobody has written a note.", "note"))
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS, images_expected=0)

    with pytest.raises(Unanswered, match="Nobody has written a note"):
        services.complete_procedure(procedure, by=technician, despite="")


@pytest.mark.django_db(transaction=True)
def test_two_technicians_who_end_it_differently_at_once_end_it_once(person):
    people = [person("Technician"), person("Technician")]
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS)
    together = Barrier(2)

    def end(number: int) -> bool:
        try:
            together.wait(10)
            if number:
                services.complete_procedure(procedure, by=people[0])
            else:
                services.discontinue_procedure(procedure, by=people[1], reason_code="110505")
        except Refused:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(end, range(2)))

    assert sorted(outcomes) == [False, True]
    assert procedure.moves.count() == 1
