"""Safety questions: who is asked what, what an answer means, and what stays on record."""

import datetime as dt

import pytest
from django.db import InternalError, transaction
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from patients.models import Alert
from patients.tests.factories import PatientFactory
from worklist import services
from worklist.models import UNKNOWN, Answer, Concern, ScheduledProcedure
from worklist.questions import asked_before
from worklist.services import Said
from worklist.tests.factories import (
    ProcedureTypeFactory,
    QuestionFactory,
    QuestionnaireFactory,
    ScheduledProcedureFactory,
)

Status, Screening = ScheduledProcedure.Status, ScheduledProcedure.Screening
OVER = [Status.COMPLETED, Status.DISCONTINUED, Status.CANCELLED, Status.NO_SHOW]

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(person):
    return person("Technician")


def screened(*questions, **patient):
    """A procedure whose type asks these questions."""
    asked = QuestionnaireFactory.create()
    for question in questions:
        question.questionnaire = asked
        question.save()
    kind = ProcedureTypeFactory.create()
    kind.questionnaires.add(asked)
    return ScheduledProcedureFactory.create(
        order__procedure_type=kind,
        order__patient=PatientFactory.create(**patient),
        status=Status.ARRIVED,
        screening=Screening.OPEN,
    )


def refreshed(procedure):
    procedure.refresh_from_db()
    return procedure


@pytest.mark.parametrize(
    ("facts", "is_asked"),
    [
        ({"sex": "F", "birth_date": dt.date(1990, 1, 1)}, True),
        ({"sex": "M", "birth_date": dt.date(1990, 1, 1)}, False),
        ({"sex": "F", "birth_date": dt.date(1930, 1, 1)}, False),
        ({"sex": "", "birth_date": None}, True),
    ],
)
def test_only_what_concerns_this_patients_sex_and_age_is_asked(facts, is_asked):
    question = QuestionFactory.create(only_sex="F", from_age=10, to_age=55)

    procedure = screened(question, **facts)

    assert [one.question for one in asked_before(procedure)] == ([question] if is_asked else [])


@pytest.mark.parametrize("retired", ["question", "questionnaire"])
def test_what_is_no_longer_in_use_is_not_asked(retired):
    question = QuestionFactory.create()
    procedure = screened(question)
    retiring = question if retired == "question" else question.questionnaire
    retiring.is_active = False
    retiring.save()

    assert asked_before(procedure) == []


NUMBERS = {"kind": "NUMBER", "amber_below": 45, "red_below": 30, "worrying_answer": ""}
MEANING = [
    ({}, "NO", Concern.CLEAR, Screening.CLEAR),
    ({}, "YES", Concern.AMBER, Screening.FLAGGED),
    ({"concern": "RED"}, "YES", Concern.RED, Screening.FLAGGED),
    ({"worrying_answer": "NO"}, "NO", Concern.AMBER, Screening.FLAGGED),
    ({}, UNKNOWN, Concern.AMBER, Screening.FLAGGED),
    (NUMBERS, "60", Concern.CLEAR, Screening.CLEAR),
    (NUMBERS, "44,9", Concern.AMBER, Screening.FLAGGED),
    (NUMBERS, "29.9", Concern.RED, Screening.FLAGGED),
    (NUMBERS, "45", Concern.CLEAR, Screening.CLEAR),
    (NUMBERS, UNKNOWN, Concern.AMBER, Screening.FLAGGED),
    ({"kind": "TEXT"}, "Penicillin", Concern.CLEAR, Screening.CLEAR),
]


@pytest.mark.parametrize(("facts", "value", "concern", "result"), MEANING)
def test_an_answer_says_what_it_means_for_the_examination(
    technician, facts, value, concern, result
):
    question = QuestionFactory.create(**facts)
    procedure = screened(question)

    services.answer_questions(
        procedure, {question.pk: Said(value)}, by=technician, source="patient"
    )

    assert Answer.objects.get().concern == concern
    assert refreshed(procedure).screening == result
    assert Entry.objects.get(verb="screening.answered").details["result"] == result


def test_screening_stays_open_until_every_question_is_answered(technician):
    first, second = QuestionFactory.create_batch(2)
    procedure = screened(first, second)

    services.answer_questions(procedure, {first.pk: Said("NO")}, by=technician)
    assert refreshed(procedure).screening == Screening.OPEN
    services.answer_questions(procedure, {second.pk: Said("NO")}, by=technician)
    assert refreshed(procedure).screening == Screening.CLEAR


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, Said("MAYBE")),
        ({}, Said("")),
        ({"kind": "TEXT"}, Said("  ")),
        (NUMBERS, Said("many")),
        (NUMBERS, Said("NaN")),
        (NUMBERS, Said("-3")),
        (NUMBERS, Said("1e9")),
        (NUMBERS | {"valid_days": 90}, Said("60")),
        (NUMBERS | {"valid_days": 90}, Said("60", "", dt.date(2999, 1, 1))),
    ],
)
def test_what_does_not_answer_the_question_is_refused_and_nothing_is_kept(technician, facts, said):
    question = QuestionFactory.create(**facts)
    procedure = screened(question)

    with pytest.raises(Refused):
        services.answer_questions(procedure, {question.pk: said}, by=technician)

    assert not Answer.objects.exists()


def test_a_question_of_another_examination_is_refused(technician):
    procedure, stranger = screened(QuestionFactory.create()), QuestionFactory.create()

    with pytest.raises(Refused, match="not asked here"):
        services.answer_questions(procedure, {stranger.pk: Said("NO")}, by=technician)


