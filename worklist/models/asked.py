"""A machine's question about the worklist, in plain values, and the rows that answer it."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Self, TypeVar

from django.db import models
from django.db.models import (
    BooleanField,
    Case,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, TruncTime
from django.db.models.lookups import GreaterThanOrEqual, In, LessThan

from patients.models import Alert, Fold
from worklist.models.move import Move

Row = TypeVar("Row", bound=models.Model)
NO_SPECIALS = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_", "*": "%", "?": "_"})


ON_HOLD = "ON_HOLD"
SHORT = 1000  # characters of all values that are asked for
# What a condition is about, when it is not one key alone.
LISTED, ASKED_STATE, STATION, START, HOURS, BORN = (
    *("listed", "asked state", "station", "start", "hours", "born"),
)


# What an answer may need beside the step, its patient, device and protocol.
NEEDS_ORDERED, NEEDS_ROOM, NEEDS_ALERTS, NEEDS_NUMBERS, NEEDS_STATE = ALL_NEEDS = (
    "order__procedure_type",
    "device__room",
    "order__patient__alerts",
    "order__patient__identifiers",
    "held_from",
)


class How(Enum):
    """How the alternatives of a key are compared with a column."""

    TEXT = auto()  # with wild cards, case counts
    AMONG = auto()  # plain values
    NAME = auto()  # with wild cards, without case and accents


@dataclass(frozen=True, slots=True)
class Wanted:
    """One key that has a value: its keywords with dots between, its column, and what would do."""

    key: str
    how: How
    path: str
    values: tuple[str, ...]

    @property
    def condition(self) -> Q:
        if self.how is How.AMONG:
            return Q(**{f"{self.path}__in": self.values})
        compared = _any_like if self.how is How.TEXT else _any_name
        return compared(self.path, self.values)


@dataclass(frozen=True, slots=True)
class Question:
    """What must hold for a step to be in the answer. Everything left empty asks nothing.

    `states` are those that the asker is shown at all; with `shows_on_hold` also steps that were
    put on hold in one of them. `start` is a half-open interval, `hours` one within each day of
    `zone`. `unknown` are keys with a value for what is never known here: nothing can match.
    """

    states: frozenset[str]
    shows_on_hold: bool = False
    asked_states: frozenset[str] | None = None
    station: str = ""
    wanted: tuple[Wanted, ...] = ()
    unknown: tuple[str, ...] = ()
    start: tuple[dt.datetime | None, dt.datetime | None] = (None, None)
    hours: tuple[dt.time | None, dt.time | None] = (None, None)
    zone: dt.tzinfo = dt.UTC
    born: tuple[dt.date | None, dt.date | None] = (None, None)

    @property
    def is_short(self) -> bool:
        """Such as scanners ask; worth remembering."""
        return sum(len(value) for one in self.wanted for value in one.values) <= SHORT

    def conditions(self) -> Iterator[tuple[str, Q]]:
        """All that must hold, one by one, each with what it is about.

        A query and the explanation why a step is not in its answer are made of the same ones.
        """
        yield LISTED, self._in_states(self.states)
        if self.asked_states is not None:
            yield ASKED_STATE, self._in_states(self.asked_states)
        if self.station:
            yield STATION, Q(device__ae_title=self.station)
        yield from ((one.key, one.condition) for one in self.wanted)
        yield from ((key, Q(pk__in=[])) for key in self.unknown)
        if any(self.start):
            yield START, _within("scheduled_start", self.start)
        if any(one is not None for one in self.hours):
            yield HOURS, _in_hours(self.hours, self.zone)
        if any(self.born):
            yield BORN, _born(self.born)

    def _in_states(self, states: frozenset[str]) -> Q:
        plain = Q(status__in=states)
        if not self.shows_on_hold:
            return plain
        return plain | (Q(status=ON_HOLD) & Q(In(held_from(), list(states))))


class Like(Func):
    """`column LIKE pattern`; the pattern may be an expression, and keeps its wild cards."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = BooleanField()


