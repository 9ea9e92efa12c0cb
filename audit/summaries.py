"""The trail counted: day by day, by person, by verb, by record. The database counts."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import ExtractHour, TruncDate
from django.utils import timezone

from audit.kinds import PATIENT, Record, find_records
from audit.verbs import OPENINGS, Group, group_of, words_of
from staff.models import User

if TYPE_CHECKING:
    from audit.models import EntryQuerySet

STRIP = 30  # days in the strip above a list
BUSIEST = 25  # lines of a summary
MOST_PATIENTS = 2000  # looked through for the confidential ones
FULL = 100


def _percent(count: int, most: int) -> int:
    """The length of a bar; what happened at all is never invisible."""
    return max(4, round(FULL * count / most)) if count else 0


# ── day by day ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day of the strip."""

    day: dt.date
    count: int
    height: int
    is_chosen: bool = False

    @property
    def top(self) -> int:
        return FULL - self.height


def strip_of(
    entries: "EntryQuerySet", since: dt.date | None = None, until: dt.date | None = None
) -> list[DayBar]:
    """Thirty days with their numbers: the last ones, or those before a range ends that is older.

    `entries` are not yet narrowed to the range, so that the strip stands still while somebody
    goes from day to day.
    """
    last = timezone.localdate()
    if until and until <= last - dt.timedelta(days=STRIP):
        last = until
    days = [last - dt.timedelta(days=ago) for ago in reversed(range(STRIP))]
    asked = entries.since(days[0]).until(last).annotate(day=TruncDate("at")).order_by()
    counts: dict[dt.date, int] = dict(asked.values_list("day").annotate(Count("pk")))
    most = max(counts.values(), default=0)
    is_part = (since or days[0]) > days[0] or (until or last) < last
    return [
        DayBar(
            day,
            counts.get(day, 0),
            _percent(counts.get(day, 0), most),
            is_part and (since or day) <= day <= (until or day),
        )
        for day in days
    ]


@dataclass(frozen=True, slots=True)
class HourBar:
    """One hour of a day."""

    hour: int
    count: int
    height: int

    @property
    def top(self) -> int:
        return FULL - self.height


def hours_of(entries: "EntryQuerySet") -> list[HourBar]:
    """When on a day it was busy."""
    asked = entries.annotate(hour=ExtractHour("at")).order_by().values_list("hour")
    counts: dict[int, int] = dict(asked.annotate(Count("pk")))
    most = max(counts.values(), default=0)
    return [
        HourBar(hour, counts.get(hour, 0), _percent(counts.get(hour, 0), most))
        for hour in range(24)
    ]


# ── by verb, by person, by record ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class VerbLine:
    """How often one thing was done."""

    verb: str
    group: Group
    words: str
    count: int
    share: int


def verbs_in(entries: "EntryQuerySet") -> list[VerbLine]:
    """What was done, most often first."""
    counted = entries.order_by().values_list("verb").annotate(count=Count("pk"), by=Count("actor"))
    found = sorted(counted, key=lambda line: (-line[1], line[0]))
    most = found[0][1] if found else 0
    return [
        VerbLine(verb, group_of(verb, not people), words_of(verb), count, _percent(count, most))
        for verb, count, people in found
    ]


@dataclass(frozen=True, slots=True)
class WhoLine:
    """What one person, in the roles of that time, or one machine did."""

    person: User | None
    label: str
    roles: tuple[str, ...]
    openings: int
    others: int
    first: dt.datetime
    last: dt.datetime

    @property
    def count(self) -> int:
        return self.openings + self.others


def people_in(entries: "EntryQuerySet", limit: int | None = None) -> list[WhoLine]:
    """Who did it, in which role, how often, first and last; who looked most comes first."""
    counted: Any = (
        entries.order_by()
        .values("actor", "actor_label", "roles")
        .annotate(
            openings=Count("pk", filter=Q(verb__in=OPENINGS)),
            others=Count("pk", filter=~Q(verb__in=OPENINGS)),
            first=Min("at"),
            last=Max("at"),
        )
        .order_by("-openings", "-others", "actor", "actor_label")
    )
    lines: list[dict[str, Any]] = list(counted[:limit])
    people = User.objects.in_bulk([line["actor"] for line in lines if line["actor"]])
    return [_who(line, people.get(line["actor"])) for line in lines]


def _who(line: dict[str, Any], person: User | None) -> WhoLine:
    return WhoLine(
        person,
        line["actor_label"],
        tuple(line["roles"]),
        line["openings"],
        line["others"],
        line["first"],
        line["last"],
    )


@dataclass(frozen=True, slots=True)
class PatientLine:
    """How often one patient's records were opened, and by how many people."""

    record: Record
    openings: int
    people: int
    last: dt.datetime


def patients_opened(entries: "EntryQuerySet", user: User) -> list[PatientLine]:
    """Whose records were opened: confidential patients first, then the most opened."""
    counted: Any = (
        entries.of_group(Group.OPENINGS)
        .exclude(patient_id=None)
        .order_by()
        .values("patient_id")
        .annotate(openings=Count("pk"), people=Count("actor", distinct=True), last=Max("at"))
        .order_by("-openings", "patient_id")
    )
    lines = list(counted[:MOST_PATIENTS])
    records = records_of_patients((line["patient_id"] for line in lines), user)
    found = [
        PatientLine(
            records[PATIENT, str(line["patient_id"])],
            line["openings"],
            line["people"],
            line["last"],
        )
        for line in lines
    ]
    return sorted(found, key=lambda line: not line.record.is_confidential)[:BUSIEST]


def records_of_patients(keys: Iterable[int], user: User) -> dict[tuple[str, str], Record]:
    return find_records(((PATIENT, str(key)) for key in keys), user)
