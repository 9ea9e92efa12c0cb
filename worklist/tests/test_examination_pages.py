"""The examination as its page sends it: right and wrong people, errors beside fields, drafts."""

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.models import Alert
from worklist import services
from worklist.models import Answer, ScheduledProcedure
from worklist.tests.factories import (
    ContrastAgentFactory,
    ExpectedViewFactory,
    ProcedureTypeFactory,
    QuestionFactory,
    ScheduledProcedureFactory,
)

Status, Screening = ScheduledProcedure.Status, ScheduledProcedure.Screening
HTMX = {"HX-Request": "true", "HX-Target": "work"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(client, person):
    technician = person("Technician")
    client.force_login(technician)
    return technician


@pytest.fixture
def procedure():
    """A patient waits for a radiograph of the left hand, with one safety question."""
    kind = ProcedureTypeFactory.create(needs_side=True, modality="DX", expected_images=2)
    question = QuestionFactory.create(text="Pregnant?", explanation="Ask first.", valid_days=7)
    kind.questionnaires.add(question.questionnaire)
    return ScheduledProcedureFactory.create(
        order__procedure_type=kind,
        device__modality="DX",
        side="L",
        status=Status.ARRIVED,
        arrived_at=timezone.now(),
        screening=Screening.OPEN,
    )


def page_of(client, procedure):
    return client.get(reverse("worklist:procedure", args=[procedure.pk])).content.decode()


def send(client, verb, procedure, data=None, *more, **headers):
    address = reverse(f"worklist:{verb}", args=[procedure.pk, *more])
    return client.post(address, data or {}, headers=HTMX | headers)


def answers_of(procedure, value="NO", **more):
    [question] = procedure.procedure_type.questionnaires.get().questions.all()
    return {f"q{question.pk}": value, "source": "patient"} | more


# ── the task list ────────────────────────────────────────────────────────────────────────────────


def test_the_next_right_step_is_marked_and_moves_on_with_the_work(client, technician, procedure):
    def is_next() -> str:
        page = page_of(client, procedure)
        return page.split('aria-current="step"')[0].rsplit('href="#step-', 1)[1].split('"')[0]

    seen = [is_next()]
    send(client, "check_identity", procedure, {"compared": ["NAME", "BIRTH_DATE"]})
    seen.append(is_next())
    send(client, "screening", procedure, answers_of(procedure))
    seen.append(is_next())
    send(client, "confirm_side", procedure, {"side": "L"})
    seen.append(is_next())
    send(client, "start", procedure)
    seen.append(is_next())
    services.note_images(procedure.pk, received=2, at=timezone.now())
    seen.append(is_next())
    send(client, "expose", procedure, {"view": "PA", "exposures": 1})
    seen.append(is_next())

    assert seen == ["identity", "screening", "side", "start", "images", "exposed", "note"]


def test_the_guide_speaks_the_technicians_language_and_the_patients(client, technician, procedure):
    kind = procedure.procedure_type
    kind.preparation = "Remove rings"
    kind.save()
    kind.texts.create(language="fr", positioning="Main à plat", preparation="Ôter les bagues")
    kind.texts.create(language="ja", instructions="動かないでください")
    ExpectedViewFactory.create(procedure_type=kind, name="PA", positioning="Palm flat")
    procedure.patient.language = "ja"
    procedure.patient.save()

    english = page_of(client, procedure)
    french = client.get(
        reverse("worklist:procedure", args=[procedure.pk]), headers={"Accept-Language": "fr"}
    ).content.decode()

    assert "Remove rings" in english
    assert "Main à plat" in french
    for page in (english, french):
        assert "動かないでください" in page
        assert "Palm flat" in page


def test_the_page_asks_a_constant_number_of_questions(
    client, technician, procedure, django_assert_max_num_queries, django_assert_num_queries
):
    page_of(client, procedure)
    with django_assert_max_num_queries(34) as few:
        page_of(client, procedure)
    questionnaire = procedure.procedure_type.questionnaires.get()
    QuestionFactory.create_batch(8, questionnaire=questionnaire)
    ExpectedViewFactory.create_batch(4, procedure_type=procedure.procedure_type)
    for _ in range(4):
        services.give(procedure, by=technician, agent=ContrastAgentFactory.create(), volume_ml=80)

    with django_assert_num_queries(len(few)):
        page_of(client, procedure)


@pytest.mark.parametrize("role", ["Radiologist", "Scheduler", "Engineer", "Administrator"])
def test_others_read_the_page_and_find_nothing_to_press(client, person, procedure, role):
    client.force_login(person(role))

    page = page_of(client, procedure)

    assert "data-draft=" not in page
    assert reverse("worklist:check_identity", args=[procedure.pk]) not in page


def test_who_cares_for_machines_sees_no_answers(client, person, procedure):
    client.force_login(person("Engineer"))

    assert "Pregnant?" not in page_of(client, procedure)


# ── verbs ────────────────────────────────────────────────────────────────────────────────────────

VERBS = [
    "check_identity",
    "screening",
    "confirm_side",
    "give",
    "expose",
    "end_acquisition",
    "begin_again",
    "wrong_entry",
]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ["Radiologist", "Scheduler", "Engineer", "Referrer"])
def test_the_wrong_person_presses_nothing(client, person, procedure, verb, role):
    client.force_login(person(role))

    assert send(client, verb, procedure).status_code == 403


