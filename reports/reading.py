"""The reading list: what was asked for, and one page of rows worked out once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.templatetags.ward import in_words
from equipment.models import Modality
from reports.models import PreliminaryNote, Report, ReportQuerySet
from worklist.models import ScheduledProcedure

if TYPE_CHECKING:
    from staff.models import User

PAGE = 30
LONGEST_KEY = 18  # digits of a bigint
SHELVES: dict[str, str | Promise] = {
    "all": gettext_lazy("To read"),
    "unclaimed": gettext_lazy("Unclaimed"),
    "mine": gettext_lazy("Mine"),
    "flagged": gettext_lazy("Look now"),
    "preliminary": gettext_lazy("Preliminary"),
    "held-up": gettext_lazy("Held up"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One study that waits, with all that decides whether it comes next."""

    report: Report
    procedures: Sequence[ScheduledProcedure]
    note: PreliminaryNote | None
    waited: int
    user: "User"

    @property
    def css(self) -> str:
        return {0: "row-stat", 1: "row-urgent"}.get(self.report.urgency, "")

    @property
    def priority(self) -> str:
        order = self.report.study.order
        return order.priority if order else "ROUTINE"

    @property
    def is_late(self) -> bool:
        allowed = self.report.minutes_allowed
        return allowed is not None and self.waited >= allowed

    @property
    def allowance(self) -> str:
        """What the wait is measured against: "of 30 min"."""
        report = self.report
        if report.due_at is None:
            return ""
        span = in_words(report.waiting_since, report.due_at, "since")
        return _("of %(span)s") % {"span": span}

    @property
    def shown_wait(self) -> int:
        """The bar is full when the time is up."""
        return min(self.waited, self.report.minutes_allowed or self.waited)

    @property
    def is_held(self) -> bool:
        return self.report.is_claimed_on(timezone.now())

    @property
    def is_mine(self) -> bool:
        return self.report.claimed_by_id == self.user.pk

    @property
    def side(self) -> str:
        sides = {procedure.side for procedure in self.procedures if procedure.side}
        return sides.pop() if len(sides) == 1 else ""

    @property
    def images(self) -> str:
        """The images beside the state, the worst first."""
        known = {procedure.images for procedure in self.procedures}
        return next((state for state in ("MISSING", "LATE") if state in known), "")

    @property
    def image_count(self) -> int:
        return self.report.study.instance_count - self.report.study.rejected_count

    @property
    def comment(self) -> str:
        """What the technician said at the end, when there is no note."""
        said = [procedure.comment for procedure in self.procedures if procedure.comment]
        return " · ".join(said)


@dataclass
class ReadingList:
    """One page of what waits, most urgent first. The next page begins after a key."""

    user: "User"
    shelf: str
    modality: str
    after: Report | None = None

    @classmethod
    def of(cls, user: "User", params: QueryDict) -> "ReadingList":
        """What the address says; nonsense counts as not asked for."""
        shelf, modality = params.get("show", ""), params.get("modality", "")
        key = params.get("after", "")
        is_key = key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY
        return cls(
            user,
            shelf if shelf in SHELVES else "all",
            modality if modality in Modality.values else "",
            Report.objects.visible_to(user).filter(pk=key).first() if is_key else None,
        )

    def _shelved(self) -> ReportQuerySet:
        visible: ReportQuerySet = Report.objects.visible_to(self.user)
        waiting = visible.to_read()
        shelves: Mapping[str, ReportQuerySet] = {
            "all": waiting,
            "unclaimed": waiting.free_on(timezone.now()),
            "mine": waiting.held_by(self.user),
            "flagged": waiting.flagged(),
            "preliminary": waiting.preliminary(),
            "held-up": visible.held_up(),
        }
        return shelves[self.shelf]

    @cached_property
    def _found(self) -> list[Report]:
        reports = self._shelved().most_urgent_first()
        if self.modality:
            reports = reports.of_modality(self.modality)
        if self.after:
            reports = reports.following(self.after)
        return list(reports.with_row_details()[: PAGE + 1])

    @cached_property
    def rows(self) -> list[Row]:
        """Rows with the last note of each, in one query for all."""
        now = timezone.now()
        of_report = {
            report.pk: list(report.study.order.procedures.all()) if report.study.order else []
            for report in self._found[:PAGE]
        }
        keys = [procedure.pk for steps in of_report.values() for procedure in steps]
        notes = {note.procedure_id: note for note in PreliminaryNote.objects.latest_of(keys)}
        return [
            Row(
                report,
                of_report[report.pk],
                worst([notes[p.pk] for p in of_report[report.pk] if p.pk in notes]),
                max(0, int((now - report.waiting_since).total_seconds() // 60)),
                self.user,
            )
            for report in self._found[:PAGE]
        ]

    @property
    def next_after(self) -> int | None:
        """Where the next page begins; None on the last one."""
        return self.rows[-1].report.pk if len(self._found) > PAGE else None

    @property
    def shelves(self) -> list[tuple[str, str | Promise]]:
        return list(SHELVES.items())

    @property
    def modalities(self) -> list[tuple[str, str]]:
        return [(modality.value, str(modality.label)) for modality in Modality]


def worst(notes: list[PreliminaryNote]) -> PreliminaryNote | None:
    """Of several steps' notes the one to see first."""
    rank = {"URGENT": 0, "ABNORMAL": 1, "NORMAL": 2}
    return min(notes, key=lambda note: rank[note.verdict], default=None)
