"""Birth dates as people write them: 17.05.1980, 17 May 1980, 昭和55年5月17日, ١٧/٠٥/١٩٨٠."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import product

from django.conf import settings
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import override

from common.text import fold

CENTURY = 100
LONGEST_DATE = 3  # words: "17 May 1980"
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
NUMBERS = re.compile(r"(\d{1,4})[./年-](\d{1,2})[./月-](\d{1,4})[日.]?")
ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
ERA = re.compile(rf"({'|'.join(ERAS)})(\d{{1,2}}|元)年(\d{{1,2}})月(\d{{1,2}})日?")


def days_meant_by(text: str) -> list[dt.date]:
    """The dates that `text` may be: 17.05.1980 is one, 04/05/1980 is two, "Smith" is none."""
    plain = unicodedata.normalize("NFKC", text).strip().rstrip(",")
    found = _compact(plain) | _numbers(plain) | _era(plain) | _month_in_words(plain)
    return sorted(found)


def dates_and_rest(words: list[str]) -> tuple[list[list[dt.date]], list[str]]:
    """What in a search is a date however it is written, and the other words, in order.

    Each date is the list of days it may be. A single word that may be a date or a record number
    ("19800517") stays among the words, too: the search asks for either.
    """
    dates: list[list[dt.date]] = []
    rest: list[str] = []
    at = 0
    while at < len(words):
        length, days = _date_at(words, at)
        if length > 1:
            dates.append(days)
        else:
            rest.append(words[at])
        at += max(length, 1)
    return dates, rest


def _date_at(words: list[str], at: int) -> tuple[int, list[dt.date]]:
    """How many words from `at` are one date, longest first; 0 when none is."""
    for length in range(min(LONGEST_DATE, len(words) - at), 0, -1):
        if days := days_meant_by(" ".join(words[at : at + length])):
            return length, days
    return 0, []


def _day(year: int, month: int, day: int) -> set[dt.date]:
    try:
        return {dt.date(year, month, day)}
    except ValueError:
        return set()


def _compact(text: str) -> set[dt.date]:
    match = COMPACT.fullmatch(text)
    return _day(*(int(part) for part in match.groups())) if match else set()


def _numbers(text: str) -> set[dt.date]:
    """1980-05-17, 17.5.1980, 5/17/1980, 17.5.80: every reading that is a real day."""
    match = NUMBERS.fullmatch(text)
    if not match:
        return set()
    first, second, third = match.groups()
    if len(first) == len("1980"):
        return _day(int(first), int(second), int(third)) if len(third) <= len("17") else set()
    if len(first) > len("17") or len(third) not in {len("80"), len("1980")}:
        return set()
    days = {(int(first), int(second))}
    if "/" in text:
        days.add((int(second), int(first)))
    return set().union(
        *(_day(year, month, day) for year, (day, month) in product(_years(third), days))
    )


def _years(text: str) -> list[int]:
    """The years that two or four digits may be; nobody is born in the future."""
    year, now = int(text), timezone.localdate().year
    if len(text) > len("80"):
        return [year]
    this_century = now - now % CENTURY
    return [one for one in (this_century + year, this_century - CENTURY + year) if one <= now]


def _era(text: str) -> set[dt.date]:
    """A Japanese year: 昭和55年 is 1980, 令和元年 is 2019."""
    match = ERA.fullmatch(text)
    if not match:
        return set()
    era, year, month, day = match.groups()
    return _day(ERAS[era] + (1 if year == "元" else int(year)), int(month), int(day))


def _month_in_words(text: str) -> set[dt.date]:
    """17 May 1980, May 17, 1980, 17. Mai 1980, 17-mai-1980."""
    parts = [part for part in re.split(r"[\s.,/-]+", fold(text)) if part]
    names = [part for part in parts if part in months()]
    numbers = [part for part in parts if part.isdecimal()]
    if len(parts) != LONGEST_DATE or len(names) != 1 or len(numbers) != LONGEST_DATE - 1:
        return set()
    day, year = sorted(numbers, key=len)
    return _day(int(year), months()[names[0]], int(day)) if len(year) == len("1980") else set()


@cache
def months() -> Mapping[str, int]:
    """The names of the months, long and short, in every language of the department."""
    found: dict[str, int] = {}
    for language, _ in settings.LANGUAGES:
        with override(language):
            for number in MONTHS:
                found[fold(str(MONTHS[number]))] = number
                found[fold(str(MONTHS_3[number])).rstrip(".")] = number
    return found
