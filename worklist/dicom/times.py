"""Dates, times and ranges of them, as machines write them (PS3.5 6.2, PS3.4 C.2.2.2.5)."""

import datetime as dt
import re
from dataclasses import dataclass

DATE = re.compile(r"(\d{4})\.?(\d\d)\.?(\d\d)")
TIME = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6}))?)?)?")
OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
DAY = dt.timedelta(days=1)
PRECISION = (dt.timedelta(hours=1), dt.timedelta(minutes=1), dt.timedelta(seconds=1))


_ANY_DAY = dt.datetime.combine(dt.date.min, dt.time())


class NoTime(ValueError):
    """That is not a date, a time, or a range of them."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Days from `first` to `last`, both included; None is open."""

    first: dt.date | None
    last: dt.date | None
    is_range: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """Time since midnight from `first` up to, but without, `end`; None is open."""

    first: dt.timedelta | None
    end: dt.timedelta | None
    is_range: bool


def read_dates(text: str) -> Dates:
    """ "20260705", "20260705-20260707", "20260705-", "-20260707". Raises NoTime."""
    first, last, is_range = _ends(text)
    return Dates(_date(first), _date(last), is_range)


def read_hours(text: str) -> Hours:
    """The same for times. A time without seconds is its whole minute: "-1800" ends at 18:01."""
    first, last, is_range = _ends(text)
    begin, end = _time(first), _time(last)
    return Hours(begin and begin[0], end and end[1], is_range)


def read_offset(text: str) -> dt.timezone:
    """Timezone Offset From UTC, "+0200". Raises NoTime."""
    match = OFFSET.fullmatch(text)
    if match is None:
        raise NoTime(text)
    sign, hours, minutes = match.groups()
    offset = dt.timedelta(hours=int(hours), minutes=int(minutes))
    if offset >= DAY:
        raise NoTime(text)
    return dt.timezone(-offset if sign == "-" else offset)


def interval(
    dates: Dates | None, hours: Hours | None, zone: dt.tzinfo
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """From the first moment up to, but without, the last; None is open.

    A range of times joins the dates to one interval: 5 to 7 July and 10 to 18 o'clock is from the
    5th, 10:00, to the 7th, 18:00 (PS3.4 table K.6-1, Scheduled Procedure Step Start Date).
    """
    if dates is None:
        return None, None
    first, end = (hours.first, hours.end) if hours and hours.is_range else (None, None)
    return (
        _moment(dates.first, first or dt.timedelta(), zone),
        _moment(dates.last, DAY if end is None else end, zone),
    )


def clock(hours: Hours | None, *, joined: bool) -> tuple[dt.time | None, dt.time | None]:
    """The time of day that is asked for by itself, when it is not `joined` with the dates."""
    if hours is None or (joined and hours.is_range):
        return None, None
    return _clock(hours.first), None if hours.end == DAY else _clock(hours.end)


def offset_text(moment: dt.datetime) -> str:
    """ "+0200"."""
    return moment.strftime("%z")[:5]


def _clock(since_midnight: dt.timedelta | None) -> dt.time | None:
    return None if since_midnight is None else (_ANY_DAY + since_midnight).time()


def _moment(
    day: dt.date | None, since_midnight: dt.timedelta, zone: dt.tzinfo
) -> dt.datetime | None:
    if day is None:
        return None
    try:
        # Wall time, so that a day on which the clocks change still ends at midnight.
        naive = dt.datetime.combine(day, dt.time()) + since_midnight
        return naive.replace(tzinfo=zone)
    except OverflowError as why:
        raise NoTime(str(day)) from why


def _ends(text: str) -> tuple[str, str, bool]:
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not dash:
        return first, first, False
    if not first and not last:
        raise NoTime(text)
    return first, last, True


def _date(text: str) -> dt.date | None:
    if not text:
        return None
    match = DATE.fullmatch(text)
    if match is None:
        raise NoTime(text)
    try:
        return dt.date(*(int(part) for part in match.groups()))
    except ValueError as why:
        raise NoTime(text) from why


def _time(text: str) -> tuple[dt.timedelta, dt.timedelta] | None:
    """The moment a time begins and the moment it is over, by how precisely it is given."""
    if not text:
        return None
    match = TIME.fullmatch(text)
    if match is None:
        raise NoTime(text)
    hour, minute, second, fraction = match.groups()
    given = [int(part) for part in (hour, minute, second) if part is not None]
    if given[0] > 23 or any(part > 59 for part in given[1:2]) or any(p > 60 for p in given[2:]):  # noqa: PLR2004
        raise NoTime(text)
    begin = dt.timedelta(
        hours=given[0],
        minutes=int(minute or 0),
        seconds=min(int(second or 0), 59),  # 60 is a leap second, which no clock here knows
        microseconds=int((fraction or "0").ljust(6, "0")),
    )
    precision = dt.timedelta(microseconds=1) if fraction else PRECISION[len(given) - 1]
    return begin, begin + precision
