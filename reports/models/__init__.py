"""Reports, their signed versions, what was noted before, and who has read them."""

from reports.models.configuration import ReadingTarget, ReportTemplate
from reports.models.note import PreliminaryNote, PreliminaryNoteQuerySet
from reports.models.queries import (
    ReportQuerySet,
    key_images_of,
    key_images_of_study,
    procedures_of,
    studies_of,
    studies_without_report,
)
from reports.models.report import URGENCY, Report
from reports.models.version import Acknowledgement, ReportVersion, ReportVersionQuerySet

__all__ = [
    "URGENCY",
    "Acknowledgement",
    "PreliminaryNote",
    "PreliminaryNoteQuerySet",
    "ReadingTarget",
    "Report",
    "ReportQuerySet",
    "ReportTemplate",
    "ReportVersion",
    "ReportVersionQuerySet",
    "key_images_of",
    "key_images_of_study",
    "procedures_of",
    "studies_of",
    "studies_without_report",
]
