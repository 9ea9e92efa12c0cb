"""Single values out of a DICOM JSON model: text, numbers, dates, names. Nothing here raises."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

Elements = Mapping[str, Any]

_TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6}))?")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_CONTROLS = dict.fromkeys(range(32), " ") | {127: " "}


def values(elements: Elements, tag: str) -> list[Any]:
    """All values of an element; empty when it is absent or empty."""
    found = elements.get(tag)
    return found.get("Value") or [] if found else []


def first(elements: Elements, tag: str) -> Any:
    """The first value, or None."""
    found = values(elements, tag)
    return found[0] if found else None


def text(elements: Elements, tag: str) -> str:
    """The first value as one line of text, without control characters."""
    found = first(elements, tag)
    return "" if found is None else clean(str(found))


def clean(value: str) -> str:
    """One line: a name with a line break in it must not break a list or a log."""
    return value.translate(_CONTROLS).strip()


def texts(elements: Elements, tag: str) -> tuple[str, ...]:
    return tuple("" if value is None else clean(str(value)) for value in values(elements, tag))


def integer(elements: Elements, tag: str) -> int | None:
    """The first value as a whole number, if it is one that a database column holds."""
    try:
        number = int(float(first(elements, tag)))
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 1 << 31 else None


def number(elements: Elements, tag: str) -> float | None:
    found = numbers(elements, tag)
    return found[0] if found else None


def numbers(elements: Elements, tag: str) -> list[float]:
    """All values as numbers; empty when one of them is not a number."""
    try:
        return [float(value) for value in values(elements, tag)]
    except (TypeError, ValueError):
        return []


def items(elements: Elements, tag: str) -> list[dict[str, Any]]:
    """The items of a sequence."""
    return [item for item in values(elements, tag) if isinstance(item, dict)]


def item(elements: Elements, tag: str) -> dict[str, Any]:
    """The first item of a sequence, or an empty one."""
    found = items(elements, tag)
    return found[0] if found else {}


def name_groups(elements: Elements, tag: str) -> tuple[str, str, str]:
    """A person's name: alphabetic, ideographic, phonetic."""
    found = first(elements, tag)
    groups: Mapping[str, str] = found if isinstance(found, dict) else {}
    alphabetic, ideographic, phonetic = (
        clean(groups.get(which, "")).rstrip("^ ")
        for which in ("Alphabetic", "Ideographic", "Phonetic")
    )
    return alphabetic, ideographic, phonetic


def date(elements: Elements, tag: str) -> dt.date | None:
    """A date, also in the old form with dots; None when it is not one."""
    return as_date(text(elements, tag))


def as_date(value: str) -> dt.date | None:
    digits = value.replace(".", "").replace("-", "")
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def time(elements: Elements, tag: str) -> dt.time | None:
    """A time; missing minutes and seconds count as zero (PS3.5 6.2)."""
    return as_time(text(elements, tag))


def as_time(value: str) -> dt.time | None:
    found = _TIME.fullmatch(value)
    if not found:
        return None
    hour, minute, second, fraction = found.groups()
    try:
        return dt.time(
            int(hour),
            int(minute or 0),
            min(int(second or 0), 59),  # 60, a leap second, is allowed by the standard
            int((fraction or "0").ljust(6, "0")),
        )
    except ValueError:
        return None


def utc_offset(elements: Elements) -> int | None:
    """(0008,0201) Timezone Offset From UTC, in minutes."""
    return as_offset(text(elements, "00080201"))


def as_offset(value: str) -> int | None:
    found = _OFFSET.fullmatch(value)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return -minutes if found[1] == "-" else minutes


def as_moment(value: str, offset: int | None) -> dt.datetime | None:
    """A DT value; its own offset wins over the object's."""
    sign = max(value.rfind("+"), value.rfind("-"))
    if sign > 0:
        own = as_offset(value[sign:])
        value, offset = value[:sign], own if own is not None else offset
    return moment(as_date(value[:8]), as_time(value[8:]), offset)


def moment(day: dt.date | None, clock: dt.time | None, offset: int | None) -> dt.datetime | None:
    """Day and time joined: aware when an offset is known."""
    if day is None:
        return None
    zone = None
    if offset is not None and abs(offset) < 24 * 60:
        zone = dt.timezone(dt.timedelta(minutes=offset))
    return dt.datetime.combine(day, clock or dt.time(), zone)
