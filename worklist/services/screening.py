"""The questions before the examination: answered once each, never changed, never forgotten."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.refusals import Refused
from patients.models import Alert
from patients.services import Facts, note_alert
from worklist.models import UNKNOWN, Answer, Concern, Question, ScheduledProcedure
from worklist.questions import denies, questions_for, speaks_of
from worklist.services.checks import refuse_over
from worklist.services.drafts import forget_draft
from worklist.services.moving import locked, tell_examination

if TYPE_CHECKING:
    from staff.models import User

Screening = ScheduledProcedure.Screening
LARGEST = 99_999


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it was given: YES, NO, UNKNOWN, a number or words."""

    value: str
    comment: str = ""
    observed_on: dt.date | None = None


@transaction.atomic
def answer_questions(
    procedure: ScheduledProcedure, said: Mapping[int, Said], *, by: "User", source: str = ""
) -> ScheduledProcedure:
    """Write down the answers of this visit, and say what they mean for the examination.

    `source` says who answered. Earlier answers stay; worrying ones go into the safety record, once.
    Refused for questions that are not asked here, for answers that make no sense, and for what is
    over.
    """
    procedure = locked(procedure.pk)
    refuse_over(procedure)
    questions = {question.pk: question for question in questions_for(procedure)}
    for pk, words in said.items():
        if pk not in questions:
            raise Refused(_("This question is not asked here. Reload the page."))
        written(procedure, questions[pk], words, by, source)
    procedure.screening = result_of(procedure, list(questions.values()))
    procedure.screening_reason = ""
    procedure.save(update_fields=["screening", "screening_reason"])
    forget_draft(procedure, "screening", by=by)
    record(
        "screening.answered",
        procedure,
        by=by,
        patient=procedure.order.patient,
        result=procedure.screening,
        questions=len(said),
    )
    tell_examination(procedure.pk)
    return procedure


def written(
    procedure: ScheduledProcedure, question: Question, said: Said, by: "User", source: str
) -> Answer:
    """One answer as a row, and what it means for the safety record."""
    value = value_of(question, said.value)
    patient = procedure.order.patient
    answer = Answer(
        patient=patient,
        procedure=procedure,
        question=question,
        value=value,
        comment=said.comment.strip()[:300],
        concern=concern_of(procedure, question, value),
        observed_on=day_of(question, value, said.observed_on),
        source=source[:80],
        by=by,
    )
    answer.full_clean()
    answer.save()
    is_news = is_kidney(question) or question.concern_of(value) != Concern.CLEAR
    if question.alert_kind and value != UNKNOWN and is_news:
        remember(answer, by)
    return answer


def concern_of(procedure: ScheduledProcedure, question: Question, value: str) -> str:
    """What an answer means; one that the safety record contradicts is cleared up first."""
    concern = question.concern_of(value)
    if concern != Concern.CLEAR or not question.alert_kind:
        return concern
    standing = Alert.objects.active().of_patient(procedure.order.patient_id)
    is_denied = any(
        denies(value, question, alert) for alert in standing.of_kind(question.alert_kind)
    )
    return Concern.AMBER if is_denied else concern


def is_kidney(question: Question) -> bool:
    """A measured value belongs into the record whatever it says: it replaces an older one."""
    return question.asks_day and question.alert_kind == Alert.Kind.KIDNEY


def value_of(question: Question, value: str) -> str:
    """The answer as it is kept. Raises Refused when it does not answer this question."""
    value = value.strip()
    if value == UNKNOWN:
        return value
    if question.kind == Question.Kind.YES_NO and value not in {"YES", "NO"}:
        raise Refused(_("Answer with yes or no: %(question)s") % {"question": question})
    if question.kind == Question.Kind.NUMBER:
        return number_of(question, value)
    if not value:
        raise Refused(_("Nobody has answered: %(question)s") % {"question": question})
    return value[:300]


