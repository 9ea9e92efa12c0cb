"""Values asked for as conditions on rows (PS3.4 C.2.2.2).

Text is compared exactly but for `*` and `?`; names without case and accents, group by group.
Each condition is a function of the attribute's name, the column and the value.
"""

import datetime as dt
import re
from collections.abc import Callable

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Contains, Regex, StartsWith
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import BadQuestion
from gateway.dicomweb.search import values
from patients.models import Fold
from patients.models.queries import SearchKey
from studies.models import HasAll, HasAny, ModalityList

MOST_WILDCARDS = 16
LONGEST_TEXT = 400  # five components of three groups of a name, and some air
MOST_GROUPS = 3  # of a person's name: alphabetic, ideographic, phonetic

Condition = Callable[[str, str, str], Q]


def text(key: str, column: str, value: str) -> Q:
    """AE, CS, LO, SH: case counts, `*` is any run of characters and `?` any single one."""
    check(key, value)
    if not _is_wild(value):
        return Q(**{column: value.strip(" ")})
    head = re.split(r"[*?]", value)[0]
    found = Q(**{f"{column}__startswith": head}) if head else Q()
    if value == f"{head}*":
        return found
    return found & Q(**{f"{column}__regex": f"^{_pattern(value, '.')}$"})


def one_of(key: str, column: str, value: str) -> Q:
    """A coded value, or one of several."""
    found = Q()
    for member in _members(value):
        found |= text(key, column, member)
    return found


def among(key: str, column: str, value: str) -> Q:
    """A column that holds several codes with backslashes between: any of them fits."""
    members = _members(value)
    plain = [member for member in members if not _is_wild(member)]
    found = Q(HasAny(ModalityList(F(column)), _codes(plain))) if plain else Q()
    for member in members:
        check(key, member)
        if _is_wild(member):
            pattern = _pattern(member, r"[^\\]")
            found |= Q(**{f"{column}__regex": rf"(^|\\){pattern}(\\|$)"})
    return found


def all_of(key: str, column: str, value: str) -> Q:
    """The same column with every one of the values (multiple value matching, C.2.2.2.8)."""
    members = _members(value)
    if any(_is_wild(member) for member in members):
        raise BadQuestion(
            _("%(key)s: no wild cards in a list of which all must fit.") % {"key": key}
        )
    return Q(HasAll(ModalityList(F(column)), _codes(members)))


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
    """A person's name against a column of folded names, groups joined by `=`."""
    if value.isascii():
        return _name(key, F(column), value)
    # The trigrams of a name are of what the locale calls letters, and of Han or kana there are
    # none: its index would be read whole. The search key has trigrams for every script.
    found = _name(key, Concat(F(column), Value(""), output_field=TextField()), value)
    keys = F(column.replace("folded_name", "search_key"))
    for head in filter(None, _heads(value)):
        found &= Q(Contains(keys, SearchKey(Value(head))))
    return found


def typed_name(key: str, column: str, value: str) -> Q:
    """The same against a column that holds the name as it was typed."""
    return _name(key, Fold(F(column)), value)


def _name(key: str, folded_column: F | Fold | Concat, value: str) -> Q:
    """Without `=` any group may fit, with it each group given must. What follows the last
    component that is given may be anything: SMITH finds SMITH^JOHN, as people expect (PS3.4
    C.2.2.2.1.1 leaves it to us).

    The pattern decides; the beginnings in front of it are what an index of trigrams can use.
    """
    check(key, value)
    groups = folded(value).split("=")
    if len(groups) > MOST_GROUPS:
        raise BadQuestion(_("%(key)s: a name has at most three groups.") % {"key": key})
    patterns = [_group(group) for group in groups]
    if len(groups) == 1:
        fits = f"(^|=){patterns[0]}(=|$)"
    else:
        fits = f"^{'='.join(pattern or '[^=]*' for pattern in patterns)}(=|$)"
    found = Q(Regex(folded_column, Value(fits)))
    for head in filter(None, _heads("=".join(groups))):
        first = Q(StartsWith(folded_column, Value(head)))
        found &= first | Q(Contains(folded_column, Value(f"={head}")))
    return found


def _heads(value: str) -> list[str]:
    """How each group begins, up to the first wild card."""
    return [re.split(r"[*?]", group.strip())[0].rstrip("^ ") for group in value.split("=")]


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


def blank_text(column: str) -> Q:
    """Nothing in a column of text (empty value matching, C.2.2.2.7)."""
    return Q(**{column: ""})


def blank_value(column: str) -> Q:
    """Nothing in a column of dates, times or numbers."""
    return Q(**{f"{column}__isnull": True})


def blank_name(column: str) -> Q:
    """No group of a folded name."""
    return Q(**{column: "=="})


def folded(text: str) -> str:
    """As the database folds names: the column was made by the same rules."""
    if text.isascii():
        return text.lower()  # what folding does to it, without asking
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold_text(%s)", [text])
        row = cursor.fetchone()
    return str(row[0])


def check(key: str, value: str) -> None:
    """Refuse what would take long to compare."""
    if len(value) > LONGEST_TEXT or len(re.findall(r"\*+|\?", value)) > MOST_WILDCARDS:
        raise BadQuestion(_("%(key)s: the value is too long or too vague.") % {"key": key})


def _group(text: str) -> str:
    """The pattern of one component group."""
    text = text.strip().rstrip("^")
    return rf"{_pattern(text, '[^=]')}(\^[^=]*)?" if text else ""


def _members(value: str) -> list[str]:
    return [member.strip() for member in re.split(r"[\\,]", value) if member.strip()]


def _codes(members: list[str]) -> Value:
    return Value(members, output_field=ArrayField(TextField()))


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
