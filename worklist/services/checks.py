"""Somebody stands beside the patient and makes sure: who it is, and which side."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import record
from common.refusals import Refused
from worklist.models import Check, ScheduledProcedure
from worklist.reasons import WRONG_SIDE, reason_of
from worklist.services.drafts import forget_draft
from worklist.services.moving import locked, tell_examination

if TYPE_CHECKING:
    from staff.models import User

ENOUGH = 2  # identifiers: one alone belongs to too many people


class Compared(TextChoices):
    """What a patient is recognised by."""

    NAME = "NAME", gettext_lazy("name")
    BIRTH_DATE = "BIRTH_DATE", gettext_lazy("birth date")
    RECORD_NUMBER = "RECORD_NUMBER", gettext_lazy("record number")
    WRISTBAND = "WRISTBAND", gettext_lazy("wristband")


class WrongPatient(Refused):
    """What was scanned belongs to somebody else."""


class WrongSide(Refused):
    """The side somebody sees is not the side that was ordered."""

    reason_code = WRONG_SIDE


def said_by_code(procedure: ScheduledProcedure, scanned: str) -> bool:
    """Does a scanned code name this patient or this order?"""
    known = {procedure.order.patient.patient_id, procedure.order.accession_number}
    return scanned.strip().casefold() in {code.casefold() for code in known}


@transaction.atomic
def check_identity(
    procedure: ScheduledProcedure, *, by: "User", compared: Collection[str], scanned: str = ""
) -> Check:
    """This is the patient who is meant. May be done again; every check stays in the record.

    Refused with fewer than two identifiers, with a wristband that says somebody else, and for what
    is over.
    """
    procedure = locked(procedure.pk)
    refuse_over(procedure)
    found = [one.value for one in Compared if one in set(compared) - {Compared.WRISTBAND}]
    if scanned.strip():
        if not said_by_code(procedure, scanned):
            raise WrongPatient(
                _("The code that was scanned is not this patient's. Stop, and find out who it is.")
            )
        found.append(Compared.WRISTBAND.value)
    # A wristband says the record number: with that number ticked it is still one identifier.
    distinct = {"RECORD_NUMBER" if one == Compared.WRISTBAND else one for one in found}
    if len(distinct) < ENOUGH:
        raise Refused(_("Compare at least two identifiers with what the patient says."))
    if Compared.BIRTH_DATE in found and procedure.order.patient.birth_date is None:
        raise Refused(_("The birth date is unknown here: compare something else."))
    check = written(procedure, Check.Kind.IDENTITY, {"compared": found}, by)
    record("identity.checked", procedure, by=by, patient=procedure.order.patient)
    return check


@transaction.atomic
def confirm_side(procedure: ScheduledProcedure, *, by: "User", side: str) -> Check:
    """The side the patient and the request name is the side that was booked.

    Refused when it is another: nobody images the wrong side because a form said so.
    """
    procedure = locked(procedure.pk)
    refuse_over(procedure)
    if side not in ScheduledProcedure.Side.values:
        raise Refused(_("Say which side: left, right or both."))
    if not procedure.side:
        raise Refused(_("This procedure has no side."))
    if side != procedure.side:
        raise WrongSide(
            _(
                "The order says %(side)s. Stop, and ask who ordered it; if the order is wrong, "
                "end it with “%(reason)s”."
            )
            % {"side": procedure.get_side_display(), "reason": reason_of(WRONG_SIDE).word}
        )
    check = written(procedure, Check.Kind.SIDE, {"side": side}, by)
    record("side.confirmed", procedure, by=by, patient=procedure.order.patient)
    return check


def written(procedure: ScheduledProcedure, kind: str, said: dict[str, object], by: "User") -> Check:
    """The check as a row that nobody changes, and the news of it."""
    check = Check(procedure=procedure, kind=kind, said=said, by=by)
    check.full_clean()
    check.save()
    forget_draft(procedure, kind.lower(), by=by)
    tell_examination(procedure.pk)
    return check


def refuse_over(procedure: ScheduledProcedure) -> None:
    """Raise Refused for what is over: what was checked then is history."""
    if procedure.is_final:
        state = procedure.get_status_display().lower()
        raise Refused(_("%(procedure)s is %(state)s.") % {"procedure": procedure, "state": state})