ERRORS = [
    ("check_identity", {"compared": ["NAME"]}, "at least two identifiers"),
    ("check_identity", {"compared": ["NAME"], "scanned": "OTHER"}, "not this patient"),
    ("check_identity", {"compared": ["SHOE_SIZE"]}, "SHOE_SIZE"),
    ("check_identity", {"scanned": "a\0b"}, "Null characters"),
    ("confirm_side", {"side": "R"}, "The order says left"),
    ("confirm_side", {}, "required"),
    ("screening", {"source": "patient"}, "This is not answered."),
    ("give", {"volume_ml": "80"}, "required"),
    ("expose", {"exposures": "1"}, "at least one value"),
    ("expose", {"exposures": "1", "kv": "-1"}, "at least 0"),
    ("expose", {"exposures": "1", "kv": "9" * 30}, "digits"),
    ("start", {"despite": ""}, "Say why you go on"),
]


@pytest.mark.parametrize(("verb", "data", "sentence"), ERRORS)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    client, technician, procedure, verb, data, sentence
):
    answer = send(client, verb, procedure, data)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert answer["HX-Retarget"] == "#work"
    procedure.refresh_from_db()
    assert procedure.status == Status.ARRIVED
    whole = client.post(reverse(f"worklist:{verb}", args=[procedure.pk]), data)
    assert whole.status_code == 422
    assert procedure.patient.patient_id in whole.content.decode()


def test_the_wrong_side_offers_what_to_do_about_it(client, technician, procedure):
    waiting = send(client, "confirm_side", procedure, {"side": "R"}).content.decode()
    services.start_procedure(procedure, by=technician)
    running = send(client, "confirm_side", procedure, {"side": "R"}).content.decode()

    assert "Put on hold and ask" in waiting
    assert 'value="110512"' not in waiting.replace('id="', "")
    assert '<input type="hidden" name="reason_code" value="110512">' in running


def test_answers_that_worry_are_explained_and_decided_with_a_reason(client, technician, procedure):
    flagged = send(client, "screening", procedure, answers_of(procedure, "YES")).content.decode()
    assert "Ask first." in flagged
    assert "Needs a look" in flagged

    assert send(client, "override_screening", procedure, {"reason": ""}).status_code == 422
    send(client, "override_screening", procedure, {"reason": "Dr. Lind has agreed"})

    procedure.refresh_from_db()
    assert procedure.screening == Screening.OVERRIDDEN
    assert "Dr. Lind has agreed" in page_of(client, procedure)


def test_when_nobody_could_be_asked_all_is_unknown_and_needs_a_look(client, technician, procedure):
    answer = send(client, "screening", procedure, {"source": "nobody"})

    assert answer.status_code == 200
    assert Answer.objects.get().value == "UNKNOWN"
    assert Answer.objects.get().source == "nobody could be asked"
    procedure.refresh_from_db()
    assert procedure.screening == Screening.FLAGGED


def test_an_answer_that_still_holds_is_filled_in_and_one_tap_hands_it_in(
    client, technician, procedure
):
    services.answer_questions(
        procedure, {q.pk: services.Said("NO") for q in questions(procedure)}, by=technician
    )
    again = ScheduledProcedureFactory.create(
        order__patient=procedure.patient,
        order__procedure_type=procedure.procedure_type,
        status=Status.ARRIVED,
        screening=Screening.OPEN,
    )

    page = page_of(client, again)

    assert "answered today" in page
    assert "still holds" in page
    assert "Asked again: everything still holds" in page


def questions(procedure):
    return procedure.procedure_type.questionnaires.get().questions.all()


