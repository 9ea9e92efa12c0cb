"""Opening a report is itself a thing that is written down."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from audit.models import Entry
from audit.services import record
from reports.models import Report

if TYPE_CHECKING:
    from staff.models import User

SAME_LOOK = dt.timedelta(minutes=5)


def view_report(
    report: Report, *, by: "User", how: str = "page", version: int | None = None
) -> None:
    """Note that a person opens this report; once for one look. `how`: page, pdf, api."""
    verb = "report.printed" if how == "pdf" else "report.viewed"
    recently = timezone.now() - SAME_LOOK
    looks = Entry.objects.about(report).filter(verb=verb, actor=by, at__gte=recently)
    if how != "pdf" and looks.exists():
        return
    details = {} if version is None else {"version": version}
    record(verb, report, by=by, patient=report.study.patient, how=how, **details)
