"""The safety record: noting, confirming and ending what must be known before somebody is touched.

Entries are never deleted. One that turns out wrong ends with a reason; a value or an answer that a
newer one replaces is kept as what was true on its day.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from audit.services import record
from common.refusals import Refused
from patients.models import Alert, Patient
from patients.services.facts import Facts
from patients.services.news import tell_open_pages

if TYPE_CHECKING:
    from staff.models import User

Kind, Severity, Pregnancy = Alert.Kind, Alert.Severity, Alert.Pregnancy

# Of these one is in force at a time: the newest value, the newest answer.
REPLACED_BY_THE_NEWEST = frozenset({Kind.KIDNEY, Kind.PREGNANCY})
NOTHING_OF_ITS_KIND: dict[str, Promise] = {
    Kind.ALLERGY: gettext_lazy("No known allergies"),
    Kind.CONTRAST_REACTION: gettext_lazy("No known contrast reaction"),
    Kind.IMPLANT: gettext_lazy("No implants"),
    Kind.PREGNANCY: gettext_lazy("Not pregnant"),
    Kind.KIDNEY: gettext_lazy("No known kidney disease"),
    Kind.INFECTION: gettext_lazy("No infection precautions"),
    Kind.MOBILITY: gettext_lazy("Moves without help"),
    Kind.OTHER: gettext_lazy("Nothing else to know"),
}
NOTHING_KNOWN = Facts()
# eGFR in ml/min/1.73 m² (KDIGO stages 4 and 3b); only the colour follows, decisions stay people's.
SEVERELY_REDUCED, REDUCED = 30, 45


class Said(TypedDict, total=False):
    """How grave somebody says it is (else it follows from the facts), and who says so."""

    severity: str
    source: str


@transaction.atomic
def note_alert(
    patient: Patient,
    *,
    kind: str,
    text: str = "",
    by: "User | None",
    facts: Facts = NOTHING_KNOWN,
    **said: Unpack[Said],
) -> Alert:
    """Write down something to know before touching the patient, or that there is nothing.

    Refused when it contradicts what is in force ("no known allergies" beside an allergy): that
    must end first, by a person, with a reason. The other way round the note that there is nothing
    is replaced by what was found. Saying again that there is nothing confirms it.
    """
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    alert = Alert(
        patient=patient,
        kind=kind,
        text=text.strip(),
        source=said.get("source", "").strip(),
        noted_by=by,
        **asdict(facts),
    )
    complete(alert, said.get("severity", ""))
    refuse_senseless(alert)
    standing = list(Alert.objects.in_force().of_patient(patient.pk).of_kind(kind))
    if same := next((one for one in standing if alert.is_absent and one.is_absent), None):
        return _confirmed(same, by=by, source=alert.source)
    refuse_contradiction(alert, standing)
    alert.full_clean()
    alert.save()
    replace_older(alert, standing, by=by)
    record("alert.noted", alert, by=by, patient=patient, kind=kind)
    tell_open_pages(patient.pk)
    return alert


@transaction.atomic
def confirm_alert(alert: Alert, *, by: "User", source: str = "") -> Alert:
    """It was asked again and is still true. Refused when it has ended, and for a measured value."""
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if not alert.is_active:
        raise Refused(_("This entry has ended: note it again if it is true."))
    if not alert.may_be_confirmed:
        raise Refused(_("A value is measured, not confirmed: note the new one."))
    return _confirmed(alert, by=by, source=source)


@transaction.atomic
def end_alert(alert: Alert, *, reason: str, by: "User") -> Alert:
    """It no longer holds, or never did. Refused without a reason, and when it has ended already."""
    if not reason.strip():
        raise Refused(_("Say why this no longer holds."))
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if not alert.is_active:
        raise Refused(_("This entry has ended already."))
    _end(alert, by=by, reason=reason.strip()[:200])
    record("alert.ended", alert, by=by, patient=alert.patient, kind=alert.kind)
    tell_open_pages(alert.patient_id)
    return alert


def complete(alert: Alert, severity: str) -> None:
    """What follows from the facts: words, severity, and that "not pregnant" is an absence."""
    if alert.pregnancy_status == Pregnancy.NOT:
        alert.is_absent = True
    # The words are for everybody who will read them: in the department's language.
    with override(settings.LANGUAGE_CODE):
        alert.text = alert.text or words_for(alert)
    alert.severity = severity or severity_of(alert)
    if alert.is_absent:
        alert.severity = Severity.INFO


def words_for(alert: Alert) -> str:
    """What the facts say by themselves; empty when somebody has to say it."""
    if alert.kind == Kind.PREGNANCY and alert.pregnancy_status in Pregnancy.values:
        return str(Pregnancy(alert.pregnancy_status).label).capitalize()
    if alert.kind == Kind.KIDNEY and alert.egfr is not None and alert.observed_on:
        day = formats.date_format(alert.observed_on, "j M Y")
        return _("eGFR %(value)s on %(day)s") % {"value": alert.egfr, "day": day}
    return str(NOTHING_OF_ITS_KIND.get(alert.kind, "")) if alert.is_absent else ""


def severity_of(alert: Alert) -> str:
    """How grave it is when nobody has said so."""
    condition = Alert.MrCondition
    if alert.kind == Kind.IMPLANT and alert.mr_condition:
        graver = {condition.UNSAFE: Severity.DANGER, condition.SAFE: Severity.INFO}
        return graver.get(condition(alert.mr_condition), Severity.CAUTION)
    if alert.kind == Kind.PREGNANCY and alert.pregnancy_status == Pregnancy.DEFINITELY:
        return Severity.DANGER
    if alert.kind == Kind.KIDNEY and alert.egfr is not None:
        is_low = alert.egfr < REDUCED
        low = Severity.DANGER if alert.egfr < SEVERELY_REDUCED else Severity.CAUTION
        return low if is_low else Severity.INFO
    return Severity.CAUTION


def refuse_senseless(alert: Alert) -> None:
    """Facts belong to their kind, and nothing was observed tomorrow."""
    of_another_kind = {
        Kind.IMPLANT: bool(alert.mr_condition or alert.mr_details),
        Kind.KIDNEY: alert.egfr is not None,
        Kind.PREGNANCY: alert.pregnancy_status is not None,
    }
    if any(given and alert.kind != kind for kind, given in of_another_kind.items()):
        raise Refused(_("This kind of entry has other facts."))
    if alert.observed_on and alert.observed_on > timezone.localdate():
        raise Refused(_("The day lies in the future."))
    if alert.is_absent and alert.egfr is not None:
        raise Refused(_("A value is not an absence: note one or the other."))
    if not alert.text:
        raise Refused(_("Say in a few words what it is."))


def refuse_contradiction(alert: Alert, standing: list[Alert]) -> None:
    """Nothing of a kind cannot stand beside something of it. (A newer answer simply replaces.)"""
    there = next((one for one in standing if not one.is_absent), None)
    if alert.is_absent and there and alert.kind not in REPLACED_BY_THE_NEWEST:
        raise Refused(
            _("“%(entry)s” is on the record: end it first, with a reason.") % {"entry": there.text}
        )


def replace_older(alert: Alert, standing: list[Alert], *, by: "User | None") -> None:
    """End what the new entry takes the place of. A value measured earlier replaces nothing."""
    only_one = alert.kind in REPLACED_BY_THE_NEWEST
    for older in standing:
        if not (only_one or older.is_absent):
            continue
        newest, other = (older, alert) if is_newer(older, alert) else (alert, older)
        other.replaced_by = newest
        _end(other, by=by, reason=_("A newer entry took its place."))


def is_newer(one: Alert, other: Alert) -> bool:
    """Whether `one` was measured after `other`; answers count by when they were given."""
    if one.kind != Kind.KIDNEY or not (one.observed_on and other.observed_on):
        return False
    return one.observed_on > other.observed_on


def _end(alert: Alert, *, by: "User | None", reason: str) -> None:
    alert.is_active = False
    alert.ended_at = timezone.now()
    alert.ended_by = by
    alert.end_reason = reason
    alert.full_clean()
    alert.save(update_fields=["is_active", "ended_at", "ended_by", "end_reason", "replaced_by"])


def _confirmed(alert: Alert, *, by: "User | None", source: str) -> Alert:
    alert.confirmed_at = timezone.now()
    alert.confirmed_by = by
    alert.source = source.strip() or alert.source
    alert.full_clean()
    alert.save(update_fields=["confirmed_at", "confirmed_by", "source"])
    record("alert.confirmed", alert, by=by, patient=alert.patient, kind=alert.kind)
    tell_open_pages(alert.patient_id)
    return alert
