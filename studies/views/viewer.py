"""The viewer's page: which studies it opens, and what its scripts need to know."""

import re
from typing import Any

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation.trans_real import DjangoTranslation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET
from django.views.i18n import JavaScriptCatalog

from staff.access import StaffRequest, needs
from studies import services
from studies.models import ImageReview, Study
from studies.reject_reasons import RECENT, most_used_first

MOST_STUDIES = 4  # side by side
MOST_OTHERS = 50
_UID = re.compile(r"[0-9][0-9.]{0,63}")


@require_GET
@needs("studies.view_study", "studies.view_own_study")
@xframe_options_sameorigin  # beside the report's editor, and nowhere else
@csp_replace({"frame-ancestors": [SELF]})
@csp_update(  # type: ignore[arg-type]  # it knows views of plain requests only
    {
        "script-src": [SELF, WASM_UNSAFE_EVAL],  # the decoders are WebAssembly
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF, "blob:", "data:"],
    }
)
def viewer(request: StaffRequest) -> HttpResponse:
    """Studies in the viewer, named as IHE Invoke Image Display does. Opening them is recorded."""
    studies = [find(request, uid) for uid in uids_in(request)]
    for study in studies:
        services.view_study(study, by=request.user, how="viewer")
    back = reverse("studies:study", args=[studies[0].study_instance_uid])
    context = {"config": config_of(studies, request, back), "back": back}
    return render(request, "studies/viewer.html", context)


def uids_in(request: StaffRequest) -> list[str]:
    """The studies that the address names, each once. Raises Http404 when it names none."""
    listed = request.GET.getlist("StudyInstanceUIDs") or request.GET.getlist("studyUID")
    named = re.split(r"[,\\]", ",".join(listed))
    uids = list(dict.fromkeys(uid for uid in named if _UID.fullmatch(uid)))
    if not uids:
        raise Http404
    return uids[:MOST_STUDIES]


def find(request: StaffRequest, uid: str) -> Study:
    """The study with this identifier, if this person may see it."""
    visible = Study.objects.visible_to(request.user).with_patient()
    return get_object_or_404(visible, study_instance_uid=uid)


def config_of(studies: list[Study], request: StaffRequest, back: str) -> dict[str, Any]:
    """What the scripts are told. The patient's other studies come along: a search for them would
    put the record number into an address."""
    others = Study.objects.visible_to(request.user).of_patient(studies[0].patient_id)
    return {
        "studies": [study.study_instance_uid for study in studies],
        "dicomWebRoot": "/dicom-web",
        "back": back,
        "person": str(request.user),
        "language": get_language(),
        "otherStudies": [words_of(other) for other in others.newest_first()[:MOST_OTHERS]],
        "strings": translations(),
        "review": reviewing(request),
    }


def reviewing(request: StaffRequest) -> dict[str, Any] | None:
    """What rejecting and starring needs; nothing for those who do neither."""
    if not request.user.has_perm("studies.review_image"):
        return None
    used = ImageReview.objects.most_used_reasons(timezone.now() - RECENT)
    reasons = [{"code": one.code, "words": str(one.word)} for one in most_used_first(used)]
    return {"token": get_token(request), "reasons": reasons}


def words_of(study: Study) -> dict[str, str]:
    """One line of the menu of studies to compare with."""
    return {
        "uid": study.study_instance_uid,
        "date": study.study_date.isoformat() if study.study_date else "",
        "modalities": ", ".join(study.modality_list),
        "description": study.description,
    }


def translations() -> dict[str, Any]:
    """The words of the scripts in the person's language (gettext domain `djangojs`)."""
    catalog = JavaScriptCatalog()
    catalog.translation = DjangoTranslation(
        get_language() or settings.LANGUAGE_CODE,
        domain="djangojs",
        localedirs=[str(folder) for folder in settings.LOCALE_PATHS],
    )
    words: dict[str, Any] = catalog.get_catalog()
    return words
