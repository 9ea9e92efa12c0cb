"""Where a page begins: after a record that was told before (PS3.4 C.6.4.1.1, PS3.18 10.6.3.3).

A Record Key (0008,041B) names one row of one level. Given back as Prior Record Key (0008,041C), it
begins the next page after that row, in the time of the first page however deep in the list.
"""

import base64
import binascii
import struct
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import BadQuestion
from gateway.dicomweb.search.attributes import Level

RECORD_KEY, PRIOR_RECORD_KEY = "0008041B", "0008041C"
ORDER = {
    Level.STUDY: ("-study_date", "-pk"),
    Level.SERIES: ("-study__study_date", "-study_id", "number", "pk"),
    Level.INSTANCE: (
        "-series__study__study_date",
        "-series__study_id",
        "series__number",
        "series_id",
        "number",
        "pk",
    ),
}
_FORM = struct.Struct(">BQ")  # the level, and the row's own key


def key_of(level: Level, pk: int) -> str:
    """The Record Key of a row, as DICOM JSON carries bytes."""
    return base64.b64encode(_FORM.pack(level, pk)).decode()


def following(rows: QuerySet[Any], level: Level, key: str) -> Q:
    """What stands below the record of this key. `rows` are those that the person may see.
    Raises BadQuestion for a key that is none, or whose record is no longer there."""
    order = ORDER[level]
    columns = [column.lstrip("-") for column in order]
    row = rows.filter(pk=_row(level, key)).values_list(*columns).first()
    if row is None:
        raise BadQuestion(_("PriorRecordKey: there is no such record here; begin again without."))
    return _below(list(zip(order, row, strict=True)))


def _row(level: Level, key: str) -> int:
    try:
        # In a query "+" is a space; programs that hand on addresses prefer the other alphabet.
        written = key.replace(" ", "+").translate(str.maketrans("-_", "+/"))
        of_level, pk = _FORM.unpack(base64.b64decode(written, validate=True))
    except (binascii.Error, ValueError, struct.error):
        of_level, pk = 0, 0
    if of_level != level or pk >= 1 << 63:
        raise BadQuestion(_("PriorRecordKey: not a Record Key of this search."))
    return int(pk)


def _below(place: list[tuple[str, Any]]) -> Q:
    """Rows after a place, compared column by column in the order of the list."""
    below, same = Q(pk__in=[]), Q()
    for column, value in place:
        below |= same & _after(column, value)
        same &= _equal(column.lstrip("-"), value)
    column, value = place[0]
    # Implied by the rest, and what lets the database begin there instead of at the top.
    return below & Q(**{f"{column[1:]}__lte": value}) if value is not None else below


def _after(column: str, value: Any) -> Q:
    """In one column: rows without a value come first going down, last going up."""
    if column.startswith("-"):
        name = column[1:]
        return Q(**{f"{name}__isnull": False}) if value is None else Q(**{f"{name}__lt": value})
    if value is None:
        return Q(pk__in=[])
    return Q(**{f"{column}__gt": value}) | Q(**{f"{column}__isnull": True})


def _equal(column: str, value: Any) -> Q:
    return Q(**{f"{column}__isnull": True}) if value is None else Q(**{column: value})