class AskedQuerySet(models.QuerySet[Row]):
    """The part of ScheduledProcedure's questions that machines ask."""

    def asked_for(self, question: Question) -> Self:
        """Every step that matches (PS3.4 K.2.2.1)."""
        return self.filter(*(condition for _, condition in question.conditions()))

    def failing(self, pk: int, question: Question) -> list[str]:
        """What keeps one step out of the answer: which conditions it does not meet."""
        conditions = dict(question.conditions())
        columns = [f"holds_{number}" for number in range(len(conditions))]
        judged = {
            column: Case(When(condition, then=Value(True)), default=Value(False))
            for column, condition in zip(columns, conditions.values(), strict=True)
        }
        held = self.filter(pk=pk).annotate(**judged).values_list(*columns).get()
        return [key for key, holds in zip(conditions, held, strict=True) if not holds]

    def nearest_first(self, moment: dt.datetime) -> Self:
        """Today before long ago, so that it is the latter which a cap on the answers leaves out."""
        apart = [F("scheduled_start") - Value(moment), Value(moment) - F("scheduled_start")]
        return self.order_by(
            Greatest(*(ExpressionWrapper(one, output_field=DurationField()) for one in apart)), "pk"
        )

    def with_worklist_details(self, needs: Collection[str] = ALL_NEEDS) -> Self:
        """All that a worklist answer says, in one query; numbers and alerts in one more each.

        Whose, where and what is always there; `needs` says what else.
        """
        joined = [need for need in (NEEDS_ORDERED, NEEDS_ROOM) if need in needs]
        found = self.select_related("order__patient", "device", "procedure_type", *joined)
        if NEEDS_ALERTS in needs:
            alerts = Alert.objects.in_force().with_ages()
            found = found.prefetch_related(models.Prefetch(NEEDS_ALERTS, queryset=alerts))
        if NEEDS_NUMBERS in needs:
            found = found.prefetch_related(NEEDS_NUMBERS)
        if NEEDS_STATE in needs:
            before = Case(When(status=ON_HOLD, then=held_from()), default=Value(""))
            found = found.annotate(held_from=before)
        return found


def held_from() -> Coalesce:
    """The state in which a step was put on hold: it stands in the standard's terms (5.1)."""
    into = Move.objects.filter(procedure=OuterRef("pk"), to_status=ON_HOLD)
    latest = into.exclude(from_status=ON_HOLD).order_by("-pk").values("from_status")[:1]
    return Coalesce(Subquery(latest), Value("SCHEDULED"))


def _any_like(path: str, patterns: tuple[str, ...]) -> Q:
    """Case counts (PS3.4 C.2.2.2.1); `*` is any text, `?` one character."""
    wanted = Q()
    for pattern in patterns:
        wanted |= Q(Like(F(path), Value(pattern.translate(NO_SPECIALS))))
    return wanted


def _any_name(path: str, patterns: tuple[str, ...]) -> Q:
    """Names without case and accents. The database folds the pattern as it folded the column."""
    column = F(path) if path.endswith("folded_name") else Fold(F(path))
    wanted = Q()
    for pattern in patterns:
        wanted |= Q(Like(column, Fold(Value(pattern.translate(NO_SPECIALS)))))
    return wanted


def _within(column: str, span: tuple[dt.datetime | None, dt.datetime | None]) -> Q:
    wanted, (begin, end) = Q(), span
    if begin is not None:
        wanted &= Q(**{f"{column}__gte": begin})
    if end is not None:
        wanted &= Q(**{f"{column}__lt": end})
    return wanted


def _in_hours(hours: tuple[dt.time | None, dt.time | None], zone: dt.tzinfo) -> Q:
    wanted, (earliest, latest) = Q(), hours
    clock = TruncTime("scheduled_start", tzinfo=zone)
    if earliest is not None:
        wanted &= Q(GreaterThanOrEqual(clock, earliest))
    if latest is not None:
        wanted &= Q(LessThan(clock, latest))
    return wanted


def _born(days: tuple[dt.date | None, dt.date | None]) -> Q:
    wanted, (first, last) = Q(), days
    if first is not None:
        wanted &= Q(order__patient__birth_date__gte=first)
    if last is not None:
        wanted &= Q(order__patient__birth_date__lte=last)
    return wanted
