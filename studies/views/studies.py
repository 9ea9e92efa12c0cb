"""The list of studies, and the page of one."""

from collections import defaultdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.models import Entry
from common.pages import go_to, unless_unchanged
from staff.access import StaffRequest, needs
from studies import services
from studies.candidates import candidates_for
from studies.listing import StudyList
from studies.models import ImageReview, Instance, Study
from worklist.models import ScheduledProcedure

SHOWN_OF_SERIES = 24
SHOWN_OF_TRAIL = 12
SHOWN_PRIORS = 8
SHOWN_REJECTED = 60
SEE_STUDIES = ("studies.view_study", "studies.view_own_study")


@require_http_methods(["GET", "POST"])
@needs(*SEE_STUDIES)
def study_list(request: StaffRequest) -> HttpResponse:
    """Studies, newest first. The search is posted: names do not belong into addresses."""
    studies = StudyList.of(request.user, request.POST or request.GET)
    template = "studies/study_list.html#found" if request.htmx else "studies/study_list.html"
    return render(request, template, {"list": studies})


@require_GET
@needs(*SEE_STUDIES)
def study(request: StaffRequest, uid: str) -> HttpResponse:
    """One study: its series, live; where it belongs; who looked. Opening it is recorded."""
    shown = find(request, uid)
    if request.htmx:
        page = render(request, "studies/study_detail.html#images", images_of(shown, request))
        return unless_unchanged(request, page)
    services.view_study(shown, by=request.user)
    trail = Entry.objects.visible_to(request.user).about(shown).newest_first()[:SHOWN_OF_TRAIL]
    matches = shown.matches.with_procedure()
    others = Study.objects.visible_to(request.user).besides(shown).newest_first()[:SHOWN_PRIORS]
    context = {
        **images_of(shown, request),
        "matches": matches,
        "trail": trail,
        "others": others,
    }
    return render(request, "studies/study_detail.html", context)


def find(request: StaffRequest, uid: str) -> Study:
    """The study with this identifier, if this person may see it."""
    visible = Study.objects.visible_to(request.user).with_list_details()
    return get_object_or_404(visible, study_instance_uid=uid)


def images_of(study: Study, request: StaffRequest) -> dict[str, Any]:
    """The study with its series; each with its first pictures and how many more there are. What
    was rejected stands apart, for those who may bring it back."""
    shown: dict[int, list[Instance]] = defaultdict(list)
    for instance in Instance.objects.first_of_each_series(study.pk, SHOWN_OF_SERIES):
        shown[instance.series_id].append(instance)
    series = [
        (one, shown[one.pk], max(0, one.clinical_count - SHOWN_OF_SERIES))
        for one in study.series.clinical()
    ]
    rejected = ImageReview.objects.of_study(study.pk).standing().with_page_details()
    may_review = study.rejected_count and request.user.has_perm("studies.review_image")
    return {
        "study": study,
        "series": series,
        "rejected": rejected.newest_first()[:SHOWN_REJECTED] if may_review else [],
    }


@require_GET
@needs("studies.match_study")
def candidates(request: StaffRequest, uid: str) -> HttpResponse:
    """The procedures a study could belong to, likeliest first."""
    shown = find(request, uid)
    found = candidates_for(shown, request.user)
    return render(request, "studies/_candidates.html", {"study": shown, "candidates": found})


@require_POST
@needs("studies.match_study")
def match(request: StaffRequest, uid: str, procedure_pk: int) -> HttpResponse:
    """Say by hand which procedure a study belongs to."""
    procedures = ScheduledProcedure.objects.visible_to(request.user)
    procedure = get_object_or_404(procedures, pk=procedure_pk)
    services.match_by_hand(find(request, uid), procedure, by=request.user)
    return go_to(request, "studies:study", uid)
