"""Days that come round again: the part of RFC 5545 that maintenance needs, and how to say it.

We read the rule ourselves before dateutil does. A rule from outside can ask for every second, for
a 30th of February, or for nothing at all: it is refused here with a sentence, and no search for
the next day goes further than `HORIZON`.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from dateutil.rrule import rrule, rrulestr
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

HORIZON = dt.timedelta(days=366 * 20)
LONGEST_RULE = 200
ALWAYS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
IN_A_MONTH = frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"})
# dateutil looks for a day until the year 9999. By days and weeks it would look at millions of
# them, so there only what always finds one is taken.
PARTS = {
    "DAILY": ALWAYS,
    "WEEKLY": ALWAYS | {"BYDAY"},
    "MONTHLY": ALWAYS | IN_A_MONTH,
    "YEARLY": ALWAYS | IN_A_MONTH,
}
VALUES = {
    "BYDAY": re.compile(r"[+-]?[1-5]?(MO|TU|WE|TH|FR|SA|SU)"),
    "BYMONTHDAY": re.compile(r"-?([1-9]|[12][0-9]|3[01])"),
    "BYMONTH": re.compile(r"[1-9]|1[0-2]"),
    "BYSETPOS": re.compile(r"-?[1-9][0-9]?"),
    "WKST": re.compile(r"MO|TU|WE|TH|FR|SA|SU"),
}
LARGEST_INTERVAL = {"DAILY": 3660, "WEEKLY": 520, "MONTHLY": 240, "YEARLY": 20}
LARGEST_COUNT = 1000
LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule that was read and found to make sense."""

    parts: dict[str, str]
    count: int | None = None
    until: dt.date | None = None

    @property
    def frequency(self) -> str:
        return self.parts["FREQ"]

    @property
    def interval(self) -> int:
        return int(self.parts.get("INTERVAL", "1"))

    def days(self, start: dt.date, after: dt.date | None = None) -> Iterator[dt.date]:
        """The days of the rule counted from `start`, those after `after`, in order."""
        last = max(start, after or start)
        last = last + HORIZON if last < dt.date.max - HORIZON else dt.date.max
        last = min(last, self.until) if self.until else last
        text = ";".join(f"{key}={value}" for key, value in self.parts.items())
        endless = cast(rrule, rrulestr(text, dtstart=_midnight(start)))
        for moment in islice(endless.replace(until=_midnight(last)), self.count):
            if after is None or moment.date() > after:
                yield moment.date()


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def rule_of(text: str) -> Rule:
    """Read a rule. Raises ValidationError with a sentence for the person who wrote it."""
    parts = _parts_of(text)
    frequency = parts.get("FREQ", "")
    if frequency not in LARGEST_INTERVAL:
        raise ValidationError(_("Maintenance comes round by days, weeks, months or years."))
    interval = _number(parts, "INTERVAL") or 1
    if interval > LARGEST_INTERVAL[frequency]:
        raise ValidationError(_("That is longer than any device lasts."))
    count, until = _number(parts, "COUNT"), _until(parts)
    if count and until:
        raise ValidationError(_("COUNT and UNTIL exclude each other: give one of them."))
    _check_days(parts, PARTS[frequency])
    kept = {key: value for key, value in parts.items() if key not in {"COUNT", "UNTIL"}}
    rule = Rule(kept, count, until)
    try:
        next(rule.days(dt.date(2001, 1, 1)), None)
    except (ValueError, TypeError, IndexError, KeyError) as why:
        raise ValidationError(_("That is not a recurrence rule (RFC 5545).")) from why
    return rule


def _parts_of(text: str) -> dict[str, str]:
    text = text.strip().upper().removeprefix("RRULE:")
    if not text or len(text) > LONGEST_RULE or not text.isascii():
        raise ValidationError(_("That is not a recurrence rule (RFC 5545)."))
    parts: dict[str, str] = {}
    for piece in text.rstrip(";").split(";"):
        key, sign, value = piece.partition("=")
        if not sign or not value or key in parts:
            raise ValidationError(_("That is not a recurrence rule (RFC 5545)."))
        parts[key] = value
    return parts


