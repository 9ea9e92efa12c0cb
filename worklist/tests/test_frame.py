"""What the rail says of the worklist."""

import pytest

from worklist.frame import people_waiting
from worklist.models import ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db
Status = ScheduledProcedure.Status


def test_the_rail_counts_who_has_come_and_waits(person):
    for status in (Status.ARRIVED, Status.READY, Status.SCHEDULED, Status.IN_PROGRESS):
        ScheduledProcedureFactory.create(status=status)

    counts = [people_waiting(person("Technician")), people_waiting(person())]

    assert [count and count.number for count in counts] == [2, 0]
