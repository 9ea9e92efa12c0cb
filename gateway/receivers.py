"""What the gateway does when a lower app has news."""

from typing import Any

from django.dispatch import receiver

from common.bell import ring_once
from gateway import tasks
from studies.signals import transfer_waits


@receiver(transfer_waits)
def carry_it(**_: Any) -> None:
    """Let a worker look for transfers."""
    ring_once(tasks.carry_transfers)
