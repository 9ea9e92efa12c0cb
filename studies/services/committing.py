"""Storage commitment as it is asked for and answered; what is safe is judged by the worker."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.bell import ring_once
from common.live import poke
from common.locks import hold
from common.refusals import Refused
from studies import tasks
from studies.commitment import CLASS_NOT_SUPPORTED, DUPLICATE_TRANSACTION, decide
from studies.models import Commitment, CommitmentItem

if TYPE_CHECKING:
    from staff.models import User

Status, Outcome = Commitment.Status, CommitmentItem.Outcome

FIRST_PAUSE = dt.timedelta(seconds=10)
LONGEST_PAUSE = dt.timedelta(hours=1)
GIVEN_UP_AFTER = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where they are called back."""

    name: str
    source: str
    device_pk: int | None = None
    node_pk: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The objects that are asked about: SOP instance UID → SOP class UID. `unsupported` are the
    classes that are none of storage."""

    classes: Mapping[str, str]
    unsupported: frozenset[str] = field(default_factory=frozenset)


@transaction.atomic
def ask_commitment(asker: Asker, transaction_uid: str, wanted: Wanted) -> Commitment:
    """Write the request down; a worker looks at the objects.

    The same request again is the same row, told once more: the asker has not got the answer. Other
    objects under the same name are answered with 0131 for each.
    """
    hold(f"commitment {asker.name} {transaction_uid}")
    known = Commitment.objects.asked_by(asker.name, transaction_uid)
    if known is not None and asked_before(known, wanted):
        return tell_again(known)
    commitment = Commitment.objects.create(
        transaction_uid=transaction_uid,
        asker=asker.name,
        source=asker.source,
        device_id=asker.device_pk,
        node_id=asker.node_pk,
        is_duplicate=known is not None,
    )
    CommitmentItem.objects.bulk_create(
        (item_of(commitment, uid, sop_class, wanted) for uid, sop_class in wanted.classes.items()),
        batch_size=1000,
    )
    record(
        "commitment.asked",
        commitment,
        by=None,
        sender=asker.name,
        source=asker.source,
        objects=len(wanted.classes),
    )
    transaction.on_commit(partial(ring_once, tasks.decide_commitments))
    transaction.on_commit(partial(poke, "commitments"))
    return commitment


def item_of(commitment: Commitment, uid: str, sop_class: str, wanted: Wanted) -> CommitmentItem:
    """A row for one object; what needs no look is settled at once (unsaved)."""
    item = CommitmentItem(commitment=commitment, sop_instance_uid=uid, sop_class_uid=sop_class)
    if commitment.is_duplicate:
        item.outcome, item.reason = Outcome.FAILED, DUPLICATE_TRANSACTION
    elif sop_class in wanted.unsupported:
        item.outcome, item.reason = Outcome.FAILED, CLASS_NOT_SUPPORTED
    return item


def asked_before(known: Commitment, wanted: Wanted) -> bool:
    """Does it ask for the very same objects?"""
    return dict(known.items.values_list("sop_instance_uid", "sop_class_uid")) == dict(
        wanted.classes
    )


def tell_again(commitment: Commitment) -> Commitment:
    """An answer that was given once is given again. `commitment` must be locked."""
    if commitment.status in {Status.REPORTED, Status.UNDELIVERED}:
        reopen(commitment)
    return commitment


def reopen(commitment: Commitment) -> None:
    commitment.move_to(Status.DECIDED)
    commitment.attempts, commitment.trouble = 0, ""
    commitment.next_attempt_at = commitment.decided_at = timezone.now()
    commitment.save(
        update_fields=["status", "attempts", "trouble", "next_attempt_at", "decided_at"]
    )
    transaction.on_commit(partial(poke, "commitments"))


def look_now(commitment: Commitment) -> Commitment:
    """Decide at once if nothing has to be waited for."""
    return decide(commitment.pk)


@transaction.atomic
def note_told(commitment: Commitment) -> Commitment:
    """The asker has the answer. Told twice it stays told."""
    commitment = Commitment.objects.locked(commitment.pk)
    if commitment.status != Status.DECIDED:
        return commitment
    commitment.move_to(Status.REPORTED)
    commitment.reported_at, commitment.trouble = timezone.now(), ""
    commitment.attempts += 1
    commitment.save(update_fields=["status", "reported_at", "trouble", "attempts"])
    record("commitment.told", commitment, by=None, sender=commitment.asker)
    transaction.on_commit(partial(poke, "commitments"))
    return commitment


@transaction.atomic
def note_untold(commitment: Commitment, why: str, *, is_hopeless: bool = False) -> Commitment:
    """The asker could not be told: try again later, longer each time; after a day give up, and
    show it to people."""
    commitment = Commitment.objects.locked(commitment.pk)
    if commitment.status != Status.DECIDED:
        return commitment
    now = timezone.now()
    commitment.trouble = why[:300]
    commitment.attempts = min(commitment.attempts + 1, 30_000)
    began = commitment.decided_at or commitment.asked_at
    if is_hopeless or now - began >= GIVEN_UP_AFTER:
        commitment.move_to(Status.UNDELIVERED)
        record("commitment.not_told", commitment, by=None, sender=commitment.asker)
    pause = FIRST_PAUSE * 2 ** min(commitment.attempts - 1, 12)
    commitment.next_attempt_at = now + min(pause, LONGEST_PAUSE)
    commitment.save(update_fields=["status", "trouble", "attempts", "next_attempt_at"])
    transaction.on_commit(partial(poke, "commitments"))
    return commitment


@transaction.atomic
def retry_commitment(commitment: Commitment, *, by: "User") -> Commitment:
    """A person has put right what was wrong: tell the asker after all."""
    commitment = Commitment.objects.locked(commitment.pk)
    if not commitment.may_retry:
        raise Refused(_("It was told already, or is being tried."))
    reopen(commitment)
    record("commitment.retried", commitment, by=by)
    transaction.on_commit(partial(ring_once, tasks.decide_commitments))
    return commitment


def outcome_of(
    commitment: Commitment,
) -> tuple[Sequence[CommitmentItem], Sequence[CommitmentItem]]:
    """What is safe, and what is not."""
    return list(commitment.items.safe()), list(commitment.items.failed())
