"""What the clock starts: maintenance that falls due is put into the log."""

from celery import shared_task
from django.utils import timezone

from equipment.models import MaintenancePlan
from equipment.services import list_due


@shared_task
def open_due_maintenance() -> int:
    """Open an entry for every plan whose window has begun; however often, one for each day."""
    today = timezone.localdate()
    plans = MaintenancePlan.objects.to_be_listed(today)
    return sum(list_due(plan, today) is not None for plan in plans)
