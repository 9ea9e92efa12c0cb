"""What is asked about reports, in words."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from patients.models import Alert
from studies.models import Instance, Study
from worklist.models import ScheduledProcedure

if TYPE_CHECKING:
    from reports.models.report import Report
    from staff.models import User


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: "User") -> Self:
        """Readers see every report; a referrer those of their own orders; others none."""
        if user.has_perm("reports.view_report"):
            return self
        if user.has_perm("reports.view_own_report"):
            return self.filter(study__order__ordered_by=user)
        return self.none()

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(study__patient=patient_pk)

    def of_study(self, study_uid: str) -> Self:
        return self.filter(study__study_instance_uid=study_uid)

    def to_read(self) -> Self:
        """What waits for somebody to sign it."""
        return self.filter(status__in=self.model.OPEN)

    def signed(self) -> Self:
        return self.filter(status__in=self.model.SIGNED)

    def free_on(self, moment: dt.datetime) -> Self:
        """Nobody holds these."""
        return self.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=moment))

    def held_by(self, user: "User") -> Self:
        return self.filter(claimed_by=user)

    def flagged(self) -> Self:
        return self.filter(is_flagged=True)

    def preliminary(self) -> Self:
        return self.filter(status=self.model.Status.PRELIMINARY)

    def lapsed_on(self, moment: dt.datetime) -> Self:
        """Claimed, nothing written, and the lease has run out."""
        return self.filter(status=self.model.Status.CLAIMED, claimed_until__lte=moment)

    def held_up(self) -> Self:
        """Not ready although the images have settled: something is missing, or news was lost."""
        return self.filter(status=self.model.Status.NOT_READY, study__status="READY")

    def waiting_after(self, moment: dt.datetime) -> Self:
        """Those that wait since a later moment, the newest first."""
        return self.filter(waiting_since__gt=moment).order_by("-waiting_since", "-pk")

    def of_modality(self, modality: str) -> Self:
        """With a series of this modality; `modalities` is joined by backslashes."""
        alone, first = Q(study__modalities=modality), f"{modality}\\"
        begins, within = Q(study__modalities__startswith=first), f"\\{modality}\\"
        inside, ends = Q(study__modalities__contains=within), f"\\{modality}"
        return self.filter(alone | begins | inside | Q(study__modalities__endswith=ends))

    def most_urgent_first(self) -> Self:
        """Stat, urgent, the rest; within these, whoever has waited longest."""
        return self.order_by("urgency", "waiting_since", "pk")

    def following(self, report: "Report") -> Self:
        """What stands below `report` in that order."""
        later = Q(waiting_since=report.waiting_since, pk__gt=report.pk)
        behind = Q(urgency=report.urgency) & (Q(waiting_since__gt=report.waiting_since) | later)
        return self.filter(behind | Q(urgency__gt=report.urgency), urgency__gte=report.urgency)

    def newest_first(self) -> Self:
        return self.order_by("-study__study_date", "-pk")

    def with_row_details(self) -> Self:
        """All that a row of the reading list says."""
        return self.select_related(
            "study__patient", "study__order__procedure_type", "claimed_by"
        ).prefetch_related(
            Prefetch("study__patient__alerts", queryset=Alert.objects.active()),
            "study__order__procedures",
        )

    def with_page_details(self) -> Self:
        return self.select_related("study__order__procedure_type", "claimed_by").prefetch_related(
            Prefetch("study__patient__alerts", queryset=Alert.objects.active()), "study__patient"
        )

    def unread_by(self, user: "User") -> Self:
        """Signed, and this person has not said that they have read what counts now."""
        versions: QuerySet[Any] = apps.get_model("reports", "ReportVersion")._default_manager.all()
        said: QuerySet[Any] = apps.get_model("reports", "Acknowledgement")._default_manager.all()
        told = versions.filter(report=OuterRef("pk")).exclude(kind="PRELIMINARY")
        latest = Subquery(told.order_by("-number").values("pk")[:1])
        seen = said.filter(version=OuterRef("latest"), by=user)
        return self.annotate(latest=latest).filter(~Exists(seen), latest__isnull=False)

    def locked(self, pk: int) -> "Report":
        """The report as it stands now; nobody else changes it until this transaction ends."""
        return self._locking().get(pk=pk)

    def locked_of_study(self, study_pk: int) -> "Report":
        """The same, found by its study."""
        return self._locking().select_related("study__order").get(study=study_pk)

    def _locking(self) -> Self:
        rows = self.select_for_update(of=("self",))
        return rows.select_related("study__patient", "claimed_by")


def procedures_of(study: Study) -> list[ScheduledProcedure]:
    """The procedures a study belongs to: matched ones, and all of its order."""
    matched = list(study.matches.values_list("procedure_id", flat=True))
    belongs = Q(pk__in=matched)
    if study.order_id is not None:
        belongs |= Q(order=study.order_id)
    elif not matched:
        return []
    rows = ScheduledProcedure.objects.filter(belongs).select_related("procedure_type", "device")
    return list(rows.order_by("pk"))


def studies_of(procedure: ScheduledProcedure) -> "models.QuerySet[Study]":
    """The studies a procedure has part in: matched ones, and all of its order."""
    matched = list(procedure.matches.values_list("study_id", flat=True))
    return Study.objects.filter(Q(pk__in=matched) | Q(order=procedure.order_id)).order_by("pk")


def studies_without_report() -> "models.QuerySet[Study]":
    return Study.objects.filter(report__isnull=True).order_by("pk")


def key_images_of(procedure_pk: int) -> "models.QuerySet[Instance]":
    """Images of a procedure that somebody pointed at and nobody rejected."""
    marked = Instance.objects.filter(series__procedure=procedure_pk, key_mark__isnull=False)
    return marked.filter(is_rejected=False).select_related("thumbnail").order_by("pk")


def key_images_of_study(study_pk: int) -> "models.QuerySet[Instance]":
    marked = Instance.objects.filter(series__study=study_pk, key_mark__isnull=False)
    return marked.filter(is_rejected=False).select_related("thumbnail", "key_mark").order_by("pk")
