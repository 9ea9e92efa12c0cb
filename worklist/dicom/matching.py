"""From an identifier to a question: which keys have values, and what these ask for."""

import datetime as dt
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Self, TypeVar

from django.utils import timezone
from pydicom.datadict import keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from equipment.services import Caller
from worklist.dicom.identifier import NotAnswerable, text_of
from worklist.dicom.keys import STATUS_TERMS, WORKLIST, Key, Match, Nested, Status, Table
from worklist.dicom.times import NoTime, clock, interval, read_dates, read_hours, read_offset
from worklist.models.asked import How, Question, Wanted

CHARACTER_SET, OFFSET = 0x00080005, 0x00080201
SEQUENCE = tag_for_keyword("ScheduledProcedureStepSequence")
PERSON_NAME_GROUPS = 3
LONGEST_LIST = 1000  # alternatives in one key
HOW = {Match.TEXT: How.TEXT, Match.UID: How.AMONG, Match.NAME: How.NAME}
Point = TypeVar("Point", dt.datetime, dt.time, dt.date)
Span = tuple[Point | None, Point | None]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a machine is shown, and how it reads: its registration says so.

    `own_station` limits the answer to one station's steps, "" does not. `shows_started` and
    `shows_on_hold` keep such steps on its list. `character_set` is what it reads.
    """

    own_station: str = ""
    shows_started: bool = False
    shows_on_hold: bool = False
    character_set: str = "ISO_IR 192"

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """As it is registered."""
        return cls(
            own_station=caller.own_station,
            shows_started=caller.shows_started,
            shows_on_hold=caller.shows_on_hold,
            character_set=caller.character_set,
        )


@dataclass(frozen=True, slots=True)
class Understood:
    """A question, and what was left out of it."""

    question: Question
    ignored_keys: tuple[str, ...]
    wants_offset: bool


@dataclass(slots=True)
class _Reading:
    """What has been understood so far."""

    wanted: list[Wanted] = field(default_factory=list)
    single: dict[Match, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def take_all(self, asked: Dataset, table: Table, inside: str = "") -> None:
        for element in asked:
            tag = element.tag
            if tag in {CHARACTER_SET, OFFSET} or tag.element == 0:
                continue
            key = table.get(tag)
            if isinstance(key, Nested):
                self._enter(asked, tag, key, inside)
            elif key is None or element.VR == "SQ":
                self.ignored.append(called(tag))
            else:
                self._take(asked, tag, key, inside)

    def _enter(self, asked: Dataset, tag: BaseTag, nested: Nested, inside: str) -> None:
        items = asked[tag].value if asked[tag].VR == "SQ" else None
        if items is None or len(items) > 1:
            raise NotAnswerable("A sequence key holds one item (PS3.4 C.2.2.2.6).", tag)
        if items:
            self.take_all(items[0], nested.table, f"{inside}{called(tag)}.")

    def _take(self, asked: Dataset, tag: BaseTag, key: Key, inside: str) -> None:
        text = text_of(asked, tag)
        if not text or text == "*":
            return  # universal (PS3.4 C.2.2.2.3)
        if key.match is Match.NOT:
            self.ignored.append(called(tag))
        elif key.match is Match.NEVER:
            self.unknown.append(inside + called(tag))
        elif key.match in HOW:
            alternatives = tuple(part.strip() for part in text.split("\\") if part.strip())
            if len(alternatives) > LONGEST_LIST:
                raise NotAnswerable("That list is too long.", tag)
            if "*" not in alternatives:
                if key.match is Match.NAME:
                    patterns = [name_patterns(key.path, one) for one in alternatives]
                    alternatives = tuple(one for some in patterns for one in some)
                how, name = HOW[key.match], inside + called(tag)
                self.wanted.append(Wanted(name, how, key.path, alternatives))
        else:
            self.single[key.match] = text


def understand(identifier: Dataset, profile: Profile) -> Understood:
    """The question behind an identifier. Raises NotAnswerable."""
    reading = _Reading()
    reading.take_all(identifier, WORKLIST)
    zone = _zone(identifier)
    asked_status = reading.single.get(Match.STATUS)
    try:
        start, hours, born = _times(reading.single, zone)
        question = Question(
            states=shown_states(profile),
            shows_on_hold=profile.shows_on_hold,
            asked_states=None if asked_status is None else states_called(asked_status),
            station=profile.own_station,
            wanted=tuple(reading.wanted),
            unknown=tuple(reading.unknown),
            zone=zone,
            start=start,
            hours=hours,
            born=born,
        )
    except NoTime as why:
        raise NotAnswerable("That is not a date, a time, or a range.", SEQUENCE) from why
    return Understood(question, tuple(reading.ignored), OFFSET in identifier)


def _times(
    single: dict[Match, str], zone: dt.tzinfo
) -> tuple[Span[dt.datetime], Span[dt.time], Span[dt.date]]:
    """When a step may begin, at which time of day, and when the patient was born."""
    days, times, birth = (single.get(one) for one in (Match.DATE, Match.TIME, Match.BORN))
    dates = read_dates(days) if days else None
    hours = read_hours(times) if times else None
    lived = read_dates(birth) if birth else None
    return (
        interval(dates, hours, zone),
        clock(hours, joined=dates is not None),
        (lived.first, lived.last) if lived else (None, None),
    )


def _zone(identifier: Dataset) -> dt.tzinfo:
    """The asker's times are in its offset (PS3.4 K.4.1.1.3), or else in the department's zone."""
    text = text_of(identifier, OFFSET) if OFFSET in identifier else ""
    if not text:
        return timezone.get_default_timezone()
    try:
        return read_offset(text)
    except NoTime as why:
        raise NotAnswerable("That is not an offset from UTC.", OFFSET) from why


def shown_states(profile: Profile) -> frozenset[str]:
    """States on the list (field 5.1 (g)); those on hold come beside them."""
    return frozenset(
        state for state in STATUS_TERMS if profile.shows_started or state != Status.IN_PROGRESS
    )


def states_called(wanted: str) -> frozenset[str]:
    """States whose term is asked for."""
    patterns = wanted.split("\\")
    return frozenset(
        state
        for state, term in STATUS_TERMS.items()
        if any(fnmatchcase(term, one) for one in patterns)
    )


def name_patterns(path: str, name: str) -> list[str]:
    """The spellings under which a person's name is looked for.

    A name of one group is looked for in all three (alphabetic, ideographic, phonetic); of several,
    each in its own, where an empty one asks nothing. Trailing components may be missing from
    the stored name: `SMITH^*` finds "Smith" as well.
    """
    groups = [_open_ended(group) for group in name.split("=")[:PERSON_NAME_GROUPS]]
    if not path.endswith("folded_name"):  # one group, stored as it was typed
        return groups[0]
    if len(groups) == 1:
        return [
            "=".join(one if place == here else "*" for place in range(PERSON_NAME_GROUPS))
            for here in range(PERSON_NAME_GROUPS)
            for one in groups[0]
        ]
    spellings = [""]
    for number in range(PERSON_NAME_GROUPS):
        choices = groups[number] if number < len(groups) else ["*"]
        spellings = [f"{so_far}={one}" for so_far in spellings for one in choices]
    return [one[1:] for one in spellings]


def _open_ended(group: str) -> list[str]:
    parts = [part.strip() for part in group.split("^")]
    while parts and not parts[-1]:
        parts.pop()  # trailing delimiters mean nothing (PS3.5 6.2.1.1)
    is_open = False
    while len(parts) > 1 and parts[-1] == "*":
        parts.pop()
        is_open = True
    text = "^".join(parts) or "*"
    return [text, f"{text}^*"] if is_open else [text]


def called(tag: BaseTag) -> str:
    """The keyword of an attribute, or its number."""
    return keyword_for_tag(tag) or str(tag)
