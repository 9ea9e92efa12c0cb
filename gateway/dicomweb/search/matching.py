"""Values asked for as conditions on rows (PS3.4 C.2.2.2).

Text is compared exactly but for `*` and `?`; names without case and accents, group by group.
"""

import datetime as dt
import re
from collections.abc import Callable

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import BadQuestion
from gateway.dicomweb.search import values

MOST_WILDCARDS = 16
LONGEST_TEXT = 400  # five components of three groups of a name, and some air

Condition = Callable[[str, str, str], Q]  # (the attribute's name, the column, the value)


def text(key: str, column: str, value: str) -> Q:
    """AE, CS, LO, SH: case counts, `*` is any run of characters and `?` any single one."""
    _check(key, value)
    if not _is_wild(value):
        return Q(**{column: value.strip(" ")})
    head = value.rstrip("*")
    if value == f"{head}*" and not _is_wild(head):
        return Q(**{f"{column}__startswith": head})
    return Q(**{f"{column}__regex": f"^{_pattern(value, '.')}$"})


def one_of(key: str, column: str, value: str) -> Q:
    """A coded value, or one of several."""
    found = Q()
    for member in re.split(r"[\\,]", value):
        found |= text(key, column, member.strip())
    return found


def among(key: str, column: str, value: str) -> Q:
    """A column that holds several codes with backslashes between: any of them fits."""
    found = Q()
    for member in re.split(r"[\\,]", value):
        _check(key, member)
        pattern = _pattern(member.strip(), r"[^\\]")
        found |= Q(**{f"{column}__regex": rf"(^|\\){pattern}(\\|$)"})
    return found


def uid(key: str, column: str, value: str) -> Q:
    uids = values.uids_in(key, value)
    return Q(**{column: uids[0]}) if len(uids) == 1 else Q(**{f"{column}__in": uids})


def number(key: str, column: str, value: str) -> Q:
    return Q(**{column: values.number_in(key, value)})


def day(key: str, column: str, value: str) -> Q:
    return _between(column, *values.dates_in(key, value))


def clock(key: str, column: str, value: str) -> Q:
    return _between(column, *values.times_in(key, value))


def name(key: str, column: str, value: str) -> Q:
    """A person's name against a column of folded names, groups joined by `=`.

    Without `=` any group may fit, with it each group given must. What follows the last component
    that is given may be anything: SMITH finds SMITH^JOHN, as people expect (PS3.4 C.2.2.2.1.1
    leaves it to us).
    """
    _check(key, value)
    groups = [_group(group) for group in folded(value).split("=")]
    if len(groups) > 3:  # noqa: PLR2004 - alphabetic, ideographic, phonetic
        raise BadQuestion(_("%(key)s: a name has at most three groups.") % {"key": key})
    if len(groups) == 1:
        return Q(**{f"{column}__regex": f"(^|=){groups[0]}(=|$)"})
    anything = "[^=]*"
    return Q(**{f"{column}__regex": f"^{'='.join(group or anything for group in groups)}(=|$)"})


def combined(day_column: str, clock_column: str, day_value: str, clock_value: str) -> Q:
    """A range of dates and one of times as a single stretch of time (PS3.4 C.2.2.2.5.3)."""
    first_day, last_day = values.dates_in("StudyDate", day_value)
    first, last = values.times_in("StudyTime", clock_value)
    found = _between(day_column, first_day, last_day)
    if first_day and first:
        found &= ~Q(**{day_column: first_day, f"{clock_column}__lt": first})
    if last_day and last:
        found &= ~Q(**{day_column: last_day, f"{clock_column}__gt": last})
    return found & Q(**{f"{clock_column}__isnull": False})


def folded(text: str) -> str:
    """As the database folds names: the column was made by the same rules."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold_text(%s)", [text])
        row = cursor.fetchone()
    return str(row[0])


def _group(text: str) -> str:
    """The pattern of one component group."""
    text = text.strip().rstrip("^")
    return rf"{_pattern(text, '[^=]')}(\^[^=]*)?" if text else ""


def _between(column: str, first: dt.date | dt.time | None, last: dt.date | dt.time | None) -> Q:
    """Both ends included. A row without a value fits no condition (PS3.4 C.2.2.2)."""
    if first is not None and first == last:
        return Q(**{column: first})
    found = Q(**{f"{column}__isnull": False})
    if first is not None:
        found &= Q(**{f"{column}__gte": first})
    if last is not None:
        found &= Q(**{f"{column}__lte": last})
    return found


def _is_wild(value: str) -> bool:
    return "*" in value or "?" in value


def _pattern(value: str, any_sign: str) -> str:
    """A regular expression of a value with wildcards; everything else stands for itself."""
    pieces = re.split(r"(\*+|\?)", value)
    signs = {"*": f"{any_sign}*", "?": any_sign}
    return "".join(signs.get(piece[:1]) or _escaped(piece) for piece in pieces if piece)


def _escaped(piece: str) -> str:
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", piece)


def _check(key: str, value: str) -> None:
    if len(value) > LONGEST_TEXT or len(re.findall(r"\*+|\?", value)) > MOST_WILDCARDS:
        raise BadQuestion(_("%(key)s: the value is too long or too vague.") % {"key": key})
