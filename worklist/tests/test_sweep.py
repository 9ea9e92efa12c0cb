"""What was left open: the night proposes, people decide, and nothing is proposed twice."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from staff.places import PLACES, count_for
from worklist import services
from worklist.models import Discrepancy, Proposal, ScheduledProcedure
from worklist.periodic import propose_outcomes
from worklist.tests.factories import OrderFactory, ProcedureTypeFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status
Outcome = Proposal.Outcome
PAGE = reverse("worklist:open_steps")
YESTERDAY = timezone.localtime().replace(hour=10, minute=0) - dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheduler(person):
    return person("Scheduler")


def left_open(status: str = Status.SCHEDULED, **facts) -> ScheduledProcedure:
    """A step of two days ago that nobody ended."""
    began = YESTERDAY - dt.timedelta(days=1)
    kind = ProcedureTypeFactory.create(expected_images=facts.pop("expected", 0))
    times = {"arrived_at": began} if status != Status.SCHEDULED else {}
    if status in {Status.IN_PROGRESS, Status.ACQUIRED}:
        times["started_at"] = began
    return ScheduledProcedureFactory.create(
        status=status,
        scheduled_start=began,
        order=OrderFactory.create(procedure_type=kind),
        **times | facts,
    )


def proposed(step: ScheduledProcedure) -> Proposal:
    propose_outcomes()
    return Proposal.objects.undecided().get(procedure=step)


@pytest.mark.parametrize(
    ("status", "facts", "outcome"),
    [
        (Status.SCHEDULED, {}, Outcome.NO_SHOW),
        (Status.ARRIVED, {}, Outcome.CANCEL),
        (Status.READY, {}, Outcome.CANCEL),
        (Status.ON_HOLD, {}, Outcome.CANCEL),
        (Status.IN_PROGRESS, {"images_received": 4, "expected": 4}, Outcome.COMPLETE),
        (Status.IN_PROGRESS, {}, Outcome.DISCONTINUE),
        (Status.ACQUIRED, {}, Outcome.COMPLETE),
    ],
)
def test_every_open_state_has_its_proposal(status, facts, outcome):
    proposal = proposed(left_open(status, **facts))

    assert proposal.outcome == outcome
    assert proposal.because


def test_missing_images_are_said_in_the_proposal():
    step = left_open(Status.IN_PROGRESS, images_received=2, expected=4)

    assert "2 of 4" in proposed(step).because


def test_what_belongs_to_today_or_is_over_is_left_alone():
    ScheduledProcedureFactory.create()
    left_open(Status.COMPLETED)

    assert propose_outcomes() == 0


def test_an_emergency_that_runs_over_midnight_was_not_forgotten():
    left_open(Status.IN_PROGRESS, started_at=timezone.now() - dt.timedelta(hours=1))

    assert propose_outcomes() == 0


def test_images_that_still_come_are_waited_for():
    left_open(Status.ACQUIRED, last_image_at=timezone.now(), images_received=1)

    assert propose_outcomes() == 0


def test_the_sweep_may_run_any_number_of_times():
    left_open()

    assert (propose_outcomes(), propose_outcomes()) == (1, 0)
    assert Proposal.objects.count() == 1


def test_a_step_that_ended_otherwise_overtakes_its_proposal(scheduler):
    step = left_open()
    proposal = proposed(step)
    services.mark_no_show(step, by=scheduler)

    propose_outcomes()

    proposal.refresh_from_db()
    assert proposal.decision == Proposal.Decision.OVERTAKEN


def test_a_step_that_moved_on_gets_another_proposal():
    step = left_open()
    first = proposed(step)
    ScheduledProcedure.objects.filter(pk=step.pk).update(
        status=Status.ARRIVED, arrived_at=step.scheduled_start
    )

    assert proposed(step).outcome == Outcome.CANCEL
    first.refresh_from_db()
    assert first.decision == Proposal.Decision.OVERTAKEN


@pytest.mark.parametrize(
    ("status", "facts", "ended"),
    [
        (Status.SCHEDULED, {}, Status.NO_SHOW),
        (Status.ARRIVED, {}, Status.CANCELLED),
        (Status.IN_PROGRESS, {}, Status.DISCONTINUED),
        (Status.ACQUIRED, {"images_received": 1}, Status.COMPLETED),
    ],
)
def test_accepting_does_what_was_proposed(scheduler, status, facts, ended):
    proposal = proposed(left_open(status, **facts))

    step = services.accept_proposal(proposal, by=scheduler)

    assert step.status == ended
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.decided_by) == (Proposal.Decision.ACCEPTED, scheduler)
    assert Entry.objects.get(verb="proposal.accepted").actor == scheduler


def test_a_completed_step_ended_with_its_last_image_not_with_the_tidying(scheduler):
    last = timezone.now() - dt.timedelta(days=1)
    step = left_open(Status.ACQUIRED, images_received=1, last_image_at=last)

    assert services.accept_proposal(proposed(step), by=scheduler).ended_at == last


def test_accepting_can_name_a_reason(scheduler):
    proposal = proposed(left_open(Status.ARRIVED))

    step = services.accept_proposal(proposal, by=scheduler, reason_code="110505")

    assert (step.reason_code, step.reason) == ("110505", "Patient refused")


def test_declining_leaves_the_step_and_is_remembered(scheduler):
    step = left_open()
    services.decline_proposal(proposed(step), by=scheduler)

    assert propose_outcomes() == 0
    step.refresh_from_db()
    assert step.status == Status.SCHEDULED
    assert Entry.objects.get(verb="proposal.declined").actor == scheduler


def test_a_decision_is_made_once(scheduler):
    proposal = proposed(left_open())
    services.decline_proposal(proposal, by=scheduler)

    with pytest.raises(Refused, match="decided already"):
        services.accept_proposal(proposal, by=scheduler)


def test_what_has_moved_on_meanwhile_is_refused_and_stays_undecided(scheduler):
    step = left_open()
    proposal = proposed(step)
    services.cancel_procedure(step, by=scheduler, reason_code="110510")

    with pytest.raises(Refused):
        services.accept_proposal(proposal, by=scheduler)

    proposal.refresh_from_db()
    assert proposal.decided_at is None


def test_a_discrepancy_is_settled_with_a_word_once(scheduler):
    noted = Discrepancy.objects.create(procedure=left_open(), kind="NOT_ARRIVED")

    with pytest.raises(Refused, match="few words"):
        services.settle_discrepancy(noted, by=scheduler, how=" ")
    settled = services.settle_discrepancy(noted, by=scheduler, how="Was here, desk forgot")

    assert (settled.settled_by, settled.settled_how) == (scheduler, "Was here, desk forgot")
    assert Entry.objects.get(verb="discrepancy.settled").details["kind"] == "NOT_ARRIVED"
    with pytest.raises(Refused, match="settled this already"):
        services.settle_discrepancy(noted, by=scheduler, how="Again")


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_several_are_decided_at_once_and_what_was_refused_is_said(client, scheduler):
    good, gone = left_open(), left_open()
    propose_outcomes()
    services.cancel_procedure(gone, by=scheduler, reason_code="110510")
    client.force_login(scheduler)
    keys = [one.pk for one in Proposal.objects.all()]

    page = client.post(
        reverse("worklist:decide"), {"proposal": [*keys, "x"], "decision": "accept"}, follow=True
    ).content.decode()

    good.refresh_from_db()
    assert good.status == Status.NO_SHOW
    assert "1 step was decided" in page
    assert gone.step_id in page


def test_several_are_declined_at_once(client, scheduler):
    for _ in range(2):
        left_open()
    propose_outcomes()
    client.force_login(scheduler)

    client.post(
        reverse("worklist:decide"),
        {"proposal": [one.pk for one in Proposal.objects.all()], "decision": "decline"},
    )

    assert not Proposal.objects.undecided().exists()


def test_deciding_nothing_says_so(client, scheduler):
    client.force_login(scheduler)

    page = client.post(reverse("worklist:decide"), {}, follow=True).content.decode()

    assert "Choose the steps" in page


def test_a_discrepancy_is_settled_on_the_page_and_an_empty_word_is_asked_again(client, scheduler):
    noted = Discrepancy.objects.create(procedure=left_open(), kind="NOT_SCREENED")
    client.force_login(scheduler)
    address = reverse("worklist:settle", args=[noted.pk])

    assert client.post(address, {"how": ""}).status_code == 422
    client.post(address, {"how": "Screened on paper"})

    noted.refresh_from_db()
    assert noted.settled_how == "Screened on paper"


def test_an_empty_page_says_why(client, scheduler):
    client.force_login(scheduler)

    page = client.get(PAGE).content.decode()

    assert "Nothing was left open" in page
    assert "Nothing to look at" in page


def test_the_rail_counts_what_waits(scheduler, person):
    proposed(left_open())
    Discrepancy.objects.create(procedure=left_open(), kind="NOT_SCREENED")

    count = count_for(scheduler, PLACES["open-steps"])
    assert count is not None
    assert count.number == 2
    assert count_for(person("Radiologist"), PLACES["open-steps"]) is None


def test_the_page_asks_as_much_for_twelve_as_for_two(
    client, scheduler, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(scheduler)

    def fill(number: int) -> None:
        for _ in range(number):
            Discrepancy.objects.create(procedure=left_open(), kind="NOT_SCREENED")
        propose_outcomes()

    fill(2)
    client.get(PAGE)
    with django_assert_max_num_queries(20) as few:
        client.get(PAGE)
    fill(10)

    with django_assert_num_queries(len(few)):
        client.get(PAGE)


@pytest.mark.parametrize("role", ["Radiologist", "Engineer", "Referrer"])
def test_the_page_is_closed_to_others(client, person, role):
    client.force_login(person(role))

    assert client.get(PAGE).status_code == 403
    assert client.post(reverse("worklist:decide")).status_code == 403
