"""What becomes of a visit: its deeds, and when each of them happens."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django.utils import timezone

from demo.reading import READINGS, Reading
from demo.timeline import Deed, Timeline
from demo.visit import Visit

Step = tuple[str, float, float]
"""A deed, minutes after the start on the list, and a share of the minutes it is planned for."""

WAITING: tuple[Step, ...] = (("arrive", -14, 0),)
CHECKED: tuple[Step, ...] = (*WAITING, ("check", -8, 0), ("screen", -6, 0))
READY: tuple[Step, ...] = (*CHECKED, ("make_ready", -4, 0))
BEGUN: tuple[Step, ...] = (*READY, ("begin", 1, 0))
EXAMINED: tuple[Step, ...] = (*BEGUN, ("inject", 1, 0.25), ("send", 1, 0.45), ("expose", 1, 0.5))
COMPLETED: tuple[Step, ...] = (*EXAMINED, ("look", 1, 0.6), ("finish", 1, 0.7))

STORIES: dict[str, tuple[Step, ...]] = {
    "scheduled": (),
    "arrived": WAITING,
    "checked": CHECKED,
    "ready": READY,
    "overridden": (*CHECKED, ("go_on_anyway", -5, 0), ("make_ready", -4, 0)),
    "on_hold": (*WAITING, ("screen", -9, 0), ("hold", -7, 0)),
    "waits_for_device": (*READY, ("hold", 25, 0)),
    "started": BEGUN,
    "acquired": (*EXAMINED, ("end", 1, 0.6)),
    "completed": COMPLETED,
    "repeated": (*BEGUN, ("repeat", 1, 0.4), ("expose", 1, 0.5), ("look", 1, 0.6),
                 ("finish", 1, 0.7)),
    "discontinued": (*BEGUN, ("react", 2, 0.25), ("stop", 2, 0.4)),
    "cancelled": (("cancel", -300, 0),),
    "no_show": (("miss", 25, 0),),
    "unannounced": (("begin_by_machine", 2, 0), ("send", 2, 0.4), ("finish", 2, 0.7)),
    "walk_in": (),
    "forgotten": (*EXAMINED, ("end", 1, 0.6)),
}  # fmt: skip
IN_THE_ROOM = frozenset({"arrived", "checked", "ready", "overridden", "on_hold"})
"""Whatever the list says, they came some minutes ago."""

LEAD = {"STAT": dt.timedelta(minutes=24), "HIGH": dt.timedelta(hours=20)}
BOOKING = {"STAT": dt.timedelta(minutes=3), "HIGH": dt.timedelta(minutes=40)}
STILL_OPEN = frozenset({"claimed", "draft"})
"""Somebody is reading it now."""

SETTLED = 4  # minutes after the last image


def plan(visit: Visit, timeline: Timeline) -> None:
    """Put all that happens on this visit where it belongs."""
    for moment, deed in happenings(visit, timeline.now):
        timeline.add(moment, deed)


def happenings(visit: Visit, now: dt.datetime) -> Iterator[tuple[dt.datetime, Deed]]:
    """Everything of one visit, each with its moment."""
    line = visit.line
    if line.story == "walk_in":
        yield now - dt.timedelta(minutes=9), visit.walk_in
        return
    placed, booked = asked_and_booked(visit, now)
    yield placed, visit.ask_for
    yield booked, visit.book
    steps = STORIES[line.story]
    shift = _shift(visit, now)
    for word, minutes, share in steps:
        after = dt.timedelta(minutes=minutes + share * visit.kind.minutes)
        yield visit.start + after - shift, getattr(visit, word)
    yield from _afterwards(visit, now)


def asked_and_booked(visit: Visit, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When it was ordered, and when it was given its time: before anybody came."""
    priority, chance = visit.line.priority, visit.cast.chance
    known = min(visit.start, now)
    if priority in LEAD:
        placed = known - LEAD[priority]
        return placed, placed + BOOKING[priority]
    day = timezone.localtime(known - dt.timedelta(days=chance.randint(2, 20)))
    placed = day.replace(hour=chance.randint(8, 15), minute=5 * chance.randint(0, 11))
    return placed, placed + dt.timedelta(hours=1)


def _shift(visit: Visit, now: dt.datetime) -> dt.timedelta:
    """How much earlier than usual somebody came who is here before their time."""
    steps = STORIES[visit.line.story]
    if visit.line.story not in IN_THE_ROOM or not steps:
        return dt.timedelta()
    last = visit.start + dt.timedelta(minutes=steps[-1][1])
    latest = now - dt.timedelta(minutes=visit.cast.chance.randint(1, 4))
    return max(last - latest, dt.timedelta())


def _afterwards(visit: Visit, now: dt.datetime) -> Iterator[tuple[dt.datetime, Deed]]:
    """The note, the quiet, and the reading."""
    line = visit.line
    if not any(word in {"send", "repeat"} for word, _minutes, _share in STORIES[line.story]):
        return
    over = visit.start + dt.timedelta(minutes=2 + 0.7 * visit.kind.minutes)
    if line.note:
        yield over, visit.tell
    ready = over + dt.timedelta(minutes=SETTLED)
    yield ready, visit.settle
    reading = Reading(visit)
    begins = now - dt.timedelta(minutes=18) if line.report in STILL_OPEN else ready
    for word, minutes in READINGS[line.report]:
        moment = max(begins, ready) + dt.timedelta(minutes=minutes)
        yield min(moment, now - dt.timedelta(minutes=2)), partial(reading.go_on, word)