def number_of(question: Question, value: str) -> str:
    try:
        number = Decimal(value.replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= LARGEST:
        raise Refused(_("Answer with a number: %(question)s") % {"question": question})
    return f"{number.normalize():f}"


def day_of(question: Question, value: str, day: dt.date | None) -> dt.date | None:
    """The day a value was measured, where that matters."""
    if not question.asks_day or value == UNKNOWN:
        return None
    if day is None:
        raise Refused(_("Say on which day it was measured: %(question)s") % {"question": question})
    if day > timezone.localdate():
        raise Refused(
            _("It cannot be measured in the future: %(question)s") % {"question": question}
        )
    return day


def result_of(procedure: ScheduledProcedure, questions: Sequence[Question]) -> str:
    """Open while a question is unanswered, flagged when an answer worries, else clear."""
    answers = Answer.objects.of_procedure(procedure.pk).to(questions).latest_of_each()
    concerns = {answer.question_id: answer.concern for answer in answers}
    if any(question.pk not in concerns for question in questions):
        return Screening.OPEN
    is_worrying = any(concern != Concern.CLEAR for concern in concerns.values())
    return Screening.FLAGGED if is_worrying else Screening.CLEAR


def remember(answer: Answer, by: "User") -> None:
    """Write what an answer says into the safety record, unless it stands there already."""
    question, patient = answer.question, answer.patient
    standing = Alert.objects.active().of_patient(patient.pk).of_kind(question.alert_kind)
    if any(says_the_same(alert, answer) for alert in standing):
        return
    is_red = answer.concern == Concern.RED
    severity = Alert.Severity.DANGER if is_red else Alert.Severity.CAUTION
    note_alert(
        patient,
        kind=question.alert_kind,
        text="" if is_kidney(question) else words_for_record(answer),
        by=by,
        severity="" if is_kidney(question) else severity,
        source=answer.source or _("safety questions"),
        facts=facts_in(answer),
    )


def says_the_same(alert: Alert, answer: Answer) -> bool:
    """Does this entry say already what the answer says?"""
    question = answer.question
    if is_kidney(question):
        is_value = alert.egfr is not None and alert.egfr == facts_in(answer).egfr
        return is_value and alert.observed_on == answer.observed_on
    return question.alert_kind == Alert.Kind.PREGNANCY or speaks_of(alert, question)


def facts_in(answer: Answer) -> Facts:
    """What the safety record keeps beside the words."""
    kind = answer.question.alert_kind
    if is_kidney(answer.question):
        return Facts(egfr=round(Decimal(answer.value)), observed_on=answer.observed_on)
    if kind == Alert.Kind.IMPLANT:
        return Facts(mr_condition=Alert.MrCondition.UNKNOWN)
    if kind == Alert.Kind.PREGNANCY:
        return Facts(pregnancy_status=Alert.Pregnancy.POSSIBLY)
    return Facts()


def words_for_record(answer: Answer) -> str:
    """What the safety record says: the question's own words there, and what was added."""
    words = answer.question.alert_text or answer.question.text
    if answer.question.kind == Question.Kind.NUMBER:
        words = f"{words} {answer.words}"
    return (f"{words}: {answer.comment}" if answer.comment else words)[:200]


@transaction.atomic
def override_screening(
    procedure: ScheduledProcedure, *, by: "User", reason: str
) -> ScheduledProcedure:
    """Go on although an answer worries, and say why. Refused without a reason, and when nothing is
    flagged."""
    if not reason.strip():
        raise Refused(_("Say why it is right to go on."))
    procedure = locked(procedure.pk)
    refuse_over(procedure)
    if procedure.screening != Screening.FLAGGED:
        raise Refused(_("There is nothing to decide about: no answer is flagged."))
    procedure.screening = Screening.OVERRIDDEN
    procedure.screening_reason = reason.strip()[:200]
    procedure.save(update_fields=["screening", "screening_reason"])
    record("screening.overridden", procedure, by=by, patient=procedure.order.patient)
    tell_examination(procedure.pk)
    return procedure
