"""Why is my patient not on my scanner? The answer in sentences."""

import datetime as dt
from dataclasses import dataclass

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from equipment.models import Device
from equipment.services import caller_of
from worklist.dicom import MOST_ANSWERS, NotAnswerable, Profile, identifier_of, is_answered
from worklist.dicom.explain import Obstacle, obstacles
from worklist.models import Move, ScheduledProcedure, WorklistQuery
from worklist.models.asked import HOURS, LISTED, START, STATION

Status = ScheduledProcedure.Status
MIDNIGHT = dt.time()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a step is in an answer, and if not, what kept it out."""

    is_listed: bool
    sentences: list[str]


def verdict_now(procedure: ScheduledProcedure, device: Device, keys: dict[str, str]) -> Verdict:
    """If the device asked this now: would the step be in the answer?"""
    if not device.may_query_worklist:
        return Verdict(False, [_("%(device)s may not query the worklist.") % {"device": device}])
    identifier, profile = identifier_of(keys), Profile.of(caller_of(device))
    try:
        found = obstacles(procedure, identifier, profile)
        if found:
            return Verdict(False, [sentence(one, procedure, device) for one in found])
        listed = is_answered(procedure.pk, identifier, profile)
    except NotAnswerable as why:
        return Verdict(False, [_("The query cannot be answered: %(why)s") % {"why": why}])
    return Verdict(True, []) if listed else Verdict(False, [cut_words()])


def verdict_then(procedure: ScheduledProcedure, query: WorklistQuery, device: Device) -> Verdict:
    """Was the step in the answer to this query, and if not, why?

    What it was answered is known; why not is judged by how the step is now, and what has happened
    to it since is told.
    """
    if procedure.pk in query.steps:
        return Verdict(True, [])
    if query.has_failed:
        words = {"status": query.status_code, "error": query.error or _("no reason was given")}
        return Verdict(False, [_("The query failed: %(error)s (%(status)s)") % words])
    moves = list(procedure.moves.all())
    if moves and query.last_at < moves[0].at:
        words = {"asked": clock(query.last_at), "booked": clock(moves[0].at)}
        return Verdict(
            False, [_("Asked at %(asked)s, before the step was booked at %(booked)s.") % words]
        )
    now = verdict_now(procedure, device, query.keys)
    since = [changed_words(move) for move in moves if move.at > query.last_at]
    return Verdict(False, now.sentences + since or [unclear_words(query)])


def unclear_words(query: WorklistQuery) -> str:
    if query.was_cancelled:
        return _("The device broke the query off before this step was sent.")
    if query.was_cut:
        return cut_words()
    return _("Nothing keeps it out now: what the query asks for was corrected since.")


def cut_words() -> str:
    words = _("It matches, but more than %(most)s steps do, and others are nearer to now.")
    return words % {"most": MOST_ANSWERS}


def changed_words(move: Move) -> str:
    """What happened to the step after it was asked for."""
    labels = dict(Status.choices)
    before, after = labels.get(move.from_status), labels.get(move.to_status)
    if before == after:
        return _("Since then, at %(at)s, its time or device was changed.") % {"at": clock(move.at)}
    words = {"at": clock(move.at), "before": before or "–", "after": after}
    return _("Since then, at %(at)s: %(before)s → %(after)s.") % words


def sentence(obstacle: Obstacle, procedure: ScheduledProcedure, device: Device) -> str:
    """One condition that is not met, as one says it."""
    if obstacle.about == LISTED:
        return off_list_words(procedure)
    if obstacle.about == STATION:
        words = {"device": procedure.device.name, "title": procedure.device.ae_title}
        return _("It is booked on %(device)s (%(title)s); this device sees its own steps.") % words
    if obstacle.about in {START, HOURS}:
        return time_words(obstacle, procedure)
    words = {"key": obstacle.attribute, "asked": obstacle.asked, "here": obstacle.here}
    if not obstacle.here:
        return _("Asked for %(key)s “%(asked)s”; here it is empty.") % words
    return _("Asked for %(key)s “%(asked)s”; here it is “%(here)s”.") % words


def off_list_words(procedure: ScheduledProcedure) -> str:
    """States that are on no list, or not on this device's."""
    status = str(procedure.get_status_display()).lower()
    if procedure.status == Status.ON_HOLD:
        return _("It is on hold, and this device's list leaves out what is on hold.")
    if procedure.status == Status.IN_PROGRESS:
        return _("It is in progress, and this device's list leaves out what has begun.")
    return _("It is %(status)s: only what has still to be done is on a worklist.") % {
        "status": status
    }


def time_words(obstacle: Obstacle, procedure: ScheduledProcedure) -> str:
    """The step lies beside the asked times: before them or after."""
    begins = timezone.localtime(procedure.scheduled_start)
    words = {"here": clock(begins)}
    if isinstance(obstacle.end, dt.datetime) and begins >= obstacle.end:
        words["end"] = last_moment(obstacle.end)
        return _("Asked for steps until %(end)s; it begins %(here)s.") % words
    if isinstance(obstacle.first, dt.datetime):
        words["first"] = clock(obstacle.first)
        return _("Asked for steps from %(first)s on; it begins %(here)s.") % words
    ends = [
        f"{one:%H:%M}" if isinstance(one, dt.time) else "" for one in (obstacle.first, obstacle.end)
    ]
    words["hours"] = " – ".join(ends)
    return _("Asked for times of day %(hours)s; it begins %(here)s.") % words


def last_moment(end: dt.datetime) -> str:
    """An interval that ends at midnight ends with the day before, as people say it."""
    local = timezone.localtime(end)
    if local.time() == MIDNIGHT:
        return formats.date_format(local - dt.timedelta(days=1), "j M Y")
    return clock(end)


def clock(moment: dt.datetime) -> str:
    """The time, and the day unless it is today's."""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    return f"{local:%H:%M}" if is_today else f"{formats.date_format(local, 'j M Y')} {local:%H:%M}"
