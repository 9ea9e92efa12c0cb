"""What studies do when the worklist has news, or when it is known what is safe."""

from typing import Any

from django.dispatch import receiver

from studies.commitment import procedures_of
from studies.completeness import count_completeness
from studies.models import Commitment
from studies.signals import commitment_decided
from worklist.models import PerformedProcedure
from worklist.signals import performed_told


@receiver(performed_told)
def count_what_was_made(step: PerformedProcedure, **_: Any) -> None:
    """The modality lists what it has made: how much of it is here?"""
    for pk in step.procedures.order_by("pk").values_list("pk", flat=True):
        count_completeness(pk)


@receiver(commitment_decided)
def count_what_is_safe(commitment: Commitment, **_: Any) -> None:
    for pk in procedures_of(commitment):
        count_completeness(pk)
