"""Work with other machines handed to a worker. A task looks for its rows itself."""

from importlib import import_module

from celery import shared_task
from django.db import InterfaceError, OperationalError

from common.bell import heard, ring_once
from gateway.transfers import carry_next

MOST_IN_ONE_GO = 20
DATABASE_AWAY = (OperationalError, InterfaceError)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True, max_retries=5)
def carry_transfers() -> None:
    """Send or fetch one study for a spell, and go on with the next."""
    heard(carry_transfers)
    if carry_next():
        ring_once(carry_transfers)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True, max_retries=5)
def tell_commitments() -> None:
    """Tell machines whether their objects are safe."""
    heard(tell_commitments)
    # Every process knows the bell; the network's library is only for the one that calls.
    tell_due = import_module("gateway.committing").tell_due
    for _turn in range(MOST_IN_ONE_GO):
        if not tell_due():
            return
    ring_once(tell_commitments)
