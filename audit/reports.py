"""What the trail says of one person, of one record, of one day. Each is a page."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from audit import summaries
from audit.kinds import PATIENT, Record
from audit.models import Entry
from audit.question import Question
from audit.trail import Row, rows_for
from audit.verbs import Group

if TYPE_CHECKING:
    from audit.models import EntryQuerySet
    from staff.models import User

USUAL_DAYS = 30
LATEST = 60  # entries listed below a summary; the trail has the rest
ON_PAPER = 120


@dataclass
class Report:
    """What one page says; `reader` is who asks."""

    reader: "User"
    question: Question

    @property
    def _whole(self) -> "EntryQuerySet":
        """All entries it is about, from the first day on."""
        return Entry.objects.visible_to(self.reader)

    @property
    def _asked(self) -> "EntryQuerySet":
        """Those of the days that are asked for."""
        days = Question(since=self.question.since, until=self.question.until)
        return days.narrow(self._whole)

    @cached_property
    def verbs(self) -> list[summaries.VerbLine]:
        return summaries.verbs_in(self._asked)

    @cached_property
    def people(self) -> list[summaries.WhoLine]:
        return summaries.people_in(self._asked)

    @cached_property
    def patients(self) -> list[summaries.PatientLine]:
        return summaries.patients_opened(self._asked, self.reader)

    @cached_property
    def strip(self) -> list[summaries.DayBar]:
        return summaries.strip_of(self._whole, self.question.since, self.question.until)

    @cached_property
    def count(self) -> int:
        return sum(line.count for line in self.verbs)

    @cached_property
    def openings(self) -> int:
        return sum(line.count for line in self.verbs if line.group == Group.OPENINGS)

    @property
    def others(self) -> int:
        return self.count - self.openings

    @property
    def address(self) -> str:
        """The trail of just this, ready for one more filter."""
        return f"{reverse('audit:trail')}?{urlencode(self._keys)}&"

    @property
    def _keys(self) -> dict[str, str]:
        return self.question.keys

    @cached_property
    def rows(self) -> list[Row]:
        """The newest entries."""
        return rows_for(self._asked.newest_first()[:LATEST], self.reader)


@dataclass
class PersonReport(Report):
    """What one person did and opened, in the last thirty days unless others are asked for."""

    person: "User"

    def __post_init__(self) -> None:
        asked, today = self.question, timezone.localdate()
        if asked.since is None and asked.until is None:
            usual = today - dt.timedelta(days=USUAL_DAYS - 1)
            self.question = Question(since=usual, until=today, unread=asked.unread)

    @property
    def _whole(self) -> "EntryQuerySet":
        return super()._whole.by(self.person.pk)

    @property
    def _keys(self) -> dict[str, str]:
        return super()._keys | {"person": str(self.person.pk)}

    @cached_property
    def last(self) -> Entry | None:
        return self._whole.newest_first().first()

    @cached_property
    def first(self) -> Entry | None:
        return self._whole.in_time_order().first()


@dataclass
class RecordReport(Report):
    """Who looked at one record and who changed it. A patient's includes all that is theirs."""

    record: Record

    @property
    def is_patient(self) -> bool:
        return self.record.kind == PATIENT

    @property
    def _whole(self) -> "EntryQuerySet":
        if self.is_patient:
            return super()._whole.about_patient(int(self.record.key))
        return super()._whole.about_record(self.record.kind, self.record.key)

    @property
    def _keys(self) -> dict[str, str]:
        key = self.record.key
        about = {"patient": key} if self.is_patient else {"kind": self.record.kind, "key": key}
        return super()._keys | about

    @cached_property
    def is_known(self) -> bool:
        """Is there such a record, or was there ever one?"""
        return self.record.found is not None or self._whole.exists()

    @cached_property
    def looked(self) -> list[summaries.WhoLine]:
        """Those who opened it, in the role of that time."""
        return [line for line in self.people if line.openings]

    @property
    def lookers(self) -> int:
        """How many people that are, whatever their roles were."""
        return len({line.person for line in self.looked})

    @cached_property
    def roles(self) -> list[tuple[str, int]]:
        """How often each role opened it."""
        counts: dict[str, int] = {}
        for line in self.looked:
            for role in line.roles:
                counts[role] = counts.get(role, 0) + line.openings
        return sorted(counts.items(), key=lambda pair: -pair[1])

    @cached_property
    def opened(self) -> list[Row]:
        """Each opening, newest first, as many as go on a page or two of paper."""
        openings = self._asked.of_group(Group.OPENINGS).newest_first()
        return rows_for(openings[:ON_PAPER], self.reader)


@dataclass
class DayReport(Report):
    """One day: by hour, by verb, by person; whose records were opened; who could not sign in."""

    day: dt.date

    def __post_init__(self) -> None:
        self.question = Question(since=self.day, until=self.day)

    @cached_property
    def hours(self) -> list[summaries.HourBar]:
        return summaries.hours_of(self._asked)

    @property
    def before(self) -> dt.date:
        return self.day - dt.timedelta(days=1)

    @property
    def after(self) -> dt.date | None:
        """Tomorrow has not been written yet."""
        return self.day + dt.timedelta(days=1) if self.day < timezone.localdate() else None

    @cached_property
    def failed(self) -> int:
        """Sign-ins that failed."""
        return sum(line.count for line in self.verbs if line.verb == "person.failed_to_sign_in")
