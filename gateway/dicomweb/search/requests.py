"""What a series was made for (Request Attributes Sequence), asked by its two numbers.

Two witnesses: what the department ordered, and what the images say of themselves. Either will do.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from gateway.dicomweb.search import matching
from gateway.dicomweb.search.attributes import Level
from studies.models import Match, Series, Study


def _studies_of_requested_procedure(value: str) -> QuerySet[Any]:
    fits = matching.text("RequestedProcedureID", "order__requested_procedure_id", value)
    return Study.objects.filter(fits).values("pk")


def _studies_of_scheduled_step(value: str) -> QuerySet[Any]:
    fits = matching.text("ScheduledProcedureStepID", "procedure__step_id", value)
    return Match.objects.filter(fits).values("study_id")


OF_THE_ORDER = {
    "00400275.00401001": _studies_of_requested_procedure,
    "00400275.00400009": _studies_of_scheduled_step,
}


def for_request(key: str, name: str, value: str, paths: Mapping[Level, str]) -> Q:
    """Rows made for this request. The images' own word is only compared as a whole: an index
    finds it there, and wild cards are answered by what was ordered."""
    matching.check(name, value)
    ordered = Q(**{f"{paths[Level.STUDY]}pk__in": OF_THE_ORDER[key](value)})
    if "*" in value or "?" in value:
        return ordered
    item = {key.split(".")[1]: {"vr": "SH", "Value": [value.strip(" ")]}}
    said = Series.objects.filter(requests__contains=[item])
    if Level.SERIES in paths:
        return ordered | Q(**{f"{paths[Level.SERIES]}pk__in": said.values("pk")})
    return ordered | Q(pk__in=said.values("study"))
