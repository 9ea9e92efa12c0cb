"""Pieces that pages of other nouns leave a place for."""

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from common.pages import unless_unchanged
from patients.models import Patient
from reports.models import Report, ReportQuerySet, ReportVersion
from reports.results import Result
from reports.views.finding import SEE_REPORTS
from staff.access import StaffRequest, needs

SHOWN = 50


@require_GET
@needs(*SEE_REPORTS)
def of_patient(request: StaffRequest, pk: int) -> HttpResponse:
    """The reports of a patient, newest first, for the patient's record."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    visible = Report.objects.visible_to(request.user).of_patient(patient.pk).newest_first()
    return fragment(request, "reports/_of_patient.html", told(request, visible))


@require_GET
@needs(*SEE_REPORTS)
def of_study(request: StaffRequest, uid: str) -> HttpResponse:
    """What is said about a study, for its page."""
    visible = Report.objects.visible_to(request.user).of_study(uid)
    return fragment(request, "reports/_of_study.html", told(request, visible))


def told(request: StaffRequest, reports: ReportQuerySet) -> list[Result]:
    """Each with what this person may read of it."""
    rows = reports.select_related("study__order__procedure_type", "claimed_by")
    versions = Prefetch("versions", queryset=ReportVersion.objects.with_people())
    return [
        Result(report.study.order, report.study, report, request.user)
        for report in rows.prefetch_related(versions)[:SHOWN]
    ]


def fragment(request: StaffRequest, template: str, results: list[Result]) -> HttpResponse:
    return unless_unchanged(request, render(request, template, {"results": results}))
