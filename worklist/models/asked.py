"""A machine's question about the worklist, in plain values, and the rows that answer it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar

from django.db import models
from django.db.models import BooleanField, DurationField, ExpressionWrapper, F, Func, Q, Value
from django.db.models.functions import Greatest, TruncTime
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from patients.models import Alert, Fold

Row = TypeVar("Row", bound=models.Model)
NO_SPECIALS = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_", "*": "%", "?": "_"})


@dataclass(frozen=True, slots=True)
class Question:
    """What must hold for a step to be in the answer. Everything left empty asks nothing.

    `texts` and `names` hold alternatives, with the standard's wild cards; `among` lists of plain
    values. `start` is a half-open interval, `hours` one within each day of `zone`.
    """

    states: frozenset[str]
    station: str = ""
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    among: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: tuple[dt.datetime | None, dt.datetime | None] = (None, None)
    hours: tuple[dt.time | None, dt.time | None] = (None, None)
    zone: dt.tzinfo = dt.UTC
    born: tuple[dt.date | None, dt.date | None] = (None, None)
    is_hopeless: bool = False
    """It asks for a value of something that is never known here."""


class Like(Func):
    """`column LIKE pattern`; the pattern may be an expression, and keeps its wild cards."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = BooleanField()


class AskedQuerySet(models.QuerySet[Row]):
    """The part of ScheduledProcedure's questions that machines ask."""

    def asked_for(self, question: Question) -> Self:
        """Every step that matches (PS3.4 K.2.2.1)."""
        if question.is_hopeless:
            return self.none()
        found = self.filter(status__in=question.states)
        if question.station:
            found = found.filter(device__ae_title=question.station)
        for path, values in question.among.items():
            found = found.filter(**{f"{path}__in": values})
        for path, patterns in question.texts.items():
            found = found.filter(_any_like(path, patterns))
        for path, patterns in question.names.items():
            found = found.filter(_any_name(path, patterns))
        return found.filter(_in_time(question), _born(question.born))

    def nearest_first(self, moment: dt.datetime) -> Self:
        """Today before long ago, so that it is the latter which a cap on the answers leaves out."""
        apart = [F("scheduled_start") - Value(moment), Value(moment) - F("scheduled_start")]
        return self.order_by(
            Greatest(*(ExpressionWrapper(one, output_field=DurationField()) for one in apart)), "pk"
        )

    def with_worklist_details(self) -> Self:
        """All that a worklist answer says, in two queries."""
        return self.select_related(
            "order__patient", "order__procedure_type", "device__room", "procedure_type"
        ).prefetch_related(
            models.Prefetch("order__patient__alerts", queryset=Alert.objects.in_force().with_ages())
        )


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


def _in_time(question: Question) -> Q:
    wanted, (begin, end) = Q(), question.start
    if begin is not None:
        wanted &= Q(scheduled_start__gte=begin)
    if end is not None:
        wanted &= Q(scheduled_start__lt=end)
    clock = TruncTime("scheduled_start", tzinfo=question.zone)
    earliest, latest = question.hours
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
