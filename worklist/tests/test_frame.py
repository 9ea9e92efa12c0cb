"""What the rail says of the worklist."""

import pytest

from worklist.frame import open_steps, people_waiting
from worklist.models import Discrepancy, Proposal, ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory
from worklist.tests.test_performed_pages import reported

pytestmark = pytest.mark.django_db
Status = ScheduledProcedure.Status


def test_the_rail_counts_who_has_come_and_waits(person):
    for status in (Status.ARRIVED, Status.READY, Status.SCHEDULED, Status.IN_PROGRESS):
        ScheduledProcedureFactory.create(status=status)

    counts = [people_waiting(person("Technician")), people_waiting(person())]

    assert [count and count.number for count in counts] == [2, 0]


def test_the_rail_counts_what_waits_for_a_decision_in_one_question(
    person, django_assert_num_queries
):
    technician, engineer = person("Technician"), person("Engineer")
    procedure = ScheduledProcedureFactory.create()
    reported()
    Discrepancy.objects.create(procedure=procedure, kind=Discrepancy.Kind.values[0])
    Proposal.objects.create(procedure=procedure, outcome=Proposal.Outcome.values[0])
    assert technician.has_perm("worklist.settle_discrepancy")

    with django_assert_num_queries(1):
        count = open_steps(technician)

    assert count is not None
    assert (count.number, count.words) == (3, "3 to look at")
    assert open_steps(engineer) is None
