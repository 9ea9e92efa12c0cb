"""Pieces that pages of other nouns leave a place for."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from common.pages import unless_unchanged
from patients.models import Patient
from staff.access import StaffRequest, needs
from studies.completeness import missing_of
from studies.expected import ProcedureImages
from studies.models import ImageReview, Study
from studies.reject_reasons import RECENT, most_used_first
from studies.views.studies import SEE_STUDIES
from worklist.models import ScheduledProcedure

SHOWN_STUDIES = 50


@require_GET
@needs(*SEE_STUDIES)
def of_patient(request: StaffRequest, pk: int) -> HttpResponse:
    """The studies of a patient, for the patient's page."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    visible = Study.objects.visible_to(request.user).of_patient(patient.pk)
    studies = visible.newest_first().with_list_details()[:SHOWN_STUDIES]
    page = render(request, "studies/_of_patient.html", {"studies": studies, "patient": patient})
    return unless_unchanged(request, page)


@require_GET
@needs(*SEE_STUDIES)
def of_procedure(request: StaffRequest, pk: int) -> HttpResponse:
    """The images of a procedure as they come in, against what is expected: keep or reject each."""
    visible = ScheduledProcedure.objects.visible_to(request.user).with_patient()
    procedure = get_object_or_404(visible, pk=pk)
    studies = Study.objects.visible_to(request.user).made_for(procedure.pk).with_patient()
    used = ImageReview.objects.most_used_reasons(timezone.now() - RECENT)
    context = {
        "procedure": procedure,
        "studies": studies,
        "missing": missing_of(procedure),
        "images": ProcedureImages(procedure, request.user),
        "reasons": most_used_first(used),
    }
    return unless_unchanged(request, render(request, "studies/_of_procedure.html", context))


@require_GET
@needs(*SEE_STUDIES)
def rejected_later(request: StaffRequest, uid: str) -> HttpResponse:
    """What was rejected after `since`: whoever reads what was signed then must know it."""
    visible = Study.objects.visible_to(request.user)
    study = get_object_or_404(visible, study_instance_uid=uid)
    since = moment_in(request.GET.get("since", ""))
    standing = ImageReview.objects.of_study(study.pk).standing().select_related("instance")
    reviews = list(standing.since(since).newest_first()[:100]) if since else []
    page = render(request, "studies/_rejected_later.html", {"reviews": reviews})
    return unless_unchanged(request, page)


def moment_in(text: str) -> dt.datetime | None:
    """A time with its zone, as ISO 8601 writes it; None when it is none."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None


@require_GET
@needs("studies.view_study")
def unscheduled_today(request: StaffRequest) -> HttpResponse:
    """Today's studies that nobody ordered, for the board."""
    today = Study.objects.visible_to(request.user).on(timezone.localdate())
    studies = today.unmatched().newest_first().with_list_details()[:SHOWN_STUDIES]
    page = render(request, "studies/_unscheduled.html", {"studies": studies})
    return unless_unchanged(request, page)
