"""Whether a study can be read: what its images and its procedures say together (field 5.2)."""

import datetime as dt
from collections.abc import Sequence

from reports.models import URGENCY, PreliminaryNote, ReadingTarget, Report
from studies.models import Study
from worklist.models import Order, ScheduledProcedure

Images = ScheduledProcedure.Images
Steps = ScheduledProcedure.Status
Verdict = PreliminaryNote.Verdict


def is_flagged(procedures: Sequence[ScheduledProcedure]) -> bool:
    """Does the last note on one of them ask to look now?"""
    notes = PreliminaryNote.objects.latest_of([procedure.pk for procedure in procedures])
    return any(note.verdict == Verdict.URGENT for note in notes)


def can_be_read(study: Study, procedures: Sequence[ScheduledProcedure], *, urgent: bool) -> bool:
    """The images have settled, none is missing, and the examination is over or cannot wait."""
    if study.status != Study.Status.READY or study.instance_count <= study.rejected_count:
        return False
    if any(procedure.images == Images.MISSING for procedure in procedures):
        return False
    return urgent or all(procedure.is_final for procedure in procedures)


def is_off(study: Study, procedures: Sequence[ScheduledProcedure]) -> bool:
    """Nothing was examined after all, and there is nothing to look at."""
    stopped = {Steps.CANCELLED, Steps.DISCONTINUED, Steps.NO_SHOW}
    has_images = study.instance_count > study.rejected_count
    return bool(procedures) and not has_images and all(p.status in stopped for p in procedures)


def urgency_of(order: Order | None, *, flagged: bool) -> int:
    if flagged or order is None:
        return 0 if flagged else URGENCY["ROUTINE"]
    return URGENCY[order.priority]


def time_of(report: Report, study: Study) -> tuple[dt.datetime, dt.datetime | None]:
    """Since when it waits, and until when it is wanted."""
    since = study.last_image_at or study.created_at
    priority = study.order.priority if study.order else Order.Priority.ROUTINE
    wanted = Order.Priority.STAT if report.urgency == 0 else priority
    target = ReadingTarget.objects.filter(priority=wanted).first()
    return since, since + dt.timedelta(minutes=target.minutes) if target else None
