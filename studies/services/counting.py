"""How many images a study, its series and a procedure have for readers."""

from collections.abc import Iterable

from django.db.models import Count

from studies.models import Instance, Study
from worklist.services.images import recount_images


def count_rejected(study: Study, procedures: Iterable[int | None]) -> None:
    """Count anew what is rejected in a study, which must be locked, and what `procedures` have."""
    rows = Instance.objects.rejected().filter(series__study=study).order_by()
    rejected = dict(rows.values_list("series").annotate(n=Count("pk")))
    all_series = list(study.series.all())
    for series in all_series:
        count = rejected.get(series.pk, 0)
        if series.rejected_count != count:
            series.rejected_count = count
            series.save(update_fields=["rejected_count"])
    left = [series for series in all_series if not series.is_all_rejected]
    study.rejected_count = sum(rejected.values())
    study.rejected_series_count = len(all_series) - len(left)
    named = sorted({series.modality for series in left or all_series if series.modality})
    study.modalities = "\\".join(named)[:200]
    study.clinical_version += 1
    study.save(
        update_fields=["rejected_count", "rejected_series_count", "modalities", "clinical_version"]
    )
    for procedure_pk in sorted(pk for pk in procedures if pk is not None):
        count_for_procedure(procedure_pk)


def count_for_procedure(procedure_pk: int) -> None:
    """Tell the worklist how many images a procedure has now. None arrived."""
    recount_images(procedure_pk, received=Instance.objects.acquired_for(procedure_pk).count())
