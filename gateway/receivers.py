"""What the gateway does when a lower app has news."""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from common.bell import ring_once
from gateway import tasks
from studies.models import Commitment
from studies.signals import commitment_decided, transfer_waits


@receiver(transfer_waits)
def carry_it(**_: Any) -> None:
    """Let a worker look for transfers."""
    ring_once(tasks.carry_transfers)


@receiver(commitment_decided)
def tell_whoever_asked(commitment: Commitment, **_: Any) -> None:
    """A machine is called; a program on the web comes and asks."""
    if commitment.source == Commitment.Source.DIMSE:
        transaction.on_commit(partial(ring_once, tasks.tell_commitments))
