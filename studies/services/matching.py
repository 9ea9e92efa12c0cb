"""A person says which scheduled procedure a study belongs to."""

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from patients.models import Patient
from studies.completeness import count_completeness
from studies.models import Instance, Match, Study
from worklist.models import ScheduledProcedure
from worklist.services import note_images

if TYPE_CHECKING:
    from staff.models import User


@transaction.atomic
def match_by_hand(study: Study, procedure: ScheduledProcedure, *, by: "User") -> Match:
    """Link a study to the procedure it was made for, in place of what the rules found.

    A study whose patient is known from images only goes to the patient of the order with it.
    Refused when the study is a confirmed patient's and the procedure another's.
    """
    study = Study.objects.locked(study.pk)
    procedure = ScheduledProcedure.objects.with_patient().get(pk=procedure.pk)
    move_to_patient(study, procedure.order.patient, by)
    before = set(study.matches.values_list("procedure_id", flat=True))
    study.matches.exclude(procedure=procedure).delete()
    match, _is_new = Match.objects.update_or_create(
        study=study, procedure=procedure, defaults={"rule": Match.Rule.MANUAL, "matched_by": by}
    )
    study.series.update(procedure=procedure)
    study.incoming_files.update(procedure=procedure)
    study.order = procedure.order
    study.save(update_fields=["order"])
    wrong = sorted(before - {procedure.pk})
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
        received = Instance.objects.acquired_for(procedure_pk).count()
        note_images(procedure_pk, received=received, at=study.last_image_at or study.created_at)
        count_completeness(procedure_pk)
    transaction.on_commit(partial(poke, "board", "studies", f"study-{study.pk}"))
    return match


def move_to_patient(study: Study, patient: Patient, by: "User") -> None:
    """A study of somebody known from images only becomes this patient's. The bytes stay as sent."""
    if study.patient_id == patient.pk:
        return
    if not study.patient.is_provisional:
        raise Refused(
            _("This procedure is another patient's. A study of a known patient cannot be moved.")
        )
    record(
        "study.moved", study, by=by, patient=patient, from_patient=study.patient_id, to=patient.pk
    )
    study.patient = patient
    study.save(update_fields=["patient"])
    study.incoming_files.update(patient=patient)
