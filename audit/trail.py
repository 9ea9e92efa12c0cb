"""One page of the trail, newest first, with the records that its entries are about."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict

from audit.kinds import PATIENT, Record, find_record, find_records
from audit.question import Question, cursor_of
from audit.summaries import DayBar, strip_of

if TYPE_CHECKING:
    from audit.models import Entry, EntryQuerySet
    from staff.models import User

PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One entry and what it is about."""

    entry: "Entry"
    record: Record | None
    patient: Record | None


def rows_for(entries: Iterable["Entry"], user: "User") -> list[Row]:
    """Entries with their records and patients named: a constant number of questions."""
    entries = list(entries)
    about = {entry.pk: (entry.subject_type, entry.subject_id) for entry in entries}
    owners = {entry.pk: (PATIENT, str(entry.patient_id)) for entry in entries if entry.patient_id}
    named = {names for names in (*about.values(), *owners.values()) if names[0]}
    records = find_records(named, user)
    return [
        Row(entry, records.get(about[entry.pk]), records.get(owners.get(entry.pk, ("", ""))))
        for entry in entries
    ]


@dataclass
class Trail:
    """One page of what `seen` holds: all entries for an auditor, one's own for everybody."""

    user: "User"
    seen: "EntryQuerySet"
    params: QueryDict

    @cached_property
    def question(self) -> Question:
        return Question.of(self.params)

    @cached_property
    def _narrowed(self) -> "EntryQuerySet":
        return self.question.narrow(self.seen)

    @cached_property
    def _newer_than(self) -> "Entry | None":
        return cursor_of(self.params, "after", self.seen)

    @cached_property
    def _older_than(self) -> "Entry | None":
        return cursor_of(self.params, "before", self.seen)

    @cached_property
    def _found(self) -> list["Entry"]:
        """One more than a page shows, in the direction somebody turns."""
        if self._newer_than:
            return list(self._narrowed.newer_than(self._newer_than).in_time_order()[: PAGE + 1])
        if self._older_than:
            return list(self._narrowed.older_than(self._older_than).newest_first()[: PAGE + 1])
        return list(self._narrowed.newest_first()[: PAGE + 1])

    @cached_property
    def entries(self) -> list["Entry"]:
        return self._found[:PAGE][::-1] if self._newer_than else self._found[:PAGE]

    @cached_property
    def rows(self) -> list[Row]:
        return rows_for(self.entries, self.user)

    @property
    def next_before(self) -> int | None:
        """Where the next, older page begins; None on the last one."""
        has_older = bool(self._newer_than) or len(self._found) > PAGE
        return self.entries[-1].pk if self.entries and has_older else None

    @property
    def next_after(self) -> int | None:
        """Where the newer page begins; None on the first one."""
        has_newer = len(self._found) > PAGE if self._newer_than else bool(self._older_than)
        return self.entries[0].pk if self.entries and has_newer else None

    @cached_property
    def days(self) -> list[DayBar]:
        """How much there was, day by day, around the days that are asked for."""
        asked = self.question
        ever = replace(asked, since=None, until=None).narrow(self.seen)
        return strip_of(ever, asked.since, asked.until)

    @cached_property
    def patient(self) -> Record | None:
        """The patient that the question is about."""
        key = self.question.patient
        return find_record(PATIENT, str(key), self.user) if key else None

    @cached_property
    def record(self) -> Record | None:
        """The record that the question is about."""
        kind, key = self.question.kind, self.question.key
        return find_record(kind, key, self.user) if kind and key else None
