"""A person says which scheduled procedure a study belongs to."""

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from studies.models import Instance, Match, Study
from worklist.models import ScheduledProcedure
from worklist.services import note_images

if TYPE_CHECKING:
    from staff.models import User


@transaction.atomic
def match_by_hand(study: Study, procedure: ScheduledProcedure, *, by: "User") -> Match:
    """Link a study to the procedure it was made for, in place of what the rules found.

    Refused when the procedure is another patient's. Doing it twice changes nothing.
    """
    study = Study.objects.locked(study.pk)
    refuse_other_patient(study, procedure)
    match, is_new = Match.objects.get_or_create(
        study=study, procedure=procedure, defaults={"rule": Match.Rule.MANUAL, "matched_by": by}
    )
    wrong = list(study.matches.exclude(pk=match.pk).values_list("procedure_id", flat=True))
    if not is_new and not wrong:
        return match
    study.matches.exclude(pk=match.pk).delete()
    study.order = procedure.order
    study.save(update_fields=["order"])
    record(
        "study.matched",
        study,
        by=by,
        patient=study.patient,
        rule=Match.Rule.MANUAL,
        procedure=procedure.pk,
        instead_of=wrong,
    )
    for procedure_pk in sorted({procedure.pk, *wrong}):
        recount(procedure_pk, study)
    transaction.on_commit(partial(poke, f"study-{study.pk}"))
    return match


def refuse_other_patient(study: Study, procedure: ScheduledProcedure) -> None:
    """Raise Refused when study and procedure are of different people."""
    if procedure.order.patient_id != study.patient_id:
        raise Refused(
            _("This procedure is another patient's. Correct the patient of the study first.")
        )


def recount(procedure_pk: int, study: Study) -> None:
    """Tell the worklist how many images the procedure has now, this study gained or lost."""
    received = Instance.objects.acquired_for(procedure_pk).count()
    at = study.last_image_at or study.created_at
    note_images(procedure_pk, received=received, at=at)
