"""Work with other machines handed to a worker. A task looks for its rows itself."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from common.bell import heard, ring_once
from gateway.transfers import carry_next


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=5)
def carry_transfers() -> None:
    """Send or fetch one study for a spell, and go on with the next."""
    heard(carry_transfers)
    if carry_next():
        ring_once(carry_transfers)
