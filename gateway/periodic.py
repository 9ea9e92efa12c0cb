"""What the clock starts: calls that are due, because a bell was lost or a pause is over."""

from celery import shared_task
from django.utils import timezone

from common.bell import ring
from gateway import tasks
from studies.models import Commitment, Transfer


@shared_task
def sweep_transfers() -> None:
    """Ring for transfers that are due."""
    if Transfer.objects.all().due(timezone.now()).exists():
        ring(tasks.carry_transfers)


@shared_task
def sweep_calls() -> None:
    """Ring for machines that wait to be told: a bell was lost, or the last try failed."""
    if Commitment.objects.decided().due(timezone.now()).exists():
        ring(tasks.tell_commitments)
