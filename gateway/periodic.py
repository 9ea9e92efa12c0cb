"""What the clock starts: transfers that are due, because a bell was lost or a pause is over."""

from celery import shared_task
from django.utils import timezone

from common.bell import ring
from gateway import tasks
from studies.models import Transfer


@shared_task
def sweep_transfers() -> None:
    """Ring for transfers that are due."""
    if Transfer.objects.all().due(timezone.now()).exists():
        ring(tasks.carry_transfers)
