"""What did not go by the book is noted for a person, never refused to a machine."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from audit.services import record
from worklist.models import Discrepancy, ScheduledProcedure
from worklist.readiness import Gap
from worklist.services.moving import Cause, tell_open_pages


def note_discrepancy(
    procedure: ScheduledProcedure, kind: str, sentence: str, cause: Cause
) -> Discrepancy:
    """Open a discrepancy, or find the one of this kind that nobody has settled yet."""
    open_ones = procedure.discrepancies.unsettled()
    known = open_ones.filter(kind=kind).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            noted = Discrepancy.objects.create(
                procedure=procedure, kind=kind, sentence=str(sentence)[:300], noted_at=cause.at
            )
    except IntegrityError:  # somebody noted it at the same moment
        return open_ones.get(kind=kind)
    record(
        "discrepancy.noted",
        procedure,
        by=cause.by,
        patient=procedure.order.patient,
        kind=kind,
        **({"sender": cause.source} if cause.is_machine and cause.source else {}),
    )
    tell_open_pages(procedure.pk)
    return noted


def note_discrepancies(
    procedure: ScheduledProcedure, gaps: Sequence[Gap], cause: Cause, answer: str = ""
) -> None:
    """One for each gap, with what a person answered to it, or else what was missing."""
    for gap in gaps:
        note_discrepancy(procedure, gap.kind, answer.strip() or gap.sentence, cause)
