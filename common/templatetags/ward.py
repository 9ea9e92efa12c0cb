"""Time, age, names and sides as the ward says them."""

import datetime as dt
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400
WAITING_IN_WORDS = 4 * HOUR  # beyond this, hours and minutes say less than the clock does


def _span(seconds: float) -> str:
    """34 min, 1 h 20 min, 3 d: rounded down, as people count waiting; never broken in a line."""
    return _length(seconds).replace(" ", "\u00a0")


def _length(seconds: float) -> str:
    minutes = int(seconds // MINUTE)
    if seconds < HOUR:
        return _("%(minutes)s min") % {"minutes": minutes}
    if seconds < DAY:
        return _("%(hours)s h %(minutes)02d min") % {
            "hours": minutes // 60,
            "minutes": minutes % 60,
        }
    return _("%(days)s d") % {"days": minutes // (24 * 60)}


def _clock(moment: dt.datetime, today: dt.date) -> str:
    """14:30, with as much of the day as is needed to know which one."""
    time = moment.strftime("%H:%M")
    days = (moment.date() - today).days
    if days == 0:
        return time
    if days == 1:
        return _("tomorrow %(time)s") % {"time": time}
    if days == -1:
        return _("yesterday %(time)s") % {"time": time}
    return f"{formats.date_format(moment, 'j M' if moment.year == today.year else 'j M Y')} {time}"


def in_words(moment: dt.datetime, now: dt.datetime, manner: str = "when") -> str:
    """Say `moment` as seen from `now`. Manners: when, waiting, since, clock.

    `static/js/waiting.js` says the same in the browser every half minute; change both together.
    """
    local_now = timezone.localtime(now)
    moment = timezone.localtime(moment)
    ahead = (moment - local_now).total_seconds()
    if manner == "waiting":
        return _("waiting %(span)s") % {"span": _span(max(0, -ahead))}
    if manner == "since":
        return _span(max(0, -ahead))
    if manner == "clock" or abs(ahead) >= WAITING_IN_WORDS:
        return _clock(moment, local_now.date())
    if abs(ahead) < MINUTE:
        return _("now")
    if ahead > 0:
        return _("in %(span)s") % {"span": _span(ahead)}
    return _("%(span)s ago") % {"span": _span(-ahead)}


@register.simple_tag
def when(
    moment: dt.datetime | None, manner: str = "when", late_after: int | None = None
) -> SafeString | str:
    """A time in ward words, the exact time on hover and in the markup.

    `late_after` (minutes) marks a wait that has become too long.
    """
    if moment is None:
        return "–"
    now = timezone.now()
    local = timezone.localtime(moment)
    late = late_after is not None and now - moment >= dt.timedelta(minutes=late_after)
    return format_html(
        '<time class="when{}" datetime="{}" title="{}" data-manner="{}"{}>{}</time>',
        " is-late" if late else "",
        local.isoformat(timespec="seconds"),
        local.strftime("%Y-%m-%d %H:%M:%S"),
        manner,
        "" if late_after is None else format_html(' data-late-after="{}"', late_after),
        in_words(moment, now, manner),
    )


@register.filter
def age(birth_date: dt.date | None) -> str:
    """Age today in the unit the ward uses: days to four weeks, months to two years, then years."""
    if birth_date is None:
        return _("age unknown")
    today = timezone.localdate()
    days = (today - birth_date).days
    months = (today.year - birth_date.year) * 12 + today.month - birth_date.month
    months -= today.day < birth_date.day
    if days < 0:
        return _("not yet born")
    if days < 28:  # noqa: PLR2004 — a newborn, by the usual definition
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if months < 24:  # noqa: PLR2004
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    return _("%(years)s y") % {"years": months // 12}


@register.filter
def pn(group: str) -> str:
    """One group of a DICOM person name as people read it (PS3.5 §6.2.1.1).

    Latin, Greek, Arabic: "Family, Given Middle". Han, kana and hangul names have no comma.
    """
    family, given, middle, *_rest = (*(part.strip() for part in group.split("^")), "", "", "")
    forenames = " ".join(part for part in (given, middle) if part)
    joint = " " if _is_east_asian(family or given) else ", "
    return joint.join(part for part in (family, forenames) if part)


def _is_east_asian(text: str) -> bool:
    return any("\u2e80" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in text)


@lru_cache(maxsize=64)
def _drawn_side(value: str, language: str | None) -> SafeString:
    words = {"L": _("Left"), "R": _("Right"), "B": _("Both sides")}
    return render_to_string("components/_side.html", {"side": value, "word": words.get(value, "")})


@register.simple_tag
def side(value: str) -> SafeString:
    """The side of the body: L, R or B, as letter, word and position; nothing for no side."""
    return _drawn_side(str(value), get_language())
