"""Reports and preliminary notes for programs: the same lists and the same verbs as the pages."""

from reports.api.notes import PreliminaryNoteViewSet
from reports.api.reports import ReportViewSet

__all__ = ["PreliminaryNoteViewSet", "ReportViewSet"]
