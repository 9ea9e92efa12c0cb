"""What the page of a performed step says: what was reported, and where it could belong."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from worklist.dicom.performed import told_before
from worklist.modalities import alike
from worklist.models import PerformedProcedure, PerformedSeries, ScheduledProcedure
from worklist.reported import Told

if TYPE_CHECKING:
    from staff.models import User

SHOWN = 8
MOST_OF_PATIENT = 50
MOST_OF_DAY = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """A procedure that the report could be of, and what speaks for it."""

    procedure: ScheduledProcedure
    score: int
    reasons: list[str] = field(default_factory=list)


class PerformedPage:
    """All that the page shows of one performed step."""

    def __init__(self, step: PerformedProcedure, user: "User") -> None:
        self.step = step
        self.user = user

    @property
    def is_reported(self) -> bool:
        """The modality has spoken of it; else a person, or the images that came, began it."""
        return self.step.source == PerformedProcedure.Source.MPPS

    @cached_property
    def told(self) -> Told:
        return told_before(self.step.attributes)

    @cached_property
    def series(self) -> list[PerformedSeries]:
        return list(self.step.series.with_counts())

    @cached_property
    def procedures(self) -> list[ScheduledProcedure]:
        visible = ScheduledProcedure.objects.visible_to(self.user).with_patient()
        return list(visible.done_in(self.step.pk))

    @property
    def is_open(self) -> bool:
        """Nobody has decided yet where it belongs."""
        return bool(self.step.why_unplaced) and self.step.settled_at is None

    @cached_property
    def candidates(self) -> list[Candidate]:
        """The likeliest first: its patient's, and what is booked on its device that day."""
        visible = ScheduledProcedure.objects.visible_to(self.user).with_patient()
        pool = {p.pk: p for p in visible.on(self.day)[:MOST_OF_DAY]}
        if self.step.patient_id is not None:
            mine = visible.of_patient(self.step.patient_id).order_by("-scheduled_start")
            pool |= {p.pk: p for p in mine[:MOST_OF_PATIENT]}
        judged = [self.judge(procedure) for procedure in pool.values()]
        fitting = [candidate for candidate in judged if candidate.score > 0]
        return sorted(fitting, key=lambda c: (-c.score, c.procedure.scheduled_start))[:SHOWN]

    @property
    def day(self) -> dt.date:
        return timezone.localdate(self.step.started_at)

    def judge(self, procedure: ScheduledProcedure) -> Candidate:
        """Add up what agrees: the patient weighs most, then numbers, then device and day."""
        device, order = self.step.device, procedure.order
        modality = self.told.modality or (device.modality if device else "")
        accessions = {step.accession for step in self.told.steps}
        numbers = {step.step_id for step in self.told.steps}
        is_booked_here = device is not None and device.pk == procedure.device_id
        agreements = (
            (8, self.step.patient_id == order.patient_id, _("same patient")),
            (6, order.accession_number in accessions, _("same accession number")),
            (6, procedure.step_id in numbers, _("same step")),
            (2, is_booked_here, _("booked on this device")),
            (1, alike(procedure.device.modality, modality), _("same modality")),
        )
        spoken = [(weight, str(words)) for weight, agrees, words in agreements if agrees]
        score = sum(weight for weight, _words in spoken)
        if timezone.localdate(procedure.scheduled_start) != self.day:
            score -= 2
        return Candidate(procedure, score, [words for _weight, words in spoken])
