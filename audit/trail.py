"""The trail as an administrator reads it: newest first, by person, verb, patient or day."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict

from audit.models import Entry

if TYPE_CHECKING:
    from audit.models import EntryQuerySet
    from staff.models import User

PAGE = 100
LONGEST_KEY = 18  # digits of a bigint


def _key(params: QueryDict, name: str) -> int | None:
    text = params.get(name, "")
    is_key = text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY
    return int(text) if is_key else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@dataclass
class Trail:
    """One page of the trail."""

    user: "User"
    params: QueryDict

    @property
    def person(self) -> int | None:
        return _key(self.params, "person")

    @property
    def patient(self) -> int | None:
        return _key(self.params, "patient")

    @property
    def verb(self) -> str:
        return self.params.get("verb", "")[:64].replace("\0", "")

    @property
    def day(self) -> dt.date | None:
        return _day(self.params.get("day", ""))

    @property
    def before(self) -> int | None:
        return _key(self.params, "before")

    def _narrowed(self) -> "EntryQuerySet":
        entries = Entry.objects.visible_to(self.user)
        if self.person:
            entries = entries.by(self.person)
        if self.patient:
            entries = entries.about_patient(self.patient)
        if self.verb:
            entries = entries.of_verb(self.verb)
        return entries.on(self.day) if self.day else entries

    @cached_property
    def _found(self) -> list[Entry]:
        entries = self._narrowed()
        if self.before:
            entries = entries.before(self.before)
        return list(entries.newest_first()[: PAGE + 1])

    @property
    def entries(self) -> list[Entry]:
        return self._found[:PAGE]

    @property
    def next_before(self) -> int | None:
        """Where the next page begins; None on the last one."""
        return self.entries[-1].pk if len(self._found) > PAGE else None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.person or self.patient or self.verb or self.day)
