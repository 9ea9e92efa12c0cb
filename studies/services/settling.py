"""No more images are coming: the study is ready to be read."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.live import poke
from studies.models import Study
from studies.signals import study_changed
from worklist.services import settle_images


@transaction.atomic
def settle_study(study_pk: int) -> Study | None:
    """Call a quiet study ready. None when images came in the meantime, or it is busy right now."""
    study = Study.objects.arriving().locked_if_free(study_pk)
    if study is None or not study.is_quiet_on(timezone.now()):
        return None
    for match in study.matches.order_by("procedure_id"):
        settle_images(match.procedure_id)
    study.move_to(Study.Status.READY)
    study.save(update_fields=["status"])
    study_changed.send(Study, study=study)
    record("study.ready", study, by=None, patient=study.patient, images=study.instance_count)
    transaction.on_commit(partial(poke, "board", "studies", f"study-{study.pk}"))
    return study
