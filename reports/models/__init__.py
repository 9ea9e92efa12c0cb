"""Reports, their signed versions, what was noted before, and who has read them."""

from reports.models.configuration import ReadingTarget, ReportTemplate
from reports.models.note import PreliminaryNote
from reports.models.report import URGENCY, Acknowledgement, Report, ReportQuerySet, ReportVersion

__all__ = [
    "URGENCY",
    "Acknowledgement",
    "PreliminaryNote",
    "ReadingTarget",
    "Report",
    "ReportQuerySet",
    "ReportTemplate",
    "ReportVersion",
]