def test_a_later_answer_replaces_an_earlier_one_in_use_and_never_in_the_record(technician):
    question = QuestionFactory.create()
    procedure = screened(question)

    for value in ("YES", "NO"):
        services.answer_questions(procedure, {question.pk: Said(value)}, by=technician)

    assert refreshed(procedure).screening == Screening.CLEAR
    assert [answer.value for answer in Answer.objects.all()] == ["YES", "NO"]
    with pytest.raises(InternalError), transaction.atomic():
        Answer.objects.update(value="NO")


@pytest.mark.parametrize(("age", "holds"), [(0, True), (29, True), (31, False)])
def test_an_earlier_answer_holds_as_long_as_its_question_says(person, age, holds):
    question = QuestionFactory.create(valid_days=30)
    procedure = screened(question)
    at = timezone.now() - dt.timedelta(days=age)
    Answer.objects.create(
        patient=procedure.patient, question=question, value="NO", concern="CLEAR", at=at
    )

    [asked] = asked_before(procedure)

    assert (asked.holds, asked.now) == (holds, None)
    assert asked.earlier is not None


def test_a_measured_value_is_as_old_as_its_measurement(technician):
    question = QuestionFactory.create(**NUMBERS, valid_days=90)
    first, second = screened(question), None
    day = timezone.localdate() - dt.timedelta(days=80)
    services.answer_questions(first, {question.pk: Said("60", "", day)}, by=technician)
    second = ScheduledProcedureFactory.create(order__patient=first.patient)
    second.procedure_type.questionnaires.add(question.questionnaire)

    [asked] = asked_before(second)
    assert asked.holds
    assert asked.earlier_age == "measured 80 days ago"
    Answer.objects.get().question.valid_days = 70
    question.valid_days = 70
    question.save()

    [asked] = asked_before(second)
    assert not asked.holds


def test_a_worrying_answer_goes_into_the_safety_record_once(technician):
    question = QuestionFactory.create(
        alert_kind="IMPLANT", alert_text="Pacemaker or defibrillator", concern="RED"
    )
    procedure = screened(question)

    for words in ("since 2019", "still there"):
        answers = {question.pk: Said("YES", words)}
        services.answer_questions(procedure, answers, by=technician, source="the patient")

    alert = Alert.objects.get(patient=procedure.patient)
    assert alert.text == "Pacemaker or defibrillator: since 2019"
    assert (alert.kind, alert.severity, alert.source) == ("IMPLANT", "DANGER", "the patient")
    assert alert.noted_by == technician


@pytest.mark.parametrize("value", ["NO", UNKNOWN])
def test_what_is_not_so_or_not_known_is_no_entry_of_the_safety_record(technician, value):
    question = QuestionFactory.create(alert_kind="OTHER")
    procedure = screened(question)

    services.answer_questions(procedure, {question.pk: Said(value)}, by=technician)

    assert not Alert.objects.exists()


def test_a_kidney_value_stands_in_the_safety_record_with_its_day(technician):
    question = QuestionFactory.create(**NUMBERS, valid_days=90, alert_kind="KIDNEY")
    procedure = screened(question)
    day = timezone.localdate() - dt.timedelta(days=3)

    for _ in range(2):
        services.answer_questions(procedure, {question.pk: Said("41", "", day)}, by=technician)

    alert = Alert.objects.active().get(patient=procedure.patient)
    assert (alert.egfr, alert.observed_on) == (41, day)


def test_a_no_that_the_safety_record_contradicts_is_seen(technician):
    question = QuestionFactory.create(alert_kind="IMPLANT", alert_text="Aneurysm clip")
    procedure = screened(question)
    Alert.objects.create(patient=procedure.patient, kind="IMPLANT", text="Aneurysm clip, 2012")

    services.answer_questions(procedure, {question.pk: Said("NO")}, by=technician)

    [asked] = asked_before(procedure)
    assert asked.contradicts
    assert refreshed(procedure).screening == Screening.FLAGGED
    assert Alert.objects.count() == 1


def test_a_flag_is_overridden_with_a_reason_by_name(technician):
    question = QuestionFactory.create()
    procedure = screened(question)
    services.answer_questions(procedure, {question.pk: Said("YES")}, by=technician)

    decided = services.override_screening(procedure, by=technician, reason=" Asked Dr. Lind. ")

    assert (decided.screening, decided.screening_reason) == (
        Screening.OVERRIDDEN,
        "Asked Dr. Lind.",
    )
    assert Entry.objects.get(verb="screening.overridden").actor == technician


@pytest.mark.parametrize(("screening", "why"), [("FLAGGED", " "), ("OPEN", "x"), ("CLEAR", "x")])
def test_nothing_is_overridden_without_a_flag_or_a_reason(technician, screening, why):
    procedure = ScheduledProcedureFactory.create(screening=screening)

    with pytest.raises(Refused):
        services.override_screening(procedure, by=technician, reason=why)

    assert refreshed(procedure).screening == screening


def test_the_questions_cost_a_constant_number_of_queries(django_assert_num_queries, technician):
    questions = QuestionFactory.create_batch(3)
    procedure = screened(*questions)
    with django_assert_num_queries(4):
        asked_before(procedure)
    more = QuestionFactory.create_batch(9, questionnaire=questions[0].questionnaire)
    answers = {question.pk: Said("YES") for question in [*questions, *more]}
    services.answer_questions(procedure, answers, by=technician)

    with django_assert_num_queries(4):
        assert len(asked_before(procedure)) == 12
