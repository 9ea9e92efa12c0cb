"""The report a page is about."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from reports.models import Report
from staff.access import StaffRequest

SEE_REPORTS = ("reports.view_report", "reports.view_own_report")


def find(request: StaffRequest, uid: str) -> Report:
    """The report of the study with this identifier, if this person may see it; else 404."""
    visible = Report.objects.visible_to(request.user).with_page_details()
    return get_object_or_404(visible, study__study_instance_uid=uid)


def desk_of(report: Report) -> str:
    """The address of the page on which this report is written and read."""
    return reverse("reports:report", args=[report.study.study_instance_uid])
