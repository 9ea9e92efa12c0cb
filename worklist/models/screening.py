"""What is asked before the patient goes in, and what was answered."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from patients.models import Alert, Patient


class Concern(models.TextChoices):
    """What an answer means for the examination."""

    CLEAR = "CLEAR", _("clear")
    AMBER = "AMBER", _("look closer")
    RED = "RED", _("stop and ask")


UNKNOWN = "UNKNOWN"
"""The answer when nobody could be asked, or the patient does not know."""
YES_NO_WORDS = {"YES": _("yes"), "NO": _("no"), UNKNOWN: _("not known")}


class Questionnaire(models.Model):
    """A set of questions for a kind of examination: contrast, magnetic field, pregnancy."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    title = models.CharField(_("title"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """One question. Which answers are red or amber is local policy, kept in the admin.

    A question that was ever answered is not reworded: it is retired, and a new one takes its place.
    """

    class Kind(models.TextChoices):
        YES_NO = "YES_NO", _("yes or no")
        NUMBER = "NUMBER", _("a number")
        TEXT = "TEXT", _("words")

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="questions"
    )
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    text = models.CharField(_("question"), max_length=200)
    help = models.CharField(_("to be more exact"), max_length=300, blank=True, default="")
    kind = models.CharField(_("answered by"), max_length=8, choices=Kind, default=Kind.YES_NO)
    unit = models.CharField(_("unit"), max_length=20, blank=True, default="")
    concern = models.CharField(
        _("a worrying answer is"), max_length=8, choices=Concern, default=Concern.AMBER
    )
    worrying_answer = models.CharField(
        _("worrying answer"), max_length=3, blank=True, default="YES", help_text=_("YES or NO.")
    )
    amber_below = models.DecimalField(
        _("amber below"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    red_below = models.DecimalField(
        _("red below"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    explanation = models.CharField(
        _("why it matters, and what to do"), max_length=300, blank=True, default=""
    )
    only_sex = models.CharField(
        _("only asked of"), max_length=1, choices=Patient.Sex, blank=True, default=""
    )
    from_age = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    to_age = models.PositiveSmallIntegerField(_("to age"), null=True, blank=True)
    valid_days = models.PositiveIntegerField(
        _("answer is valid for, in days"), default=0, help_text=_("0: asked every time.")
    )
    alert_kind = models.CharField(
        _("goes into the safety record as"),
        max_length=20,
        choices=Alert.Kind,
        blank=True,
        default="",
        help_text=_("A worrying answer is written into the patient's safety record."),
    )
    alert_text = models.CharField(
        _("in the words of the safety record"),
        max_length=80,
        blank=True,
        default="",
        help_text=_("Pacemaker or defibrillator, say. Empty: the question itself."),
    )
    is_active = models.BooleanField(_("asked"), default=True)

    class Meta:
        ordering = ["questionnaire", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="worrying_answer_is_yes_or_no",
                condition=Q(worrying_answer__in=["", "YES", "NO"]),
                violation_error_message=_("The worrying answer is YES or NO."),
            )
        ]

    def __str__(self) -> str:
        return self.text

    def is_asked_of(self, patient: Patient, today: dt.date) -> bool:
        """Does this question concern a patient of this sex and age? Unknown counts as yes."""
        if self.only_sex and patient.sex and patient.sex != self.only_sex:
            return False
        age = patient.age_on(today)
        if age is None:
            return True
        return (self.from_age is None or age >= self.from_age) and (
            self.to_age is None or age <= self.to_age
        )

    @property
    def asks_day(self) -> bool:
        """A measured value is as old as its measurement, not as the asking."""
        return self.kind == self.Kind.NUMBER and self.valid_days > 0

    def concern_of(self, value: str) -> str:
        """How worrying `value` is. What nobody knows, and a number nobody can read, need a look."""
        if value == UNKNOWN:
            return Concern.AMBER
        if self.kind == self.Kind.NUMBER:
            return self._concern_of_number(value)
        is_worrying = self.kind == self.Kind.YES_NO and value == self.worrying_answer
        return self.concern if is_worrying else Concern.CLEAR

    def _concern_of_number(self, value: str) -> str:
        try:
            number = Decimal(value)
        except InvalidOperation:
            return Concern.AMBER
        if not number.is_finite():
            return Concern.AMBER
        if self.red_below is not None and number < self.red_below:
            return Concern.RED
        is_low = self.amber_below is not None and number < self.amber_below
        return Concern.AMBER if is_low else Concern.CLEAR


class AnswerQuerySet(models.QuerySet["Answer"]):
    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(patient=patient_pk)

    def latest_of_each(self) -> Self:
        """The last answer to every question: earlier ones stay, but no longer count."""
        return self.order_by("question_id", "-pk").distinct("question_id")

    def of_procedure(self, procedure_pk: int) -> Self:
        return self.filter(procedure=procedure_pk)

    def to(self, questions: "Iterable[Question]") -> Self:
        return self.filter(question__in=questions)

    def with_details(self) -> Self:
        return self.select_related("question", "by")


class Answer(models.Model):
    """What somebody answered, once. A later answer replaces it in use, never in the record."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="answers")
    procedure = models.ForeignKey(
        "worklist.ScheduledProcedure",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answers",
    )
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    value = models.CharField(max_length=300)
    comment = models.CharField(max_length=300, blank=True, default="")
    concern = models.CharField(max_length=8, choices=Concern)
    observed_on = models.DateField(
        _("measured on"), null=True, blank=True, help_text=_("The day of a value, if it has one.")
    )
    source = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["patient", "question", "-id"], name="answer_latest")]
        triggers = [
            pgtrigger.Protect(
                name="answer_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.value

    def is_stale(self, moment: dt.datetime) -> bool:
        """Too old to carry forward; one that is valid for no days counts for its own visit."""
        valid = dt.timedelta(days=self.question.valid_days)
        if self.observed_on is not None:
            return timezone.localdate(moment) - self.observed_on > valid
        return moment - self.at > valid

    @property
    def words(self) -> str:
        """The answer as people say it."""
        return str(YES_NO_WORDS.get(self.value) or f"{self.value} {self.question.unit}".strip())
