"""The page of what a device asks the worklist for: its last queries, and who is missing."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipment.models import Device
from staff.models import User
from worklist.dicom import Found, attribute_of
from worklist.dicom.times import NoTime, read_dates
from worklist.forms_asked import STEP, QueryForm
from worklist.models import ScheduledProcedure, WorklistQuery
from worklist.models.queries import ScheduledProcedureQuerySet
from worklist.why_not import Verdict, verdict_now, verdict_then

SHOWN = 30  # queries
MOST_FOUND = 20
MOST_OFFERED = 200  # steps to choose from
SPELLED = 25  # answers whose attributes are written out
USUAL_QUERY = {f"{STEP}ScheduledProcedureStepStartDate": ""}
DATES = {f"{STEP}ScheduledProcedureStepStartDate", "PatientBirthDate"}
LABELS: dict[str, Promise] = {
    f"{STEP}ScheduledProcedureStepStartDate": gettext_lazy("Date"),
    f"{STEP}ScheduledProcedureStepStartTime": gettext_lazy("Time"),
    f"{STEP}ScheduledStationAETitle": gettext_lazy("Station"),
    f"{STEP}ScheduledProcedureStepStatus": gettext_lazy("State"),
    f"{STEP}ScheduledProcedureStepID": gettext_lazy("Step"),
    "PatientName": gettext_lazy("Name"),
    "PatientID": gettext_lazy("Record number"),
    "AccessionNumber": gettext_lazy("Accession number"),
}


@dataclass(frozen=True)
class Line:
    """One query in plain words, and what it means for the step somebody misses."""

    query: WorklistQuery
    verdict: Verdict | None = None

    @cached_property
    def asked_for(self) -> list[tuple[str, str]]:
        """What had to match, each with its word."""
        return [(label(key), said(key, value)) for key, value in self.query.keys.items() if value]

    @property
    def to_be_told(self) -> int:
        """How many attributes it only wanted to know."""
        return len(self.query.keys) - len(self.asked_for)


def label(key: str) -> str:
    return str(LABELS.get(key) or attribute_of(key))


def said(key: str, value: str) -> str:
    """A value as people read it: days as dates, lists with commas."""
    if key in DATES:
        return _days(value)
    return value.replace("\\", ", ")


def _days(value: str) -> str:
    try:
        dates = read_dates(value)
    except NoTime:
        return value
    first, last = (
        formats.date_format(one, "j M Y") if one else "" for one in (dates.first, dates.last)
    )
    if first == last:
        return first
    if not first:
        return _("until %(day)s") % {"day": last}
    return f"{first} – {last}" if last else _("from %(day)s on") % {"day": first}


@dataclass
class AskedPage:
    """What one looks at: a device, perhaps a step that is missing there, perhaps a trial."""

    device: Device
    user: User
    step: ScheduledProcedure | None = None
    words: str = ""
    form: QueryForm = field(default_factory=QueryForm)
    trial: Found | None = None

    @cached_property
    def queries(self) -> list[WorklistQuery]:
        mine = WorklistQuery.objects.visible_to(self.user).of_device(self.device.pk)
        return list(mine.latest_first()[:SHOWN])

    @cached_property
    def lines(self) -> list[Line]:
        return [
            Line(one, verdict_then(self.step, one, self.device) if self.step else None)
            for one in self.queries
        ]

    @property
    def last(self) -> WorklistQuery | None:
        return self.queries[0] if self.queries else None

    @cached_property
    def now(self) -> Verdict | None:
        """If it asked again what it asked last; or without any key, when it never asked."""
        if self.step is None:
            return None
        keys = self.last.keys if self.last else USUAL_QUERY
        return verdict_now(self.step, self.device, keys)

    @cached_property
    def on_this_device(self) -> list[ScheduledProcedure]:
        return list(self._today().on_device(self.device.pk)[:MOST_OFFERED])

    @cached_property
    def elsewhere(self) -> list[ScheduledProcedure]:
        """Of the same kind first: those are the ones that are booked on the wrong scanner."""
        others = self._today().on_other_devices(self.device.pk)
        return list(others.of_modality(self.device.modality)[:MOST_OFFERED])

    def _today(self) -> ScheduledProcedureQuerySet:
        visible = ScheduledProcedure.objects.visible_to(self.user).on_board(timezone.localdate())
        return visible.with_patient().in_time_order()

    @cached_property
    def found(self) -> list[ScheduledProcedure]:
        """Steps that fit the words, of whatever day and device."""
        if not self.words:
            return []
        visible = ScheduledProcedure.objects.visible_to(self.user).with_patient()
        return list(visible.found_by(self.words).newest_first()[:MOST_FOUND])

    @property
    def answers(self) -> Iterator[tuple[ScheduledProcedure, str]]:
        """The steps of a trial with their attributes, those of the first ones at least."""
        if self.trial is not None:
            for number, one in enumerate(zip(self.trial.procedures, self.trial, strict=True)):
                procedure, (_status, answer) = one
                yield procedure, str(answer) if number < SPELLED else ""

    @property
    def silence(self) -> dt.timedelta | None:
        """How long it has not asked."""
        return timezone.now() - self.last.last_at if self.last else None
