"""What reports do when studies or procedures have news."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext

from reports.models import PreliminaryNote, studies_of
from reports.services import gather_report
from studies.models import Study
from studies.signals import study_changed
from worklist.models import ScheduledProcedure
from worklist.readiness import Gap, warns_before_completion
from worklist.signals import procedure_moved


@receiver(study_changed)
def follow_study(study: Study, **_: Any) -> None:
    """A new study gets its report; a settled one may be ready to read; a growing one is not."""
    gather_report(study.pk)


@receiver(procedure_moved)
def follow_procedure(procedure: ScheduledProcedure, **_: Any) -> None:
    """The end of an examination may be what its studies have waited for."""
    if procedure.is_final:
        for study_pk in studies_of(procedure).values_list("pk", flat=True):
            gather_report(study_pk)


@warns_before_completion
def ask_for_note(procedure: ScheduledProcedure) -> Gap | None:
    """Whoever was in the room says a word to whoever reads the images."""
    if PreliminaryNote.objects.of_procedure(procedure.pk).exists():
        return None
    return Gap(gettext("Nobody has written a preliminary note."), "note")
