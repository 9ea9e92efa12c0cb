"""What a series was made for (Request Attributes Sequence), asked by its two numbers.

Two witnesses: what the department ordered, and what the images say of themselves. Either will do.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import TooMuch
from gateway.dicomweb.search import matching
from gateway.dicomweb.search.attributes import Level
from studies.models import Match, Series, Study


def _studies_of_requested_procedure(value: str) -> QuerySet[Any]:
    fits = matching.text("RequestedProcedureID", "order__requested_procedure_id", value)
    return Study.objects.filter(fits).values_list("pk", flat=True)


def _studies_of_scheduled_step(value: str) -> QuerySet[Any]:
    fits = matching.text("ScheduledProcedureStepID", "procedure__step_id", value)
    return Match.objects.filter(fits).values_list("study_id", flat=True)


MOST = 2000  # studies or series that are named by their keys

OF_THE_ORDER = {
    "00400275.00401001": _studies_of_requested_procedure,
    "00400275.00400009": _studies_of_scheduled_step,
}


def for_request(key: str, name: str, value: str, paths: Mapping[Level, str]) -> Q:
    """Rows made for this request. The images' own word is only compared as a whole: an index
    finds it there, and wild cards are answered by what was ordered."""
    matching.check(name, value)
    ordered = set(OF_THE_ORDER[key](value)[: MOST + 1])
    said: set[int] = set()
    if "*" not in value and "?" not in value:
        item = {key.split(".")[1]: {"vr": "SH", "Value": [value.strip(" ")]}}
        series = Series.objects.filter(requests__contains=[item])
        column = "pk" if Level.SERIES in paths else "study"
        said = set(series.values_list(column, flat=True)[: MOST + 1])
    if len(ordered) > MOST or len(said) > MOST:
        raise TooMuch(_("%(key)s fits too many. Give more of the number.") % {"key": name})
    by_order = Q(**{f"{paths[Level.STUDY]}pk__in": ordered})
    own = paths.get(Level.SERIES)
    return by_order | Q(**{f"{own or ''}pk__in": said}) if said else by_order
