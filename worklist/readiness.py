"""What is not as it should be before a start or an end, as services and pages ask it.

Nothing here stops anybody: a person answers a warning with a reason, and the reason is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.refusals import Refused
from worklist.models import Check, Discrepancy, ScheduledProcedure

Screening = ScheduledProcedure.Screening
Status = ScheduledProcedure.Status
Kind = Discrepancy.Kind


@dataclass(frozen=True, slots=True)
class Gap:
    """One sentence, the step of the examination where it is mended, and what it leaves behind."""

    sentence: str
    step: str
    kind: str = ""


class Unanswered(Refused):
    """There are warnings, and nobody said why to go on."""

    def __init__(self, warnings: list[Gap]) -> None:
        ask = _("Say why you go on all the same.")
        super().__init__(" ".join([*(warning.sentence for warning in warnings), ask]))
        self.warnings = warnings


Asking = Callable[[ScheduledProcedure], Gap | None]
_further: list[Asking] = []


def warns_before_completion(ask: Asking) -> Asking:
    """Register a question of a higher app: is something missing before a procedure is completed?"""
    _further.append(ask)
    return ask


def warnings_before_start(procedure: ScheduledProcedure) -> list[Gap]:
    """What is missing before the patient goes in."""
    found: list[Gap] = []
    if procedure.arrived_at is None and procedure.status == Status.SCHEDULED:
        found.append(Gap(_("Nobody has registered the arrival."), "start", Kind.NOT_ARRIVED))
    checked = set(procedure.checks.values_list("kind", flat=True))
    if Check.Kind.IDENTITY not in checked:
        sentence = _("Nobody has checked who the patient is.")
        found.append(Gap(sentence, "identity", Kind.NOT_IDENTIFIED))
    found += warnings_of_screening(procedure)
    if must_confirm_side(procedure) and Check.Kind.SIDE not in checked:
        sentence = _("Nobody has confirmed the side.")
        found.append(Gap(sentence, "side", Kind.SIDE_NOT_CHECKED))
    return found


def warnings_of_screening(procedure: ScheduledProcedure) -> list[Gap]:
    """Questions nobody answered, or answers that nobody decided about."""
    sentences = {
        Screening.OPEN: _("The safety questions are not answered."),
        Screening.FLAGGED: _("An answer needs a look, and nobody has decided about it."),
    }
    sentence = sentences.get(Screening(procedure.screening))
    return [Gap(sentence, "screening", Kind.NOT_SCREENED)] if sentence else []


def must_confirm_side(procedure: ScheduledProcedure) -> bool:
    return procedure.procedure_type.needs_side and bool(procedure.side)


def warnings_before_completion(procedure: ScheduledProcedure) -> list[Gap]:
    """What is missing before the examination is called done."""
    found = warnings_of_images(procedure)
    if procedure.screening == Screening.OPEN:
        found += warnings_of_screening(procedure)
    return found + further_warnings(procedure)


def further_warnings(procedure: ScheduledProcedure) -> list[Gap]:
    """What higher apps miss."""
    return [warning for ask in _further if (warning := ask(procedure)) is not None]


def warnings_of_images(procedure: ScheduledProcedure) -> list[Gap]:
    """Images that were expected and are not here."""
    if procedure.lacks_images:
        sentence = _("%(here)s of %(expected)s expected images are here.") % {
            "here": procedure.images_here,
            "expected": procedure.images_wanted,
        }
        return [Gap(sentence, "images")]
    return []


def require_answer(warnings: list[Gap], despite: str | None) -> None:
    """Raise Unanswered when somebody was asked (`despite` is not None) and said nothing."""
    if warnings and despite is not None and not despite.strip():
        raise Unanswered(warnings)