def test_a_young_kidney_value_of_the_safety_record_is_filled_in(client, technician):
    question = QuestionFactory.create(kind="NUMBER", valid_days=90, alert_kind="KIDNEY", unit="ml")
    kind = ProcedureTypeFactory.create()
    kind.questionnaires.add(question.questionnaire)
    procedure = ScheduledProcedureFactory.create(order__procedure_type=kind, screening="OPEN")
    Alert.objects.create(
        patient=procedure.patient,
        kind="KIDNEY",
        text="eGFR 62",
        egfr=62,
        observed_on=timezone.localdate(),
    )

    page = page_of(client, procedure)

    assert 'value="62"' in page
    assert "from the safety record" in page


def test_more_than_usual_is_asked_about_and_then_taken(client, technician, procedure):
    agent = ContrastAgentFactory.create(most_ml=100)
    given = {"agent": agent.pk, "volume_ml": "120", "route": "IV", "reaction": "NONE"}

    asked = send(client, "give", procedure, given)
    assert asked.status_code == 422
    assert "So much was really given" in asked.content.decode()
    taken = send(client, "give", procedure, given | {"is_more_meant": "on"})

    assert taken.status_code == 200
    assert procedure.administrations.get().volume_ml == 120


def test_what_was_given_is_taken_back_and_reacted_to_on_the_page(client, technician, procedure):
    agent = ContrastAgentFactory.create()
    one, two = (
        services.give(procedure, by=technician, agent=agent, volume_ml=volume)
        for volume in (10, 20)
    )

    send(client, "note_reaction", procedure, {"reaction": "MILD", "details": "Rash"}, one.pk)
    page = send(client, "withdraw_administration", procedure, {"reason": "Twice"}, two.pk)

    assert "Rash" in page.content.decode()
    assert "Twice" in page.content.decode()
    for data, number in (({"reason": ""}, one.pk), ({"reason": "Again"}, two.pk)):
        refused = send(client, "withdraw_administration", procedure, data, number)
        assert refused.status_code == 409


def test_a_fact_of_another_procedure_is_not_found(client, technician, procedure):
    other = ScheduledProcedureFactory.create(status=Status.ARRIVED)
    exposure = services.expose(other, by=technician, view="PA")

    answer = send(client, "withdraw_exposure", procedure, {"reason": "x"}, exposure.pk)

    assert answer.status_code == 404


@pytest.mark.parametrize("verb", ["start", "complete"])
def test_on_the_board_what_is_missing_leads_to_the_examination(client, technician, procedure, verb):
    if verb == "complete":
        services.start_procedure(procedure, by=technician)

    row = {"HX-Target": f"procedure-{procedure.pk}"}
    answer = send(client, verb, procedure, None, **row)

    assert answer["HX-Redirect"] == reverse("worklist:procedure", args=[procedure.pk])


def test_a_wrong_entry_is_put_back_and_points_to_the_images(client, technician, procedure):
    send(client, "start", procedure, {"despite": "Emergency"})
    services.note_images(procedure.pk, received=1, at=timezone.now())

    page = send(client, "discontinue", procedure, {"reason_code": "110514"}).content.decode()

    procedure.refresh_from_db()
    assert procedure.status == Status.ARRIVED
    assert reverse("studies:set_aside_list") in page
    assert "wrong worklist entry" in page


def test_the_life_of_an_examination_by_buttons(client, technician, procedure):
    send(client, "start", procedure, {"despite": "Emergency"})
    send(client, "end_acquisition", procedure)
    send(client, "begin_again", procedure)
    send(client, "discontinue", procedure, {"reason_code": "110505"})
    send(client, "begin_again", procedure)
    send(client, "complete", procedure, {"comment": "", "despite": "On a disc"})

    states = procedure.moves.values_list("to_status", flat=True)
    assert list(states) == [
        "IN_PROGRESS",
        "ACQUIRED",
        "IN_PROGRESS",
        "DISCONTINUED",
        "IN_PROGRESS",
        "COMPLETED",
    ]
    assert procedure.performed_steps.count() == 3


def test_when_it_is_over_the_next_patient_of_the_device_is_one_key_away(
    client, technician, procedure
):
    services.start_procedure(procedure, by=None, source="MPPS")
    alone = services.complete_procedure(procedure, by=technician, despite="No images wanted.")
    assert "Next here" not in page_of(client, alone)

    later, sooner, elsewhere = (
        ScheduledProcedureFactory.create(status=Status.ARRIVED, arrived_at=timezone.now(), **more)
        for more in (
            {"device": procedure.device},
            {"device": procedure.device, "order__priority": "STAT"},
            {"order__priority": "STAT"},
        )
    )

    page = page_of(client, alone)

    assert f"Next here: {sooner.patient.display_name}" in page
    assert reverse("worklist:procedure", args=[sooner.pk]) in page
    for one in (later, elsewhere):
        assert reverse("worklist:procedure", args=[one.pk]) not in page
