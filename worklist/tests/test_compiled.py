"""A compiled query finds what its QuerySet finds, objects and all."""

import pytest

from common.compiled import Compiled
from patients.tests.factories import AlertFactory
from worklist.models import ScheduledProcedure
from worklist.models.asked import ALL_NEEDS
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db


def everything():
    return ScheduledProcedure.objects.with_worklist_details().order_by("pk")


def columns(row) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def told(procedure) -> list[object]:
    """All that was fetched of a procedure."""
    order = procedure.order
    rows = [procedure, order, order.patient, order.procedure_type, procedure.procedure_type]
    rows += [procedure.device, procedure.device.room, *order.patient.alerts.all()]
    return [procedure.held_from, *map(columns, rows), *order.patient.identifiers.all()]


def test_it_finds_the_same_with_as_few_questions(django_assert_num_queries):
    for procedure in ScheduledProcedureFactory.create_batch(3):
        AlertFactory.create(patient=procedure.patient)
    compiled = Compiled(everything())

    with django_assert_num_queries(3):  # and the alerts, and the patients' other numbers
        found = [told(one) for one in compiled.fetch()]

    assert found == [told(one) for one in everything()]
    assert len(found) == 3


@pytest.mark.parametrize("need", ALL_NEEDS)
def test_what_is_not_fetched_can_be_had_later(need):
    ScheduledProcedureFactory.create()

    (row,) = Compiled(ScheduledProcedure.objects.with_worklist_details({need})).fetch()

    (whole,) = everything()
    assert told(row) == told(whole)
    assert row == whole


def test_rows_are_as_they_are_now_and_can_be_saved():
    procedure = ScheduledProcedureFactory.create()
    compiled = Compiled(everything())
    (before,) = compiled.fetch()

    before.comment = "Claustrophobic"
    before.save()

    (after,) = compiled.fetch()
    assert (after.pk, after.comment) == (procedure.pk, "Claustrophobic")


def test_what_two_rows_refer_to_is_one_object():
    first = ScheduledProcedureFactory.create()
    ScheduledProcedureFactory.create(device=first.device)

    one, other = Compiled(everything()).fetch()

    assert one.device is other.device
    assert one.order is not other.order


def test_what_can_match_nothing_asks_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Compiled(everything().filter(pk__in=[])).fetch() == []
