"""What lies ahead: booked days, and orders that nobody has booked yet."""

import datetime as dt

from demo.cast import Cast
from demo.stories import plan
from demo.timeline import Timeline
from demo.visit import Line, Visit

OPENS = dt.timedelta(hours=8)
PAUSE = dt.timedelta(minutes=10)
WORKDAYS = range(5)
# what is booked on each of the next working days, one behind the other on its device
BOOKED = [
    ["CT-CHEST", "CT-HEAD", "MR-HEAD", "MR-KNEE", "US-ABD", "MG-SCREEN", "XA-CORO"],
    ["CT-ABD", "MR-LSPINE", "MR-HEAD", "US-THY", "MG-SCREEN", "MG-SCREEN"],
    ["CT-CHEST", "MR-KNEE", "US-ABD", "XA-CORO"],
    ["CT-HEAD", "MR-HEAD", "MG-SCREEN"],
]
# code, patient, priority, hours ago
WAITING = [
    ("CT-CHEST", "Horvat", "HIGH", 3),
    ("MR-HEAD", "Rossi", "ROUTINE", 26),
    ("US-ABD", "Nguyễn", "ROUTINE", 50),
    ("MR-LSPINE", "Al-Rashid", "ROUTINE", 7),
    ("MG-SCREEN", "Kowalska", "ROUTINE", 75),
    ("CT-HEAD", "Laurent", "STAT", 1),
]
FIT_FOR = {"MG-SCREEN": {"Li", "Ivanova", "Suzuki", "Ólafsdóttir", "Łukasiewicz"}}
ANYBODY = (
    *("Yamada", "O'Sullivan", "Mbeki", "Lefèvre", "Wang", "Fischer", "Mensah", "Tanaka", "Marin"),
    *("van der Berg", "Shevchenko", "Christodoulou", "Park", "Kuznetsova", "Popescu", "Virtanen"),
)
BOTH_SIDED = {"MR-KNEE": "R"}


def load_ahead(cast: Cast, timeline: Timeline, midnight: dt.datetime) -> None:
    """Book the next working days, and leave some orders on the desk."""
    for day, codes in zip(working_days(midnight), BOOKED, strict=False):
        free: dict[str, dt.datetime] = {}
        for code in codes:
            kind = cast.catalogue[code]
            start = free.get(kind.modality, day + OPENS)
            family = cast.chance.choice(sorted(FIT_FOR.get(code, ANYBODY)))
            line = Line(code, family, 0, "scheduled", side=BOTH_SIDED.get(code, ""))
            plan(Visit(line, start, cast), timeline)
            free[kind.modality] = start + dt.timedelta(minutes=kind.minutes) + PAUSE
    for code, family, priority, hours in WAITING:
        visit = Visit(Line(code, family, 0, "scheduled", priority=priority), cast.now, cast)
        timeline.add(cast.now - dt.timedelta(hours=hours), visit.ask_for)


def working_days(midnight: dt.datetime) -> list[dt.datetime]:
    """The midnights of the next working days: none of them is the day that is lived through."""
    days = (midnight + dt.timedelta(days=number) for number in range(2, 12))
    return [day for day in days if day.weekday() in WORKDAYS]
