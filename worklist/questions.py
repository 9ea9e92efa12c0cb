"""What one patient is asked before one examination, with what is known already."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patients.models import Alert
from worklist.models import Answer, Concern, Question, ScheduledProcedure


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, the answer of this visit, an earlier one, and what the safety record says."""

    question: Question
    now: Answer | None
    earlier: Answer | None
    alerts: Sequence[Alert]

    @property
    def holds(self) -> bool:
        """An earlier answer that has not grown old."""
        return self.earlier is not None and not self.earlier.is_stale(timezone.now())

    @property
    def earlier_age(self) -> str:
        """How old the earlier answer is: answered yesterday, measured 12 days ago."""
        if self.earlier is None:
            return ""
        measured = self.earlier.observed_on
        day = measured or timezone.localdate(self.earlier.at)
        what = _("measured") if measured else _("answered")
        return f"{what} {days_ago((timezone.localdate() - day).days)}"

    @property
    def is_worrying(self) -> bool:
        return self.now is not None and self.now.concern != Concern.CLEAR

    @property
    def known_value(self) -> "Alert | None":
        """A kidney value of the safety record that is young enough to be the answer."""
        today = timezone.localdate()
        if self.question.kind != Question.Kind.NUMBER:
            return None
        for alert in reversed(self.alerts):
            is_fresh = not alert.is_stale(self.question.valid_days, today)
            if alert.egfr is not None and alert.observed_on and is_fresh:
                return alert
        return None

    @property
    def contradicts(self) -> bool:
        """The safety record holds the very thing that was just answered with no."""
        return self.now is not None and any(
            denies(self.now.value, self.question, alert) for alert in self.alerts
        )


def days_ago(days: int) -> str:
    """today, yesterday, 12 days ago."""
    if days <= 0:
        return _("today")
    return ngettext("yesterday", "%(days)s days ago", days) % {"days": days}


def questions_for(procedure: ScheduledProcedure) -> list[Question]:
    """The questions of the procedure's questionnaires that concern this patient's sex and age."""
    patient, today = procedure.order.patient, timezone.localdate()
    asked = Question.objects.filter(
        questionnaire__in=procedure.procedure_type.questionnaires.filter(is_active=True),
        is_active=True,
    ).select_related("questionnaire")
    return [question for question in asked if question.is_asked_of(patient, today)]


def asked_before(procedure: ScheduledProcedure) -> list[Asked]:
    """Every question with what is known of it, in four queries however many there are."""
    questions = questions_for(procedure)
    patient = procedure.order.patient_id
    answers = Answer.objects.of_patient(patient).to(questions).with_details()
    now = {a.question_id: a for a in answers.of_procedure(procedure.pk).latest_of_each()}
    before = {a.question_id: a for a in answers.exclude(procedure=procedure).latest_of_each()}
    alerts = list(Alert.objects.active().of_patient(patient).with_authors())
    return [
        Asked(
            question,
            now.get(question.pk),
            before.get(question.pk),
            [alert for alert in alerts if alert.kind == question.alert_kind],
        )
        for question in questions
    ]


def speaks_of(alert: Alert, question: Question) -> bool:
    """Was this entry written because of this question? (Its words begin the entry.)"""
    words = question.alert_text or question.text
    return alert.kind == question.alert_kind and alert.text.startswith(words)


# Kinds of entries of which one question speaks as a whole.
WHOLE_KINDS = frozenset({Alert.Kind.CONTRAST_REACTION, Alert.Kind.PREGNANCY})


def denies(value: str, question: Question, alert: Alert) -> bool:
    """Does an answer say that there is nothing, where the safety record has an entry?"""
    is_denial = question.kind == Question.Kind.YES_NO and value in {"YES", "NO"}
    if not is_denial or value == question.worrying_answer or alert.kind != question.alert_kind:
        return False
    return alert.kind in WHOLE_KINDS or speaks_of(alert, question)
