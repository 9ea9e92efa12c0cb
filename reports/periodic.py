"""What the clock starts: reports whose news was lost, and claims that have run out."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from reports import services
from reports.models import Report, studies_without_report

AT_ONCE = 200
WORTH_A_LOOK = dt.timedelta(days=14)  # what is held up longer waits for a person


@shared_task
def gather() -> None:
    """Give every study its report, look again at those held up, and free claims run out."""
    now = timezone.now()
    without = studies_without_report().values_list("pk", flat=True)[:AT_ONCE]
    recent = Report.objects.held_up().waiting_after(now - WORTH_A_LOOK)
    held_up = recent.values_list("study_id", flat=True)[:AT_ONCE]
    for study_pk in {*without, *held_up}:
        services.gather_report(study_pk)
    for pk in list(Report.objects.lapsed_on(now).values_list("pk", flat=True)):
        services.free_lapsed(pk)
