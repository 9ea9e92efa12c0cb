"""Every study has its report, and the report knows whether the study can be read."""

from typing import TYPE_CHECKING

from django.db import transaction

from reports import readiness
from reports.models import Report, procedures_of
from reports.services.telling import note, tell
from studies.models import Study

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worklist.models import ScheduledProcedure

Status = Report.Status


@transaction.atomic
def gather_report(study_pk: int) -> Report:
    """Bring a report up to what is known of its study. Doing it twice changes nothing more.

    Somebody's work is never taken away: once claimed, only the person who reads decides.
    """
    Report.objects.bulk_create([Report(study_id=study_pk)], ignore_conflicts=True)
    report = Report.objects.locked_of_study(study_pk)
    study = report.study
    procedures = procedures_of(study)
    if report.is_open or report.status == Status.NOT_READY:
        weigh(report, study, procedures)
    wanted = next_status(report, study, procedures)
    if wanted is not None:
        was = report.status
        report.move_to(wanted)
        report.save(update_fields=["status"])
        note(VERBS[wanted], report, by=None, was=was)
    return report


VERBS = {
    Status.READY_TO_READ: "report.ready",
    Status.NOT_READY: "report.not_ready",
    Status.CANCELLED: "report.cancelled",
}


def weigh(report: Report, study: Study, procedures: "Sequence[ScheduledProcedure]") -> None:
    """How urgent it is, since when it waits and until when it is wanted."""
    before = (report.is_flagged, report.urgency, report.waiting_since, report.due_at)
    report.is_flagged = readiness.is_flagged(procedures)
    report.urgency = readiness.urgency_of(study.order, flagged=report.is_flagged)
    report.waiting_since, report.due_at = readiness.time_of(report, study)
    if before != (report.is_flagged, report.urgency, report.waiting_since, report.due_at):
        report.save(update_fields=["is_flagged", "urgency", "waiting_since", "due_at"])
        if report.is_open:
            tell(report)


def next_status(
    report: Report, study: Study, procedures: "Sequence[ScheduledProcedure]"
) -> Status | None:
    """Where the report goes now, if anywhere."""
    if report.status == Status.NOT_READY:
        if readiness.is_off(study, procedures):
            return Status.CANCELLED
        urgent = report.urgency == 0
        is_ready = readiness.can_be_read(study, procedures, urgent=urgent)
        return Status.READY_TO_READ if is_ready else None
    if report.status == Status.READY_TO_READ and study.status == Study.Status.ARRIVING:
        return None if report.has_draft else Status.NOT_READY
    return None
