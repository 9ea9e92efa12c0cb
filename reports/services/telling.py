"""The half that every verb of a report has in common: the trail, and open pages."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.services import record
from common.live import poke
from reports.models import Report

if TYPE_CHECKING:
    from staff.models import User


def note(verb: str, report: Report, *, by: "User | None", **details: Any) -> None:
    """Write the trail, and tell open pages after the commit. `details` are keys and codes."""
    record(verb, report, by=by, patient=report.study.patient, **details)
    tell(report)


def tell(report: Report) -> None:
    """After the commit, pages that show this report fetch it again."""
    topics = ("reading", f"report-{report.pk}", f"patient-{report.study.patient_id}")
    transaction.on_commit(partial(poke, *topics, f"study-{report.study_id}"))
