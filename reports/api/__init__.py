"""Reports and preliminary notes for programs: the same lists and the same verbs as the pages."""

from reports.api.notes import PreliminaryNoteViewSet
from reports.api.reports import ReportViewSet
from reports.api.templates import ReportTemplateViewSet

__all__ = ["PreliminaryNoteViewSet", "ReportTemplateViewSet", "ReportViewSet"]
