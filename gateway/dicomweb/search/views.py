"""The six addresses of a search. What somebody rejected is neither found nor counted."""

from typing import Any

from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from gateway.dicomweb.datasets import found, offered
from gateway.dicomweb.doors import BadQuestion, door
from gateway.dicomweb.roots import root_of
from gateway.dicomweb.search.attributes import Level
from gateway.dicomweb.search.engine import Search
from gateway.dicomweb.search.parameters import question_in
from staff.access import StaffRequest
from studies.models import Instance, Series, Study


@door
def studies(request: StaffRequest) -> HttpResponseBase:
    """Studies, the newest first."""
    return _answer(request, Level.STUDY, Study.objects.visible_to(request.user).clinical())


@door
def series(request: StaffRequest, study: str = "") -> HttpResponseBase:
    """The series of one study, or of all."""
    rows = Series.objects.visible_to(request.user).clinical()
    if not study:
        return _answer(request, Level.SERIES, rows)
    return _answer(request, Level.SERIES, rows.of_study(study), Level.STUDY)


@door
def instances(request: StaffRequest, study: str = "", series: str = "") -> HttpResponseBase:
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
) -> HttpResponseBase:
    """200 with a list, which is empty when nothing fits (PS3.18 8.3.4.4 as of 2026)."""
    offer = offered(request)
    search = Search(level, rows, question_in(request.GET), root_of(request), frozenset(fixed))
    try:
        results = search.results()
    except DataError:  # the database's own limits: a number too large, a pattern too involved
        raise BadQuestion(_("A value is outside of what can be searched for.")) from None
    return found(request, offer, results, search.warnings)
