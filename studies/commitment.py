"""Are these objects safe here? The worker's part of storage commitment (PS3.4 Annex J).

Promised is only what is filed and whose bytes lie on disk in full. What was received and waits to
be filed is neither safe nor lost: it is looked at again, for a while.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial

from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.live import poke
from common.write_back import write_back
from studies.likeness import is_intact
from studies.models import Commitment, CommitmentItem, IncomingFile, Instance
from studies.signals import commitment_decided

Status, Outcome = Commitment.Status, CommitmentItem.Outcome

# Failure Reason (PS3.3 C.14.1.1)
PROCESSING_FAILURE = 0x0110  # set aside, or its bytes are not what they were
NO_SUCH_OBJECT = 0x0112
CLASS_CONFLICT = 0x0119
CLASS_NOT_SUPPORTED = 0x0122
DUPLICATE_TRANSACTION = 0x0131
RESOURCE_LIMITATION = 0x0213  # received, and not yet filed: ask again

UNSETTLED = (IncomingFile.Status.WAITING, IncomingFile.Status.SET_ASIDE)
PATIENCE = dt.timedelta(minutes=10)  # so long an object may wait to be filed
LOOK_AGAIN = dt.timedelta(seconds=2)
AT_ONCE = 500


@transaction.atomic
def decide(commitment_pk: int) -> Commitment:
    """Look at every object that is still open; when none is, the request is decided."""
    commitment = Commitment.objects.locked(commitment_pk)
    if commitment.status != Status.WAITING:
        return commitment
    now = timezone.now()
    is_late = now - commitment.asked_at >= PATIENCE
    items = list(commitment.items.open())
    for first in range(0, len(items), AT_ONCE):
        judge(items[first : first + AT_ONCE], is_late=is_late)
    if any(item.outcome == Outcome.WAITING for item in items):
        commitment.next_attempt_at = now + LOOK_AGAIN
        commitment.save(update_fields=["next_attempt_at"])
        return commitment
    commitment.move_to(Status.DECIDED)
    commitment.decided_at = commitment.next_attempt_at = now
    commitment.save(update_fields=["status", "decided_at", "next_attempt_at"])
    record(
        "commitment.decided",
        commitment,
        by=None,
        sender=commitment.asker,
        safe=commitment.items.safe().count(),
        failed=commitment.items.failed().count(),
    )
    commitment_decided.send(Commitment, commitment=commitment)
    transaction.on_commit(partial(poke, "commitments"))
    return commitment


def judge(items: Sequence[CommitmentItem], *, is_late: bool) -> None:
    """Say of each whether it is safe. What is not filed yet stays open until `is_late`."""
    uids = [item.sop_instance_uid for item in items]
    here = Instance.objects.by_uid(uids)
    received = IncomingFile.objects.last_states_of(uids)
    for item in items:
        item.instance = instance = here.get(item.sop_instance_uid)
        status = received.get(item.sop_instance_uid)
        # What came last under this identifier may be another object, and no copy of ours.
        if instance is not None and status not in UNSETTLED:
            settle(item, why_not_safe(instance, item))
        else:
            settle_absent(item, status, is_late=is_late)
    write_back(items, ["outcome", "reason", "instance"])


def why_not_safe(instance: Instance, item: CommitmentItem) -> int | None:
    """The standard's reason; None when it is safe."""
    if item.sop_class_uid != instance.sop_class_uid:
        return CLASS_CONFLICT
    return None if instance.sha256 and is_intact(instance) else PROCESSING_FAILURE


def settle_absent(item: CommitmentItem, status: str | None, *, is_late: bool) -> None:
    """An object that is not filed: on its way, set aside, or never seen."""
    if status == IncomingFile.Status.WAITING:
        if is_late:
            settle(item, RESOURCE_LIMITATION)
    elif status == IncomingFile.Status.SET_ASIDE:
        settle(item, PROCESSING_FAILURE)
    else:
        settle(item, NO_SUCH_OBJECT)


def settle(item: CommitmentItem, reason: int | None) -> None:
    item.outcome = Outcome.SAFE if reason is None else Outcome.FAILED
    item.reason = reason


def procedures_of(commitment: Commitment) -> Iterable[int]:
    """The procedures whose objects this is about."""
    pks = commitment.items.values_list("instance__series__procedure", flat=True).distinct()
    return sorted(pk for pk in pks if pk is not None)
