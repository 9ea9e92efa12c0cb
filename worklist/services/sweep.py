"""What was left open: the night proposes, a person decides."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from audit.services import record
from common.live import poke
from common.refusals import Refused
from worklist.free_times import end_of_day
from worklist.models import Discrepancy, Proposal, ScheduledProcedure
from worklist.reasons import UNSPECIFIED
from worklist.services.images import QUIET
from worklist.services.procedures import complete_procedure, discontinue_procedure
from worklist.services.waiting import cancel_procedure, mark_no_show

if TYPE_CHECKING:
    from staff.models import User

Status = ScheduledProcedure.Status
Outcome = Proposal.Outcome
Decision = Proposal.Decision

STILL_BUSY = dt.timedelta(hours=6)
"""Emergencies run over midnight: whoever was seen so lately is not a step that was forgotten."""


def outcome_of(step: ScheduledProcedure) -> tuple[str, str]:
    """What probably became of an open step, and what makes one think so."""
    if step.status == Status.SCHEDULED:
        return Outcome.NO_SHOW, _("Nobody arrived on that day.")
    if step.status in {Status.ARRIVED, Status.READY, Status.ON_HOLD}:
        return Outcome.CANCEL, _("Arrived, and was never begun.")
    if step.status == Status.ACQUIRED:
        return Outcome.COMPLETE, _("Acquired, and nobody ended it.")
    if step.images_received:
        return Outcome.COMPLETE, _("Begun, and %(images)s images are here. Nobody ended it.") % {
            "images": step.images_words
        }
    return Outcome.DISCONTINUE, _("Begun, and no image ever came.")


def is_forgotten(step: ScheduledProcedure, now: dt.datetime) -> bool:
    """Has nothing happened to it for a while?"""
    seen = [step.arrived_at, step.started_at]
    if step.last_image_at and now - step.last_image_at < QUIET:
        return False
    return all(moment is None or now - moment >= STILL_BUSY for moment in seen)


def propose_outcomes() -> int:
    """Propose an end for every step of days past that is still open; how many are new.

    It may run any number of times: a step has one proposal at a time, and one that no longer fits
    is overtaken.
    """
    now = timezone.now()
    today = end_of_day(now) - dt.timedelta(days=1)
    overtake_settled()
    open_steps = ScheduledProcedure.objects.left_open_before(today).select_related("procedure_type")
    made = 0
    with in_language(settings.LANGUAGE_CODE):
        for step in open_steps.in_time_order().iterator(chunk_size=500):
            if is_forgotten(step, now):
                made += _propose(step)
    if made:
        poke("open-steps")
    return made


@transaction.atomic
def _propose(step: ScheduledProcedure) -> bool:
    outcome, because = outcome_of(step)
    standing = Proposal.objects.undecided().of_procedure(step.pk).select_for_update().first()
    if standing is not None and standing.outcome == outcome:
        return False
    if standing is not None:
        _decide(standing, Decision.OVERTAKEN, None)
    if Proposal.objects.of_procedure(step.pk).declined_as(outcome).exists():
        return False  # somebody has said no to this very thing
    Proposal.objects.create(procedure=step, outcome=outcome, because=because)
    return True


def overtake_settled() -> None:
    """Proposals for steps that have ended some other way are done with."""
    Proposal.objects.undecided().of_ended_procedures().update(
        decision=Decision.OVERTAKEN, decided_at=timezone.now()
    )


def _decide(proposal: Proposal, decision: str, by: "User | None") -> None:
    proposal.decision, proposal.decided_at, proposal.decided_by = decision, timezone.now(), by
    proposal.save(update_fields=["decision", "decided_at", "decided_by"])
    transaction.on_commit(partial(poke, "open-steps"))


def locked_proposal(proposal: Proposal) -> Proposal:
    """The proposal as it stands now. Raises Refused when it was decided already."""
    proposal = Proposal.objects.select_for_update(of=("self",)).with_details().get(pk=proposal.pk)
    if proposal.decided_at is not None:
        raise Refused(_("This was decided already: %s.") % proposal.get_decision_display())
    return proposal


@transaction.atomic
def accept_proposal(
    proposal: Proposal, *, by: "User", reason_code: str = "", reason: str = ""
) -> ScheduledProcedure:
    """Do what the night proposed. Refused when the step has moved on since."""
    proposal = locked_proposal(proposal)
    _decide(proposal, Decision.ACCEPTED, by)  # first, or the end would count as another way
    record("proposal.accepted", proposal, by=by, patient=proposal.procedure.patient)
    words = reason.strip() or ("" if reason_code else proposal.because)
    why = Why(reason_code or UNSPECIFIED, words)
    return ENDINGS[proposal.outcome](proposal.procedure, by, why)


@transaction.atomic
def decline_proposal(proposal: Proposal, *, by: "User") -> Proposal:
    """Leave the step as it is; the same is not proposed again."""
    proposal = locked_proposal(proposal)
    _decide(proposal, Decision.DECLINED, by)
    record("proposal.declined", proposal, by=by, patient=proposal.procedure.patient)
    return proposal


class Why(NamedTuple):
    """A reason from CID 9301, and words."""

    reason_code: str
    reason: str


def _complete(step: ScheduledProcedure, by: "User", _why: Why) -> ScheduledProcedure:
    """It ended with its last image, not when somebody tidied up."""
    known = [moment for moment in (step.started_at, step.last_image_at) if moment]
    return complete_procedure(step, by=by, at=max(known, default=None))


def _cancel(step: ScheduledProcedure, by: "User", why: Why) -> ScheduledProcedure:
    return cancel_procedure(step, by=by, **why._asdict())


def _discontinue(step: ScheduledProcedure, by: "User", why: Why) -> ScheduledProcedure:
    return discontinue_procedure(step, by=by, reason_code=why.reason_code, reason=why.reason)


def _no_show(step: ScheduledProcedure, by: "User", _why: Why) -> ScheduledProcedure:
    return mark_no_show(step, by=by)


ENDINGS: dict[str, Callable[[ScheduledProcedure, "User", Why], ScheduledProcedure]] = {
    Outcome.NO_SHOW: _no_show,
    Outcome.CANCEL: _cancel,
    Outcome.COMPLETE: _complete,
    Outcome.DISCONTINUE: _discontinue,
}


def decide_all(
    proposals: list[Proposal], decide: Callable[[Proposal], object]
) -> tuple[int, list[str]]:
    """Decide several, each in its own transaction: how many were, and what was refused why."""
    refused = []
    for proposal in proposals:
        try:
            decide(proposal)
        except Refused as why:
            refused.append(f"{proposal.procedure}: {why.sentence}")
    return len(proposals) - len(refused), refused


@transaction.atomic
def settle_discrepancy(discrepancy: Discrepancy, *, by: "User", how: str) -> Discrepancy:
    """Somebody has looked at it and says what they did. Refused without a word."""
    if not how.strip():
        raise Refused(_("Say in a few words how it was settled."))
    found = Discrepancy.objects.select_for_update(of=("self",)).with_details()
    discrepancy = found.get(pk=discrepancy.pk)
    if discrepancy.settled_at is not None:
        raise Refused(_("Somebody else has settled this already."))
    discrepancy.settled_at, discrepancy.settled_by = timezone.now(), by
    discrepancy.settled_how = how.strip()[:200]
    discrepancy.save(update_fields=["settled_at", "settled_by", "settled_how"])
    record(
        "discrepancy.settled",
        discrepancy,
        by=by,
        patient=discrepancy.procedure.patient,
        kind=discrepancy.kind,
    )
    procedure = discrepancy.procedure_id
    transaction.on_commit(partial(poke, "open-steps", f"procedure-{procedure}"))
    return discrepancy
