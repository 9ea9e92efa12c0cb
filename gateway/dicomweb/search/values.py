"""Values of rows as DICOM JSON members (PS3.18 annex F), and the other way round for matching."""

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

from gateway.dicomweb.doors import BadQuestion

Element = dict[str, Any]
_DATE = re.compile(r"(\d{4})[.]?(\d{2})[.]?(\d{2})")
_TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(\.\d{1,6})?")
_UID = re.compile(r"[0-9.]{1,64}")
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def element(vr: str, *values: Any) -> Element:
    """One attribute; blank values make an attribute without Value."""
    kept = [value for value in values if value is not None and value != ""]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}


def date_text(value: dt.date | None) -> str:
    return value.strftime("%Y%m%d") if value else ""


def time_text(value: dt.time | None) -> str:
    if value is None:
        return ""
    return value.strftime("%H%M%S.%f" if value.microsecond else "%H%M%S")


def name_groups(*groups: str) -> Element | None:
    """A person's name, one member for each component group that is there."""
    return {which: group for which, group in zip(_GROUPS, groups, strict=False) if group} or None


def name_of(text: str) -> Element | None:
    return name_groups(*text.split("="))


def dates_in(key: str, text: str) -> tuple[dt.date | None, dt.date | None]:
    """A date or a range of dates, both ends included; None where it is open."""
    first, last = _ends(text)
    return _date(key, first), _date(key, last)


def times_in(key: str, text: str) -> tuple[dt.time | None, dt.time | None]:
    """A time or a range of times. A coarse end lasts until its next unit: 10 is 10:59:59.999999."""
    first, last = _ends(text)
    return _time(key, first, is_end=False), _time(key, last, is_end=True)


def uids_in(key: str, text: str) -> list[str]:
    """UIDs, separated by a backslash or a comma (PS3.18 8.3.4.1)."""
    uids = [uid.strip() for uid in re.split(r"[\\,]", text)]
    if not all(_UID.fullmatch(uid) for uid in uids):
        raise BadQuestion(_("%(key)s: a UID, or several with commas between.") % {"key": key})
    return uids


def number_in(key: str, text: str) -> int:
    try:
        return max(min(int(text), 2**63 - 1), -(2**63))
    except ValueError:
        raise BadQuestion(_("%(key)s: a whole number.") % {"key": key}) from None


def _ends(text: str) -> tuple[str, str]:
    first, dash, last = text.partition("-")
    return (first.strip(), last.strip()) if dash else (text.strip(), text.strip())


def _date(key: str, text: str) -> dt.date | None:
    if not text:
        return None
    found = _DATE.fullmatch(text)
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else _no_date(key)
    except ValueError:
        return _no_date(key)


def _no_date(key: str) -> dt.date:
    raise BadQuestion(_("%(key)s: a date as YYYYMMDD, or a range of two.") % {"key": key})


def _time(key: str, text: str, *, is_end: bool) -> dt.time | None:
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        return _no_time(key)
    rest = 59 if is_end else 0
    micro = (found[4] or "").lstrip(".")
    fill = "9" if is_end else "0"
    try:
        return dt.time(
            int(found[1]),
            int(found[2]) if found[2] else rest,
            min(int(found[3]), 59) if found[3] else rest,  # a leap second (PS3.5 6.2)
            int(micro.ljust(6, fill)),
        )
    except ValueError:
        return _no_time(key)


def _no_time(key: str) -> dt.time:
    raise BadQuestion(_("%(key)s: a time as HHMMSS, or a range of two.") % {"key": key})
