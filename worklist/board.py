"""The board: today's work of the department as one person wants to see it."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.text import counted_here
from equipment.models import Device, Modality
from worklist.models import ScheduledProcedure
from worklist.rows import Row, Viewer, rows_of

if TYPE_CHECKING:
    from staff.models import User
    from worklist.models.queries import ScheduledProcedureQuerySet

Status = ScheduledProcedure.Status

MOST_ROWS = 400
"""More than anybody reads; a department with more filters by room."""

OUT_OF_SERVICE = {
    status for status in Device.Status if not Device(status=status).takes_patients
} - {Device.Status.RETIRED}

ROOM_KEY = re.compile(r"[0-9]{1,9}")
NEARBY_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}


def words_in(text: str) -> str:
    """What somebody typed into a search, without the spaces and signs that mean nothing."""
    return " ".join(text.replace("\0", "").split())[:100]


@dataclass(frozen=True, slots=True)
class Group:
    """Several states that one glance takes together."""

    key: str
    label: str | Promise
    states: tuple[str, ...]


OPEN = Group(
    "open", _("Open"), tuple(status for status in Status if status not in ScheduledProcedure.FINAL)
)
GROUPS = {
    group.key: group
    for group in (
        OPEN,
        Group("expected", _("Expected"), (Status.SCHEDULED,)),
        Group("waiting", _("Waiting"), (Status.ARRIVED, Status.READY)),
        Group("held", _("On hold"), (Status.ON_HOLD,)),
        Group("running", _("In progress"), (Status.IN_PROGRESS, Status.ACQUIRED)),
        Group("finished", _("Finished"), ScheduledProcedure.FINAL),
        Group("all", _("All"), tuple(Status)),
    )
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody asked the board for. Anything it does not understand it leaves out."""

    day: dt.date
    room: int | None = None
    modality: str = ""
    group: Group = OPEN
    is_mine: bool = False
    words: str = ""

    @classmethod
    def of(cls, params: QueryDict, words: str = "") -> "Filters":
        """`params` stand in the address; `words` may be somebody's name, and never do."""
        room, modality = params.get("room", ""), params.get("modality", "")
        return cls(
            day=day_of(params.get("day", "")),
            room=int(room) if ROOM_KEY.fullmatch(room) else None,
            modality=modality if modality in Modality.values else "",
            group=GROUPS.get(params.get("state", ""), OPEN),
            is_mine=params.get("mine") == "1",
            words=words_in(words),
        )

    @property
    def are_set(self) -> bool:
        """Does anything but the day and the usual state narrow the list?"""
        return bool(self.room or self.modality or self.is_mine or self.words)


def day_of(text: str) -> dt.date:
    """Today, unless `text` is a day: "tomorrow", "yesterday" or 2026-11-23."""
    today = timezone.localdate()
    if text in NEARBY_DAYS:
        return today + dt.timedelta(days=NEARBY_DAYS[text])
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) < 365 * 100 else today


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, and how many open procedures stand behind it."""

    key: str
    label: str | Promise
    number: int
    is_current: bool
    is_troubled: bool = False


@dataclass
class Board:
    """Rows and counts. Two queries however long the list is, and one for the alerts."""

    user: "User"
    filters: Filters
    now: dt.datetime = field(default_factory=timezone.now)

    @cached_property
    def rows(self) -> list[Row]:
        """What the filters let through, most urgent first."""
        wanted, rows = self.filters, self._listed().in_states(self.filters.group.states)
        if wanted.room:
            rows = rows.in_room(wanted.room)
        if wanted.modality:
            rows = rows.of_modality(wanted.modality)
        if wanted.is_mine:
            rows = rows.performed_by(self.user)
        shown = list(rows.with_row_details().most_urgent_first()[:MOST_ROWS])
        return rows_of(shown, Viewer.of(self.user, self.busy_devices))

    @property
    def is_cut(self) -> bool:
        return len(self.rows) == MOST_ROWS

    def _listed(self) -> "ScheduledProcedureQuerySet":
        listed = ScheduledProcedure.objects.visible_to(self.user).on_board(self.filters.day)
        return listed.about(self.filters.words) if self.filters.words else listed

    @cached_property
    def _tally(self) -> list[dict[str, object]]:
        return list(self._listed().how_many(self.user))  # type: ignore[arg-type]

    def _counted(self, *, but: str = "") -> list[dict[str, object]]:
        """The tally as all filters but one leave it, so that each filter shows its alternatives."""
        wanted = self.filters
        kept: list[tuple[str, str, object]] = [
            ("room", "device__room_id", wanted.room),
            ("modality", "device__modality", wanted.modality),
            ("mine", "is_mine", wanted.is_mine),
        ]
        columns = {column: value for name, column, value in kept if value and name != but}
        states = tuple(Status) if but == "state" else wanted.group.states
        return [
            line
            for line in self._tally
            if line["status"] in states
            and all(line[column] == value for column, value in columns.items())
        ]

    @cached_property
    def groups(self) -> list[Choice]:
        """The states as filters, with how many there are of each."""
        by_state: Counter[object] = Counter()
        for line in self._counted(but="state"):
            by_state[line["status"]] += int(str(line["number"]))
        return [
            Choice(
                group.key,
                group.label,
                sum(by_state[state] for state in group.states),
                group.key == self.filters.group.key,
            )
            for group in GROUPS.values()
        ]

    @cached_property
    def rooms(self) -> list[Choice]:
        """The rooms that have work on this day."""
        return self._choices("room", "device__room_id", "device__room__name")

    @cached_property
    def modalities(self) -> list[Choice]:
        """The modalities that have work on this day."""
        return self._choices("modality", "device__modality", "device__modality")

    def _choices(self, name: str, key: str, label: str) -> list[Choice]:
        current = str(getattr(self.filters, name) or "")
        labels = {str(line[key]): str(line[label]) for line in self._tally}
        numbers: Counter[str] = Counter()
        for line in self._counted(but=name):
            numbers[str(line[key])] += int(str(line["number"]))
        troubled = {
            str(line[key]) for line in self._tally if line["device__status"] in OUT_OF_SERVICE
        }
        return [
            Choice(value, word, numbers[value], value == current, value in troubled)
            for value, word in sorted(labels.items(), key=lambda pair: counted_here(pair[1]))
        ]

    @cached_property
    def busy_devices(self) -> set[object]:
        """Devices with a patient on the table: nobody else can be started there."""
        return {line["device_id"] for line in self._tally if line["status"] == Status.IN_PROGRESS}

    @property
    def is_listed(self) -> bool:
        """Is there anything at all on this day, in whatever state?"""
        return bool(self._tally)

    @property
    def is_today(self) -> bool:
        return self.filters.day == timezone.localdate(self.now)

    @property
    def days(self) -> list[Choice]:
        """Yesterday, today, tomorrow, relative to now."""
        words = {"yesterday": _("Yesterday"), "today": _("Today"), "tomorrow": _("Tomorrow")}
        today = timezone.localdate(self.now)
        return [
            Choice(key, words[key], 0, self.filters.day == today + dt.timedelta(days=away))
            for key, away in NEARBY_DAYS.items()
        ]
