"""What somebody asks the trail: filters as they stand in an address, keys and codes only."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.http import urlencode

from audit.models import EntryQuerySet
from audit.verbs import Group

if TYPE_CHECKING:
    from audit.models import Entry

LONGEST_KEY = 18  # digits of a bigint
LONGEST_WORD = 80
RECORD_KEY = re.compile(r"[0-9]{1,18}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
OLDEST, LATEST = dt.date(1970, 1, 1), dt.date(2999, 12, 31)  # what a time zone cannot break


class NotReadable(ValueError):
    """A filter that says nothing we know. Ignoring it would show more than was asked for."""


def a_key(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY):
        raise NotReadable(text)
    return int(text)


def a_record_key(text: str) -> str:
    """A number or a UUID: names do not belong into addresses."""
    if not RECORD_KEY.fullmatch(text):
        raise NotReadable(text)
    return text


def a_day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as why:
        raise NotReadable(text) from why
    if not OLDEST <= day <= LATEST:
        raise NotReadable(text)
    return day


def a_word(text: str) -> str:
    if len(text) > LONGEST_WORD or not text.isprintable():
        raise NotReadable(text)
    return text


def a_group(text: str) -> str:
    if text not in Group.values:
        raise NotReadable(text)
    return text


READERS: dict[str, Callable[[str], Any]] = {
    "person": a_key,
    "role": a_word,
    "kind": a_word,
    "key": a_record_key,
    "patient": a_key,
    "verb": a_word,
    "group": a_group,
    "since": a_day,
    "until": a_day,
}


@dataclass(frozen=True)
class Question:
    """Every filter that is set narrows the trail further."""

    person: int | None = None
    role: str = ""
    kind: str = ""
    key: str = ""
    patient: int | None = None
    verb: str = ""
    group: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    unread: tuple[str, ...] = ()

    @classmethod
    def of(cls, params: QueryDict) -> "Question":
        """As it stands in an address or a form. `day` is short for `since` and `until`."""
        told = {name: params.get(name, "").strip() for name in READERS}
        if day := params.get("day", "").strip():
            told |= {"since": day, "until": day}
        read: dict[str, Any] = {}
        unread = []
        for name, text in told.items():
            try:
                read |= {name: READERS[name](text)} if text else {}
            except NotReadable:
                unread.append(name)
        return cls(**read, unread=tuple(unread))

    def narrow(self, entries: EntryQuerySet) -> EntryQuerySet:
        """The entries that fit."""
        steps: tuple[tuple[Callable[..., EntryQuerySet], Any], ...] = (
            (EntryQuerySet.by, self.person),
            (EntryQuerySet.in_role, self.role),
            (EntryQuerySet.about_patient, self.patient),
            (EntryQuerySet.of_verb, self.verb),
            (EntryQuerySet.of_group, self.group),
            (EntryQuerySet.since, self.since),
            (EntryQuerySet.until, self.until),
        )
        for ask, value in steps:
            if value:
                entries = ask(entries, value)
        return entries.about_record(self.kind, self.key) if self.kind and self.key else entries

    @property
    def keys(self) -> dict[str, str]:
        """The filters that are set, as they stand in an address."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(told[name]) for name in READERS if told[name]}

    @property
    def address_without_days(self) -> str:
        """The other filters, for links that add days."""
        others = {name: key for name, key in self.keys.items() if name not in ("since", "until")}
        return f"?{urlencode(others)}&" if others else "?"

    @property
    def unread_words(self) -> str:
        return ", ".join(self.unread)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.keys or self.unread)

    @property
    def is_one_day(self) -> bool:
        return self.since is not None and self.since == self.until


def cursor_of(params: Mapping[str, str], name: str, entries: EntryQuerySet) -> "Entry | None":
    """The entry after which a page begins; None for the first page, or for nonsense."""
    try:
        return entries.filter(pk=a_key(params.get(name, ""))).first()
    except NotReadable:
        return None
