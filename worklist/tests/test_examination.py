"""Checks, safety questions, what was given and exposed, and drafts: the verbs of an examination."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
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
from worklist.services.checks import WrongPatient, WrongSide
from worklist.services.drafts import Overtaken
from worklist.tests.factories import (
    ContrastAgentFactory,
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


@pytest.fixture
def procedure():
    return ScheduledProcedureFactory.create(status=Status.ARRIVED, arrived_at=timezone.now())


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


# ── who it is ────────────────────────────────────────────────────────────────────────────────────


def test_two_identifiers_are_a_check_with_who_and_when(procedure, technician):
    check = services.check_identity(procedure, by=technician, compared=["BIRTH_DATE", "NAME"])

    assert check.said == {"compared": ["NAME", "BIRTH_DATE"]}
    assert (check.by, check.at <= timezone.now()) == (technician, True)
    assert Entry.objects.get(verb="identity.checked").patient_id == procedure.patient.pk


@pytest.mark.parametrize("code", ["record", "accession"])
def test_a_scanned_wristband_or_requisition_counts_when_it_is_this_patients(
    procedure, technician, code
):
    codes = {
        "record": f" {procedure.patient.patient_id.lower()} ",
        "accession": procedure.order.accession_number,
    }

    check = services.check_identity(
        procedure, by=technician, compared=["NAME"], scanned=codes[code]
    )

    assert check.said == {"compared": ["NAME", "WRISTBAND"]}


@pytest.mark.parametrize("compared", [[], ["NAME"], ["NAME", "NAME"], ["WRISTBAND", "NAME"], ["x"]])
def test_fewer_than_two_are_refused(procedure, technician, compared):
    with pytest.raises(Refused, match="at least two"):
        services.check_identity(procedure, by=technician, compared=compared)

    assert not procedure.checks.exists()


def test_somebody_elses_wristband_is_refused_however_much_was_ticked(procedure, technician):
    other = PatientFactory.create()

    with pytest.raises(WrongPatient, match="not this patient's"):
        services.check_identity(
            procedure, by=technician, compared=["NAME", "BIRTH_DATE"], scanned=other.patient_id
        )


def test_an_unknown_birth_date_cannot_be_compared(technician):
    procedure = ScheduledProcedureFactory.create(order__patient__birth_date=None)

    with pytest.raises(Refused, match="unknown here"):
        services.check_identity(procedure, by=technician, compared=["NAME", "BIRTH_DATE"])


def test_a_check_is_done_again_and_never_changed(procedure, technician, person):
    first = services.check_identity(procedure, by=technician, compared=["NAME", "BIRTH_DATE"])
    services.check_identity(procedure, by=person("Technician"), compared=["NAME", "RECORD_NUMBER"])

    assert procedure.checks.count() == 2
    with pytest.raises(InternalError), transaction.atomic():
        procedure.checks.filter(pk=first.pk).update(said={})


@pytest.mark.parametrize("over", OVER)
def test_nobody_is_checked_after_the_end(technician, over):
    procedure = ScheduledProcedureFactory.create(status=over)

    with pytest.raises(Refused):
        services.check_identity(procedure, by=technician, compared=["NAME", "BIRTH_DATE"])


# ── which side ───────────────────────────────────────────────────────────────────────────────────


def test_the_side_that_was_ordered_is_confirmed(technician):
    procedure = ScheduledProcedureFactory.create(side="L")

    assert services.confirm_side(procedure, by=technician, side="L").said == {"side": "L"}
    assert Entry.objects.get(verb="side.confirmed").actor == technician


@pytest.mark.parametrize("said", ["R", "B"])
def test_another_side_is_refused_with_what_to_do(technician, said):
    procedure = ScheduledProcedureFactory.create(side="L")

    with pytest.raises(WrongSide, match=r"The order says left.*Wrong side") as refused:
        services.confirm_side(procedure, by=technician, side=said)

    assert refused.value.reason_code == "110512"
    assert not procedure.checks.exists()


@pytest.mark.parametrize(("ordered", "said"), [("", "L"), ("L", ""), ("L", "X")])
def test_a_side_that_makes_no_sense_is_refused(technician, ordered, said):
    procedure = ScheduledProcedureFactory.create(side=ordered)

    with pytest.raises(Refused):
        services.confirm_side(procedure, by=technician, side=said)


# ── safety questions ─────────────────────────────────────────────────────────────────────────────


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


# ── what was given ───────────────────────────────────────────────────────────────────────────────


def given(procedure, by, **more):
    facts: Any = {"agent": ContrastAgentFactory.create(), "volume_ml": Decimal(80)} | more
    return services.give(procedure, by=by, **facts)


def test_what_was_given_is_noted_with_who_and_when(procedure, technician):
    administration = given(procedure, technician, lot="L1", rate_ml_s=Decimal(4), site="left arm")

    assert (administration.given_by, administration.stands) == (technician, True)
    assert Entry.objects.get(verb="administration.given").patient_id == procedure.patient.pk


def test_an_expired_vial_is_refused_beside_its_field(procedure, technician):
    yesterday = timezone.localdate() - dt.timedelta(days=1)

    with pytest.raises(ValidationError, match="expired") as refused:
        given(procedure, technician, expires_on=yesterday)

    assert "expires_on" in refused.value.message_dict
    assert given(procedure, technician, expires_on=timezone.localdate()).stands


def test_more_than_the_agents_most_must_be_meant(procedure, technician):
    agent = ContrastAgentFactory.create(most_ml=150)

    with pytest.raises(ValidationError, match="More than 150 ml"):
        given(procedure, technician, agent=agent, volume_ml=Decimal("150.1"))

    assert given(
        procedure, technician, agent=agent, volume_ml=Decimal(180), is_more_meant=True
    ).stands


@pytest.mark.parametrize("volume", ["0", "-1", "0.05", "100000"])
def test_a_volume_that_makes_no_sense_is_refused(procedure, technician, volume):
    with pytest.raises(ValidationError):
        given(procedure, technician, volume_ml=Decimal(volume))


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.CANCELLED, Status.NO_SHOW])
def test_nothing_is_given_to_somebody_who_is_not_here(technician, status):
    with pytest.raises(Refused):
        given(ScheduledProcedureFactory.create(status=status), technician)


REACTIONS = [
    ("MILD", "CONTRAST_REACTION", "CAUTION"),
    ("SEVERE", "CONTRAST_REACTION", "DANGER"),
    ("EXTRAVASATION", "OTHER", "CAUTION"),
]


@pytest.mark.parametrize(("reaction", "kind", "severity"), REACTIONS)
def test_a_reaction_stands_in_the_safety_record_once(
    procedure, technician, reaction, kind, severity
):
    administration = given(procedure, technician)

    for _ in range(2):
        services.note_reaction(
            administration, by=technician, reaction=reaction, details="Left arm, watched 1 h"
        )

    alert = Alert.objects.get(patient=procedure.patient)
    assert (alert.kind, alert.severity) == (kind, severity)
    assert administration.agent.name in alert.text
    assert "watched 1 h" in alert.text


def test_no_reaction_is_no_entry(procedure, technician):
    given(procedure, technician)

    assert not Alert.objects.exists()


# ── what was exposed, and taking back ────────────────────────────────────────────────────────────


def test_an_exposure_is_noted(procedure, technician):
    exposure = services.expose(procedure, by=technician, view="PA", kv=Decimal(120), exposures=1)

    assert exposure.values_in_words == ["120 kV"]
    assert Entry.objects.get(verb="exposure.noted").actor == technician


def test_an_exposure_that_says_nothing_is_refused(procedure, technician):
    with pytest.raises(ValidationError, match="at least one value"):
        services.expose(procedure, by=technician, view="", kv=None, exposures=1, is_shielded=True)


@pytest.mark.parametrize("what", ["given", "exposed"])
def test_a_fact_is_taken_back_once_with_a_reason_and_stays_readable(procedure, technician, what):
    fact = (
        given(procedure, technician)
        if what == "given"
        else services.expose(procedure, by=technician, view="PA")
    )

    with pytest.raises(Refused, match="what was wrong"):
        services.withdraw(fact, by=technician, reason=" ")
    services.withdraw(fact, by=technician, reason="Another patient's")
    with pytest.raises(Refused, match="already"):
        services.withdraw(fact, by=technician, reason="Again")

    fact.refresh_from_db()
    assert (fact.stands, fact.withdrawn_by) == (False, technician)
    assert fact.withdrawn_because == "Another patient's"
    assert Entry.objects.filter(verb__endswith=".withdrawn").count() == 1


def test_no_reaction_is_noted_to_what_was_taken_back(procedure, technician):
    administration = given(procedure, technician)
    services.withdraw(administration, by=technician, reason="Not given")

    with pytest.raises(Refused, match="taken back"):
        services.note_reaction(administration, by=technician, reaction="MILD")


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_one_per_part_and_grows_with_every_save(procedure, technician):
    first = services.save_draft(procedure, "finish", {"comment": "Mo"}, by=technician, number=0)
    second = services.save_draft(
        procedure, "finish", {"comment": "Moved"}, by=technician, number=first.number
    )

    assert second.number == first.number + 1
    assert procedure.drafts.get().content == {"comment": "Moved"}


def test_a_stale_save_overwrites_nothing_and_says_who_was_quicker(procedure, technician, person):
    other = person("Technician")
    seen = services.save_draft(procedure, "finish", {"comment": "a"}, by=technician, number=0)
    theirs = services.save_draft(
        procedure, "finish", {"comment": "b"}, by=other, number=seen.number
    )

    with pytest.raises(Overtaken) as refused:
        services.save_draft(
            procedure, "finish", {"comment": "c"}, by=technician, number=seen.number
        )

    assert refused.value.draft == theirs
    assert str(other) in refused.value.sentence
    assert procedure.drafts.get().content == {"comment": "b"}


def test_the_same_words_from_two_people_are_no_conflict(procedure, technician, person):
    saved = services.save_draft(procedure, "side", {"side": "L"}, by=technician, number=0)

    same = services.save_draft(procedure, "side", {"side": "L"}, by=person("Technician"), number=0)

    assert same.number == saved.number


def test_handing_in_empties_the_draft_and_an_older_page_is_still_told(
    procedure, technician, person
):
    saved = services.save_draft(procedure, "identity", {"scanned": "x"}, by=technician, number=0)
    services.check_identity(procedure, by=person("Technician"), compared=["NAME", "BIRTH_DATE"])

    assert not procedure.drafts.get().is_begun
    with pytest.raises(Overtaken):
        services.save_draft(
            procedure, "identity", {"scanned": "y"}, by=technician, number=saved.number
        )


@pytest.mark.parametrize(
    "content", [None, [], "x", {"a": 1}, {"a": {"b": "c"}}, {"a": ["x"] * 99}, {"a": "x" * 3000}]
)
def test_what_no_form_holds_is_refused(procedure, technician, content):
    with pytest.raises(Refused):
        services.save_draft(procedure, "finish", content, by=technician, number=0)


def test_what_the_database_cannot_hold_is_left_out(procedure, technician):
    draft = services.save_draft(
        procedure, "finish", {"comment": "a\0b\ud800c"}, by=technician, number=0
    )

    assert draft.content == {"comment": "abc"}
