"""What the clock starts: reports whose news was lost, and claims that have run out."""

from celery import shared_task
from django.utils import timezone

from reports import services
from reports.models import Report, studies_without_report

AT_ONCE = 500


@shared_task
def gather() -> None:
    """Give every study its report, look again at those held up, and free claims run out."""
    without = studies_without_report().values_list("pk", flat=True)[:AT_ONCE]
    held_up = Report.objects.held_up().values_list("study_id", flat=True)[:AT_ONCE]
    for study_pk in {*without, *held_up}:
        services.gather_report(study_pk)
    for pk in list(Report.objects.lapsed_on(timezone.now()).values_list("pk", flat=True)):
        services.free_lapsed(pk)