def _check_days(parts: dict[str, str], known: frozenset[str]) -> None:
    """Each part fits the frequency, has values that exist, and they can meet on one day."""
    for key, value in parts.items():
        if key not in known:
            sentence = _("%(part)s does not go with this frequency.")
            raise ValidationError(sentence % {"part": key[:20]})
        one = VALUES.get(key)
        if one and not all(one.fullmatch(piece) for piece in value.split(",")):
            raise ValidationError(_("%(part)s has an odd value.") % {"part": key})
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY"} & set(parts):
        raise ValidationError(_("BYSETPOS needs days to choose from."))
    if "BYMONTH" in parts and "BYMONTHDAY" in parts:
        longest = max(LONGEST_MONTH[int(month) - 1] for month in parts["BYMONTH"].split(","))
        if min(abs(int(day)) for day in parts["BYMONTHDAY"].split(",")) > longest:
            raise ValidationError(_("There is no such day in these months."))


def _number(parts: dict[str, str], key: str) -> int | None:
    if key not in parts:
        return None
    value = parts[key]
    if not value.isdecimal() or not 1 <= int(value) <= LARGEST_COUNT * 10:
        raise ValidationError(_("%(part)s needs a number from 1 on.") % {"part": key})
    if key == "COUNT" and int(value) > LARGEST_COUNT:
        raise ValidationError(_("That is longer than any device lasts."))
    return int(value)


def _until(parts: dict[str, str]) -> dt.date | None:
    if "UNTIL" not in parts:
        return None
    try:
        return dt.datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date()  # noqa: DTZ007 — a day
    except ValueError as why:
        raise ValidationError(_("UNTIL needs a day, such as 20301231.")) from why


# ── in words ─────────────────────────────────────────────────────────────────────────────────────

DAYS = {
    "MO": gettext_lazy("Monday"),
    "TU": gettext_lazy("Tuesday"),
    "WE": gettext_lazy("Wednesday"),
    "TH": gettext_lazy("Thursday"),
    "FR": gettext_lazy("Friday"),
    "SA": gettext_lazy("Saturday"),
    "SU": gettext_lazy("Sunday"),
}
PLACES = {
    "1": gettext_lazy("first"),
    "2": gettext_lazy("second"),
    "3": gettext_lazy("third"),
    "4": gettext_lazy("fourth"),
    "5": gettext_lazy("fifth"),
    "-1": gettext_lazy("last"),
}


def in_words(rule: Rule) -> str:
    """Say a rule: "every 3 months, on the first Monday, until 31 December 2030"."""
    said = [_every(rule), *_on_which_days(rule)]
    if rule.count:
        said.append(ngettext("once", "%(n)d times", rule.count) % {"n": rule.count})
    if rule.until:
        said.append(_("until %(day)s") % {"day": formats.date_format(rule.until, "j F Y")})
    return ", ".join(said)


def _every(rule: Rule) -> str:
    n = rule.interval
    words = {
        "DAILY": ngettext("every day", "every %(n)d days", n),
        "WEEKLY": ngettext("every week", "every %(n)d weeks", n),
        "MONTHLY": ngettext("every month", "every %(n)d months", n),
        "YEARLY": ngettext("every year", "every %(n)d years", n),
    }
    return words[rule.frequency] % {"n": n}


def _on_which_days(rule: Rule) -> list[str]:
    parts, said = rule.parts, []
    if "BYDAY" in parts:
        days = _listed([_day(code) for code in parts["BYDAY"].split(",")])
        place = PLACES.get(parts.get("BYSETPOS", ""))
        said.append(
            _("on the %(place)s %(day)s") % {"place": place, "day": days}
            if place
            else _("on %(days)s") % {"days": days}
        )
    if "BYMONTHDAY" in parts:
        said.append(
            _("on day %(days)s of the month") % {"days": _listed(_values(parts, "BYMONTHDAY"))}
        )
    if "BYMONTH" in parts:
        months = [_month(value) for value in _values(parts, "BYMONTH")]
        said.append(_("in %(months)s") % {"months": _listed(months)})
    return said


def _values(parts: dict[str, str], key: str) -> list[str]:
    return parts[key].split(",")


def _day(code: str) -> str:
    place, day = code[:-2].lstrip("+"), str(DAYS.get(code[-2:], code))
    word = PLACES.get(place)
    return _("the %(place)s %(day)s") % {"place": word, "day": day} if word else day


def _month(value: str) -> str:
    return formats.date_format(dt.date(2000, int(value), 1), "F")


def _listed(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
