"""The safety record of one patient as people read it: what there is, how old, what nobody asked."""

from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone

from patients.models import Alert, Patient

Kind = Alert.Kind
FERTILE = range(10, 56)  # years of age in which pregnancy is asked about by itself
TREND = 8  # kidney values in the small curve
WIDTH, HEIGHT = 120, 36


@dataclass(slots=True)
class Chapter:
    """All entries of one kind."""

    kind: str
    entries: list[Alert] = field(default_factory=list)
    absent: Alert | None = None

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def is_asked(self) -> bool:
        return bool(self.entries or self.absent)

    @property
    def in_force(self) -> list[Alert]:
        return [*self.entries, *([self.absent] if self.absent else [])]


@dataclass(frozen=True, slots=True)
class Trend:
    """Earlier kidney values, oldest first, and a curve of them."""

    values: list[Alert]

    @property
    def points(self) -> str:
        """For an SVG polyline: time to the right, value upwards."""
        days = [(one.observed_on, one.egfr) for one in self.values if one.observed_on and one.egfr]
        first, last = days[0][0], days[-1][0]
        span = max((last - first).days, 1)
        highest = max(value for _, value in days)
        return " ".join(
            f"{2 + (day - first).days / span * (WIDTH - 4):.1f},"
            f"{HEIGHT - 3 - value / highest * (HEIGHT - 6):.1f}"
            for day, value in days
        )

    @property
    def is_curve(self) -> bool:
        return len({one.observed_on for one in self.values}) > 1


class SafetyRecord:
    """One question to the database; the rest is sorting."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient

    @cached_property
    def _all(self) -> list[Alert]:
        found = Alert.objects.of_patient(self.patient.pk).with_ages().with_authors()
        return list(found.worst_first())

    @cached_property
    def chapters(self) -> list[Chapter]:
        """Every kind, in the order in which it is asked."""
        chapters = {str(kind): Chapter(str(kind)) for kind in Kind}
        for alert in self._all:
            if not alert.is_active:
                continue
            if alert.is_absent:
                chapters[alert.kind].absent = alert
            else:
                chapters[alert.kind].entries.append(alert)
        return list(chapters.values())

    @property
    def asked(self) -> list[Chapter]:
        return [chapter for chapter in self.chapters if chapter.is_asked]

    @property
    def never_asked(self) -> list[Chapter]:
        """What nobody has asked about yet, as far as it may concern this patient."""
        return [
            chapter
            for chapter in self.chapters
            if not chapter.is_asked and self.concerns(chapter.kind)
        ]

    def concerns(self, kind: str) -> bool:
        """Whether not having asked is worth a word."""
        return kind != Kind.OTHER and (kind != Kind.PREGNANCY or self.may_be_pregnant)

    @property
    def may_be_pregnant(self) -> bool:
        """Worth a question: not male, and of an age; who is unknown in either is asked."""
        age = self.patient.age_on(timezone.localdate())
        return self.patient.sex != Patient.Sex.MALE and (age is None or age in FERTILE)

    @property
    def ended(self) -> list[Alert]:
        """Earlier entries, the last ended first."""
        over = [alert for alert in self._all if not alert.is_active]
        return sorted(over, key=lambda one: (one.ended_at or one.noted_at, one.pk), reverse=True)

    @property
    def trend(self) -> Trend | None:
        """Kidney values that were true on their day; None when there is only one."""
        values = [one for one in self._all if one.egfr and (one.is_active or one.replaced_by_id)]
        values.sort(key=lambda one: (str(one.observed_on), one.pk))
        return Trend(values[-TREND:]) if len(values) > 1 else None

    @property
    def stale(self) -> list[Alert]:
        return [one for one in self._all if one.is_active and one.needs_asking]
