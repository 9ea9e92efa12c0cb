"""The six addresses of a search. What somebody rejected is neither found nor counted."""

import json
from typing import Any

from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from gateway.dicomweb.accept import Offer, choose
from gateway.dicomweb.answers import labelled
from gateway.dicomweb.doors import BadQuestion, door
from gateway.dicomweb.metadata import JSON_TYPES
from gateway.dicomweb.roots import root_of
from gateway.dicomweb.search.attributes import Level
from gateway.dicomweb.search.engine import Search
from gateway.dicomweb.search.parameters import question_in
from staff.access import StaffRequest
from studies.models import Instance, Series, Study


@door
def studies(request: StaffRequest) -> HttpResponse:
    """Studies, the newest first."""
    return _answer(request, Level.STUDY, Study.objects.visible_to(request.user).clinical())


@door
def series(request: StaffRequest, study: str = "") -> HttpResponse:
    """The series of one study, or of all."""
    rows = Series.objects.visible_to(request.user).clinical()
    if not study:
        return _answer(request, Level.SERIES, rows)
    return _answer(request, Level.SERIES, rows.of_study(study), Level.STUDY)


@door
def instances(request: StaffRequest, study: str = "", series: str = "") -> HttpResponse:
    """The instances of one series, of one study, or of all."""
    rows = Instance.objects.visible_to(request.user).clinical()
    if series:
        rows = rows.of_series(study, series)
        return _answer(request, Level.INSTANCE, rows, Level.STUDY, Level.SERIES)
    if study:
        return _answer(request, Level.INSTANCE, rows.of_study(study), Level.STUDY)
    return _answer(request, Level.INSTANCE, rows)


def _answer(
    request: StaffRequest, level: Level, rows: QuerySet[Any], *fixed: Level
) -> HttpResponse:
    """200 with a list, which is empty when nothing fits (PS3.18 8.3.4.4 as of 2026)."""
    offer = choose(request, [Offer(media) for media in JSON_TYPES])
    root = root_of(request)
    search = Search(level, rows, question_in(request.GET), root, frozenset(fixed))
    try:
        results = search.results()
    except DataError:  # the database's own limits: a number too large, a pattern too involved
        raise BadQuestion(_("A value is outside of what can be searched for.")) from None
    body = json.dumps(results, ensure_ascii=False, separators=(",", ":"))
    answer = HttpResponse(body, content_type=offer.media)
    if search.warnings:
        notes = (f'299 {request.get_host()} "{text}"' for text in search.warnings)
        answer["Warning"] = ", ".join(notes)
    return labelled(answer, "", "private, no-cache")
