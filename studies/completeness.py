"""Expected, listed by the modality, here, and promised as safe: counted for one procedure."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from studies.models import CommitmentItem, Instance
from worklist.models import PerformedObject, PerformedSeries, ScheduledProcedure
from worklist.services.images import Counted, note_completeness

Committed = ScheduledProcedure.Committed
Outcome = CommitmentItem.Outcome


def count_completeness(procedure_pk: int) -> None:
    """Let the worklist know what has come of what was made, and what is safe."""
    listed = PerformedObject.objects.of_procedure(procedure_pk).images()
    is_here: Any = Exists(Instance.objects.filter(sop_instance_uid=OuterRef("sop_instance_uid")))
    told = listed.order_by().aggregate(
        told=Count("sop_instance_uid", distinct=True),
        here=Count("sop_instance_uid", distinct=True, filter=is_here),
    )
    safe, committed = promised(procedure_pk)
    note_completeness(procedure_pk, Counted(told["told"], told["here"], safe, committed))


def promised(procedure_pk: int) -> tuple[int, str]:
    """How many of its objects are promised, and what that makes of all of them.

    What was refused once and promised later is promised.
    """
    listed = PerformedObject.objects.of_procedure(procedure_pk)
    safe = CommitmentItem.objects.safe()
    mine = CommitmentItem.objects.filter(
        Q(instance__series__procedure=procedure_pk)
        | Q(instance=None, sop_instance_uid__in=listed.values("sop_instance_uid"))
    ).order_by()
    later: Any = Exists(safe.filter(sop_instance_uid=OuterRef("sop_instance_uid")))
    counted = mine.aggregate(
        asked=Count("sop_instance_uid", distinct=True),
        safe=Count("sop_instance_uid", distinct=True, filter=Q(outcome=Outcome.SAFE)),
        failed=Count("pk", filter=Q(outcome=Outcome.FAILED) & ~later),
    )
    if not counted["asked"]:
        return 0, Committed.NOT_ASKED
    if counted["failed"]:
        return counted["safe"], Committed.FAILED
    acquired = Instance.objects.acquired_for(procedure_pk)
    is_all = not acquired.exclude(commitments__in=safe).exists()
    return counted["safe"], Committed.YES if is_all else Committed.PENDING


@dataclass(frozen=True, slots=True)
class MissingSeries:
    """A series of which the modality made more than is here."""

    name: str
    listed: int
    lacking: int


def missing_of(procedure: ScheduledProcedure) -> list[MissingSeries]:
    """By series, what the modality lists and is not here; nothing when all is, or it lists none."""
    if procedure.images_told_here >= procedure.images_told:
        return []
    is_here = Exists(Instance.objects.filter(sop_instance_uid=OuterRef("sop_instance_uid")))
    lacking = PerformedObject.objects.of_procedure(procedure.pk).images().filter(~is_here)
    return [
        MissingSeries(str(series) or _("unnamed series"), *series.counted)
        for series in PerformedSeries.objects.lacking(lacking)
    ]
