"""Keep, reject, restore and star: the verbs of images and whole series; the rejected page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from audit.services import record
from common.pages import came_from, unless_unchanged
from common.refusals import Refused
from staff.access import StaffRequest, needs
from studies import services
from studies.models import Instance, Series, Study
from studies.rejections import RejectedList
from studies.retakes import FILES
from studies.views.studies import SEE_STUDIES
from worklist.models import ScheduledProcedure

Verb = Callable[..., Any]

OF_IMAGE: dict[str, Verb] = {
    "keep": services.keep_image,
    "reject": services.reject_image,
    "restore": services.restore_image,
    "mark": services.mark_key,
    "unmark": services.unmark_key,
}
OF_SERIES: dict[str, Verb] = {
    "keep": services.keep_series,
    "reject": services.reject_series,
    "restore": services.restore_series,
}
WITH_REASON = {"reject", "restore"}


@require_POST
@needs("studies.review_image")
def review_image(request: StaffRequest, pk: int) -> HttpResponse:
    """`decision`: keep, reject (with `reason`, a code), restore, mark, unmark."""
    images = Instance.objects.visible_to(request.user).select_related("series")
    return decided(request, OF_IMAGE, get_object_or_404(images, pk=pk))


@require_POST
@needs("studies.review_image")
def review_object(request: StaffRequest, uid: str) -> HttpResponse:
    """The same by SOP Instance UID, as the viewer knows images."""
    images = Instance.objects.visible_to(request.user).select_related("series")
    return decided(request, OF_IMAGE, get_object_or_404(images.with_uid(uid)))


@require_POST
@needs("studies.review_image")
def mark_key(request: StaffRequest, pk: int) -> HttpResponse:
    """Star an image, or take the star away with `decision=unmark`."""
    images = Instance.objects.visible_to(request.user).select_related("series")
    stars = {key: OF_IMAGE[key] for key in ("mark", "unmark")}
    return decided(request, stars, get_object_or_404(images, pk=pk), "mark")


@require_POST
@needs("studies.review_image")
def review_series(request: StaffRequest, pk: int) -> HttpResponse:
    """`decision` about all images of a series: keep, reject (with `reason`), restore."""
    return decided(
        request, OF_SERIES, get_object_or_404(Series.objects.visible_to(request.user), pk=pk)
    )


def decided(
    request: StaffRequest, verbs: dict[str, Verb], of: Instance | Series, otherwise: str = ""
) -> HttpResponse:
    """Do what `decision` says. Refused when it is none of `verbs`."""
    decision = request.POST.get("decision", otherwise)
    if decision not in verbs:
        raise Refused(_("Say what is to be done with the image."))
    given = {}
    if decision in WITH_REASON:
        given["reason"] = request.POST.get("reason", "")
    if decision == "reject":
        given["comment"] = request.POST.get("comment", "")
    verbs[decision](of, by=request.user, **given)
    series = of if isinstance(of, Series) else of.series
    return told(request, series.procedure_id, series.study_id)


@require_POST
@needs("studies.review_image")
def keep_all(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep every image of a procedure that is not rejected."""
    visible = ScheduledProcedure.objects.visible_to(request.user)
    procedure = get_object_or_404(visible, pk=pk)
    services.keep_all(procedure, by=request.user)
    return told(request, procedure.pk, None)


def told(request: StaffRequest, procedure: int | None, study: int | None) -> HttpResponse:
    """Let this page fetch again what changed; without scripts go back to it."""
    if not request.htmx and request.headers.get("Accept") != "application/json":
        return redirect(came_from(request, "studies:rejected"))
    answer = HttpResponse(status=204)
    topics = [f"procedure-{procedure}"] if procedure else []
    topics += [f"study-{study}"] if study else []
    for topic in topics:
        trigger_client_event(answer, f"live:{topic}", {})
    trigger_client_event(answer, "live:studies", {})
    return answer


@require_GET
@needs("studies.review_image")
def rejected(request: StaffRequest) -> HttpResponse:
    """The images rejected of late: why, by whom, how often, and of how many that were made."""
    found = RejectedList.of(request.user, request.GET)
    name = "studies/rejected_list.html"
    page = render(request, f"{name}#found" if request.htmx else name, {"list": found})
    return unless_unchanged(request, page)


@require_POST
@needs("studies.review_image")
def export_rejected(request: StaffRequest) -> HttpResponseBase:
    """The same as a file: `rejections` one by one, or `shares` of what was made."""
    what = request.POST.get("file", "")
    if what not in FILES:
        raise Refused(_("Say which file is wanted."))
    found = RejectedList.of(request.user, request.POST)
    record("rejections.exported", None, by=request.user, file=what, days=found.days)
    answer = StreamingHttpResponse(FILES[what](found), content_type="text/csv; charset=utf-8")
    name = f"{what}-{timezone.localdate():%Y-%m-%d}-{found.days}-days.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
@needs(*SEE_STUDIES)
def key_images(request: StaffRequest, uid: str) -> JsonResponse:
    """The key images of a study in order, with their series, for the viewer."""
    visible = Study.objects.visible_to(request.user)
    study = get_object_or_404(visible, study_instance_uid=uid)
    marked = Instance.objects.clinical().filter(series__study=study, key_mark__isnull=False)
    keys = marked.in_order().values("sop_instance_uid", "series__series_instance_uid")
    told = [
        {"instance": key["sop_instance_uid"], "series": key["series__series_instance_uid"]}
        for key in keys
    ]
    answer = JsonResponse({"keyImages": told})
    answer["Cache-Control"] = "private, no-cache"
    return answer
