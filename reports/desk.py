"""All that lies on the desk of whoever reads one study."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils import timezone

from reports.document import HEADINGS, Document
from reports.doubts import doubts_about
from reports.models import (
    PreliminaryNote,
    Report,
    ReportTemplate,
    ReportVersion,
    key_images_of_study,
    procedures_of,
)
from reports.words import Words
from studies.models import Instance, Study
from worklist.models import Administration, Exposure, ScheduledProcedure

if TYPE_CHECKING:
    from staff.models import User

MOST_PRIORS = 20


@dataclass(frozen=True, slots=True)
class Prior:
    """An earlier or other study of the patient, with what was said about it."""

    study: Study
    document: Document | None
    is_alike: bool


@dataclass
class Desk:
    """One study for one reader."""

    report: Report
    user: "User"

    @property
    def study(self) -> Study:
        return self.report.study

    @cached_property
    def procedures(self) -> list[ScheduledProcedure]:
        return procedures_of(self.study)

    @cached_property
    def _keys(self) -> list[int]:
        return [procedure.pk for procedure in self.procedures]

    @cached_property
    def notes(self) -> list[PreliminaryNote]:
        return list(PreliminaryNote.objects.latest_of(self._keys))

    @cached_property
    def given(self) -> list[Administration]:
        rows = Administration.objects.filter(procedure__in=self._keys, withdrawn_at__isnull=True)
        return list(rows.select_related("agent"))

    @cached_property
    def exposed(self) -> list[Exposure]:
        rows = Exposure.objects.filter(procedure__in=self._keys, withdrawn_at__isnull=True)
        return list(rows)

    @cached_property
    def key_images(self) -> list[Instance]:
        return list(key_images_of_study(self.study.pk)[:12])

    @cached_property
    def versions(self) -> list[ReportVersion]:
        return list(self.report.versions.with_people())

    @cached_property
    def document(self) -> Document | None:
        """What is signed, if anything is."""
        return Document.at(self.versions)

    @property
    def is_held_by_other(self) -> bool:
        is_held = self.report.is_claimed_on(timezone.now())
        return is_held and self.report.claimed_by_id != self.user.pk

    @property
    def is_mine(self) -> bool:
        is_held = self.report.is_claimed_on(timezone.now())
        return is_held and self.report.claimed_by_id == self.user.pk

    @property
    def may_write(self) -> bool:
        """There is something to write, and nobody else writes it."""
        is_writing = self.report.is_open or bool(self.report.is_signed and self.report.draft_kind)
        return (
            is_writing and not self.is_held_by_other and self.user.has_perm("reports.write_report")
        )

    @property
    def may_sign(self) -> bool:
        return self.user.has_perm("reports.sign_report")

    @property
    def later_kind(self) -> str:
        """What the draft follows up on: the word for the button and the dialog."""
        kind = self.report.draft_kind
        return str(ReportVersion.Kind(kind).label) if kind else ""

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """The fields of the editor: name, heading, text."""
        shown = ("findings",) if self.report.draft_kind == "ADDENDUM" else None
        names = shown or ("technique", "findings", "impression")
        return [(name, str(HEADINGS[name]), getattr(self.report, name)) for name in names]

    @cached_property
    def templates(self) -> list[ReportTemplate]:
        order = self.study.order
        kind = order.procedure_type if order else None
        offered = ReportTemplate.objects.offered_for(kind, self.study.modality_list)
        return list(offered[:40])

    @property
    def template_words(self) -> dict[str, dict[str, str]]:
        """What the scripts insert, by the template's key."""
        return {
            str(template.pk): {
                "technique": template.technique,
                "findings": template.findings,
                "impression": template.impression,
            }
            for template in self.templates
        }

    @cached_property
    def doubts(self) -> list[str]:
        return doubts_about(Words.of(self.report), self.procedures)

    @cached_property
    def priors(self) -> list[Prior]:
        """The patient's other studies, newest first."""
        others = Study.objects.visible_to(self.user).of_patient(self.study.patient_id)
        rows = others.exclude(pk=self.study.pk).select_related("report").newest_first()
        signed = ReportVersion.objects.with_people()
        priors = rows.prefetch_related(Prefetch("report__versions", queryset=signed))
        own = set(self.study.modality_list)
        return [
            Prior(study, said_about(study), bool(own & set(study.modality_list)))
            for study in priors[:MOST_PRIORS]
        ]


def said_about(study: Study) -> Document | None:
    """What is signed about a study, preliminary words included."""
    report = getattr(study, "report", None)
    return Document.at(list(report.versions.all())) if report else None
