"""What was given to the patient, and what was exposed. Taken back with a reason, never deleted."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.refusals import Refused
from patients.models import Alert
from patients.services import end_alert, note_alert
from worklist.models import Administration, Exposure, ScheduledProcedure
from worklist.services.drafts import forget_draft
from worklist.services.moving import locked, tell_examination

if TYPE_CHECKING:
    from staff.models import User

Reaction = Administration.Reaction
Status = ScheduledProcedure.Status
Fact = TypeVar("Fact", bound=Administration | Exposure)

SAYS_NOTHING = {"exposures", "is_shielded"}  # by themselves
NEVER_HERE = {Status.SCHEDULED, Status.CANCELLED, Status.NO_SHOW}


@transaction.atomic
def give(
    procedure: ScheduledProcedure, *, by: "User", is_more_meant: bool = False, **given: Any
) -> Administration:
    """Write down what was given: agent, lot, volume, rate, way, reaction.

    Refused before the patient is here, for an agent that has expired, and for more than its usual
    most unless `is_more_meant`. A reaction goes into the safety record.
    """
    procedure = locked(procedure.pk)
    refuse_absent(procedure)
    administration = Administration(procedure=procedure, given_by=by, **given)
    administration.full_clean()
    refuse_expired(administration)
    if not is_more_meant:
        refuse_too_much(administration)
    administration.save()
    forget_draft(procedure, "given", by=by)
    patient = procedure.order.patient
    record("administration.given", procedure, by=by, patient=patient, number=administration.pk)
    remember_reaction(administration, by)
    tell_examination(procedure.pk)
    return administration


@transaction.atomic
def note_reaction(
    administration: Administration, *, by: "User", reaction: str, details: str = ""
) -> Administration:
    """The patient reacts, perhaps a while later. It goes into the safety record."""
    procedure = locked(administration.procedure_id)
    administration = Administration.objects.select_for_update().get(pk=administration.pk)
    refuse_withdrawn(administration)
    administration.reaction, administration.reaction_details = reaction, details.strip()
    administration.full_clean()
    administration.save(update_fields=["reaction", "reaction_details"])
    patient = procedure.order.patient
    record("administration.reacted", procedure, by=by, patient=patient, reaction=reaction)
    remember_reaction(administration, by)
    tell_examination(procedure.pk)
    return administration


@transaction.atomic
def expose(procedure: ScheduledProcedure, *, by: "User", **exposed: Any) -> Exposure:
    """Write down what was exposed, in the units of the console. Refused when nothing is said."""
    procedure = locked(procedure.pk)
    refuse_absent(procedure)
    values = [value for name, value in exposed.items() if name not in SAYS_NOTHING]
    if not any(value not in {None, "", False} for value in values):
        raise ValidationError(_("Write down at least one value."))
    exposure = Exposure(procedure=procedure, by=by, **exposed)
    exposure.full_clean()
    exposure.save()
    forget_draft(procedure, "exposed", by=by)
    patient = procedure.order.patient
    record("exposure.noted", procedure, by=by, patient=patient, number=exposure.pk)
    tell_examination(procedure.pk)
    return exposure


@transaction.atomic
def withdraw(fact: Fact, *, by: "User", reason: str) -> Fact:
    """Take back what was written by mistake; it stays readable. Refused without a reason.

    What its reaction has put into the safety record ends with it.
    """
    if not reason.strip():
        raise Refused(_("Say what was wrong with it."))
    procedure = locked(fact.procedure_id)
    type(fact)._default_manager.select_for_update().get(pk=fact.pk)
    fact.refresh_from_db()
    refuse_withdrawn(fact)
    fact.withdrawn_at, fact.withdrawn_by = timezone.now(), by
    fact.withdrawn_because = reason.strip()[:200]
    fact.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    is_given = isinstance(fact, Administration)
    verb = "administration.withdrawn" if is_given else "exposure.withdrawn"
    record(verb, procedure, by=by, patient=procedure.order.patient, number=fact.pk)
    if isinstance(fact, Administration):
        forget_reaction(fact, by, fact.withdrawn_because)
    tell_examination(procedure.pk)
    return fact


def refuse_absent(procedure: ScheduledProcedure) -> None:
    """Raise Refused when the patient is not here, or never came."""
    if procedure.status in NEVER_HERE:
        state = procedure.get_status_display().lower()
        raise Refused(_("%(procedure)s is %(state)s.") % {"procedure": procedure, "state": state})


def refuse_withdrawn(fact: Administration | Exposure) -> None:
    if not fact.stands:
        raise Refused(_("This was taken back already."))


def refuse_expired(administration: Administration) -> None:
    """Raise ValidationError for a vial that should not be used any more."""
    day = administration.expires_on
    if day is not None and day < timezone.localdate(administration.given_at):
        raise ValidationError({"expires_on": _("This has expired: take another one.")})


def refuse_too_much(administration: Administration) -> None:
    """Raise ValidationError for more than the agent's usual most."""
    most = administration.agent.most_ml
    if most is not None and administration.volume_ml > most:
        sentence = _("More than %(most)s ml of %(agent)s is unusual. Say that it is meant.")
        words = {"most": f"{float(most):g}", "agent": administration.agent}
        raise ValidationError({"volume_ml": ValidationError(sentence % words, code="unusual")})


def remember_reaction(administration: Administration, by: "User") -> None:
    """A reaction must be known before the next time. What was noted of it before ends."""
    before, now = administration.safety_entry, entry_of_reaction(administration, by)
    if now == before:
        return
    if before is not None:
        forget_reaction(administration, by, _("Noted more exactly."))
    administration.safety_entry = now
    administration.save(update_fields=["safety_entry"])


def entry_of_reaction(administration: Administration, by: "User") -> Alert | None:
    """The entry of the safety record that says it; contrast beside the vein, too."""
    reaction = administration.reaction
    if reaction == Reaction.NONE:
        return None
    is_outside = reaction == Reaction.EXTRAVASATION
    is_bad = reaction in {Reaction.MODERATE, Reaction.SEVERE}
    agent = administration.agent.name
    what = _("Extravasation of %(agent)s") if is_outside else _("Reaction to %(agent)s (%(how)s)")
    words = what % {"agent": agent, "how": administration.get_reaction_display()}
    details = administration.reaction_details.strip()
    text = (f"{words}: {details}" if details else words)[:200]
    kind = Alert.Kind.OTHER if is_outside else Alert.Kind.CONTRAST_REACTION
    patient = administration.procedure.order.patient
    known = Alert.objects.active().of_patient(patient.pk).filter(kind=kind, text=text).first()
    severity = Alert.Severity.DANGER if is_bad else Alert.Severity.CAUTION
    source = _("seen during the examination")
    return known or note_alert(
        patient, kind=kind, text=text, by=by, severity=severity, source=source
    )


def forget_reaction(administration: Administration, by: "User", reason: str) -> None:
    """End what its reaction has put into the safety record, unless another administration says the
    same or somebody has confirmed it since: then it is no longer about this one alone."""
    entry = administration.safety_entry
    if entry is None or not entry.is_active or entry.confirmed_at is not None:
        return
    if not administration.shares_safety_entry:
        end_alert(entry, reason=reason, by=by)
