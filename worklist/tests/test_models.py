"""The life of a scheduled procedure, its constraints and its questions."""

import datetime as dt
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from patients.tests.factories import PatientFactory
from worklist.models import Order, ScheduledProcedure
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status

LEGAL = {
    (Status.SCHEDULED, Status.ARRIVED),
    (Status.SCHEDULED, Status.ON_HOLD),
    (Status.SCHEDULED, Status.IN_PROGRESS),
    (Status.SCHEDULED, Status.CANCELLED),
    (Status.SCHEDULED, Status.NO_SHOW),
    (Status.ARRIVED, Status.READY),
    (Status.ARRIVED, Status.ON_HOLD),
    (Status.ARRIVED, Status.IN_PROGRESS),
    (Status.ARRIVED, Status.CANCELLED),
    (Status.READY, Status.ON_HOLD),
    (Status.READY, Status.IN_PROGRESS),
    (Status.READY, Status.CANCELLED),
    (Status.ON_HOLD, Status.SCHEDULED),
    (Status.ON_HOLD, Status.ARRIVED),
    (Status.ON_HOLD, Status.READY),
    (Status.ON_HOLD, Status.IN_PROGRESS),
    (Status.ON_HOLD, Status.CANCELLED),
    (Status.IN_PROGRESS, Status.ACQUIRED),
    (Status.IN_PROGRESS, Status.COMPLETED),
    (Status.IN_PROGRESS, Status.DISCONTINUED),
    (Status.ACQUIRED, Status.IN_PROGRESS),
    (Status.ACQUIRED, Status.COMPLETED),
    (Status.ACQUIRED, Status.DISCONTINUED),
    (Status.IN_PROGRESS, Status.SCHEDULED),
    (Status.IN_PROGRESS, Status.ARRIVED),
    (Status.IN_PROGRESS, Status.READY),
    (Status.ACQUIRED, Status.SCHEDULED),
    (Status.ACQUIRED, Status.ARRIVED),
    (Status.ACQUIRED, Status.READY),
    (Status.DISCONTINUED, Status.IN_PROGRESS),
}


@pytest.mark.parametrize(("current", "wanted"), list(product(Status, Status)))
def test_only_the_known_moves_are_legal(current, wanted):
    assert ScheduledProcedure(status=current).can_move_to(wanted) is ((current, wanted) in LEGAL)


LEGAL_FOR_ORDERS = {
    (Order.Status.PLACED, Order.Status.SCHEDULED),
    (Order.Status.PLACED, Order.Status.CANCELLED),
    (Order.Status.SCHEDULED, Order.Status.FULFILLED),
    (Order.Status.SCHEDULED, Order.Status.CANCELLED),
}


@pytest.mark.parametrize(("current", "wanted"), list(product(Order.Status, Order.Status)))
def test_only_the_known_moves_of_an_order_are_legal(current, wanted):
    assert Order(status=current).can_move_to(wanted) is ((current, wanted) in LEGAL_FOR_ORDERS)


@pytest.mark.django_db
def test_a_procedure_cannot_end_before_it_starts():
    procedure = ScheduledProcedureFactory.create(status=Status.COMPLETED)
    procedure.started_at = timezone.now()
    procedure.ended_at = procedure.started_at - dt.timedelta(minutes=1)

    with pytest.raises(ValidationError, match="cannot end before it starts"):
        procedure.full_clean()


@pytest.mark.django_db
def test_a_discontinued_procedure_without_a_reason_is_nonsense():
    procedure = ScheduledProcedureFactory.create(status=Status.DISCONTINUED)
    procedure.reason_code = ""

    with pytest.raises(ValidationError, match="Say why"):
        procedure.full_clean()


@pytest.mark.django_db
def test_the_most_urgent_comes_first_then_the_table_then_the_longest_wait():
    now = timezone.now()

    def made(priority: str, **facts: object) -> int:
        order = OrderFactory.create(priority=priority)
        return ScheduledProcedureFactory.create(order=order, **facts).pk

    later = made("ROUTINE", scheduled_start=now + dt.timedelta(hours=2))
    soon = made("ROUTINE", scheduled_start=now)
    short_wait = made("ROUTINE", status="ARRIVED", arrived_at=now - dt.timedelta(minutes=5))
    long_wait = made("ROUTINE", status="ARRIVED", arrived_at=now - dt.timedelta(minutes=50))
    on_the_table = made("ROUTINE", status="IN_PROGRESS")
    urgent = made("HIGH", scheduled_start=now + dt.timedelta(hours=5))
    stat_done = made("STAT", status="COMPLETED")
    stat = made("STAT", scheduled_start=now + dt.timedelta(hours=6))

    order = list(ScheduledProcedure.objects.most_urgent_first().values_list("pk", flat=True))

    assert order == [stat, urgent, on_the_table, long_wait, short_wait, soon, later, stat_done]


@pytest.mark.django_db
def test_whoever_is_still_here_from_yesterday_stays_on_todays_board():
    yesterday = timezone.now() - dt.timedelta(days=1)
    still_here = ScheduledProcedureFactory.create(status="ARRIVED", scheduled_start=yesterday)
    never_came = ScheduledProcedureFactory.create(status="SCHEDULED", scheduled_start=yesterday)
    today = ScheduledProcedureFactory.create()

    board = set(ScheduledProcedure.objects.on_board(timezone.localdate()))

    assert still_here in board
    assert today in board
    assert never_came not in board


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", ["mueller", "MÜLLER jurgen", "MRN77", "T9", "abdomen", "jürgen abdomen", "山田"]
)
def test_a_procedure_is_found_by_any_word_about_it(words):
    patient = PatientFactory.create(
        name_alphabetic="Müller-Mueller^Jürgen", name_ideographic="山田^太郎", patient_id="MRN77"
    )
    order = OrderFactory.create(patient=patient, accession_number="T9000")
    wanted = ScheduledProcedureFactory.create(order=order)
    knee = OrderFactory.create(accession_number="X1", procedure_type__meaning="Knee")
    ScheduledProcedureFactory.create(order=knee)

    found = ScheduledProcedure.objects.about(words)

    assert list(found) == [wanted]
