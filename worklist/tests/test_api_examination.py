"""An examination by programs: the same verbs, the same refusals, never a 500."""

import pytest
from django.utils import timezone

from staff.models import ApiToken
from worklist import services
from worklist.models import ScheduledProcedure
from worklist.tests.factories import (
    ContrastAgentFactory,
    ProcedureTypeFactory,
    QuestionFactory,
    ScheduledProcedureFactory,
)

Status = ScheduledProcedure.Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(person):
    return person("Technician")


@pytest.fixture
def call(client, technician):
    """`call(procedure, verb, data)`: a program that may do what a technician may do."""
    secret = ApiToken.new_secret()
    ApiToken.objects.create(user=technician, digest=ApiToken.digest_of(secret))

    def send(procedure, verb, data=None):
        path = f"/api/procedures/{procedure.pk}/{verb}/"
        headers = {"Authorization": f"Bearer {secret}"}
        if data is None:
            return client.get(path, headers=headers)
        return client.post(path, data, content_type="application/json", headers=headers)

    return send


@pytest.fixture
def procedure():
    kind = ProcedureTypeFactory.create(needs_side=True)
    kind.questionnaires.add(QuestionFactory.create().questionnaire)
    return ScheduledProcedureFactory.create(
        order__procedure_type=kind,
        side="L",
        status=Status.ARRIVED,
        arrived_at=timezone.now(),
        screening="OPEN",
        images_expected=0,
    )


def test_a_whole_examination_by_a_program(call, procedure):
    [question] = call(procedure, "questions").json()
    answers = {"answers": [{"question": question["question"], "value": "YES"}]}
    steps = [
        ("check_identity", {"compared": ["NAME"], "scanned": procedure.patient.patient_id}),
        ("answer", answers | {"answered_by": "the patient"}),
        ("override_screening", {"reason": "Asked"}),
        ("confirm_side", {"side": "L"}),
        ("start", {}),
        ("expose", {"kv": "120", "dlp": "210.5"}),
        ("give", {"agent": ContrastAgentFactory.create().pk, "volume_ml": "80"}),
        ("end_acquisition", {}),
        ("begin_again", {}),
        ("complete", {"despite": "No note: a test"}),
    ]

    said = [(verb, call(procedure, verb, data).status_code) for verb, data in steps]

    assert said == [(verb, 200) for verb, _ in steps]
    whole = call(procedure, "examination").json()
    assert (whole["status"], whole["performed"]) == ("COMPLETED", "COMPLETED")
    assert whole["screening"] == "OVERRIDDEN"
    assert {check["kind"] for check in whole["checks"]} == {"IDENTITY", "SIDE"}
    assert whole["given"][0]["volume_ml"] == "80.0"
    assert whole["exposed"][0]["dlp"] == "210.50"
    assert whole["discrepancies"] == []
    assert [step["status"] for step in call(procedure, "performed_steps").json()] == [
        "COMPLETED",
        "COMPLETED",
    ]


def test_a_start_with_something_missing_is_409_until_it_says_why(call, procedure):
    refused = call(procedure, "start", {})

    assert refused.status_code == 409
    assert "who the patient is" in refused.json()["detail"]
    assert call(procedure, "start", {"despite": "Unconscious"}).status_code == 200


def test_the_wrong_entry_is_put_back(call, procedure):
    call(procedure, "start", {"despite": "Emergency"})

    assert call(procedure, "wrong_entry", {}).json()["status"] == "ARRIVED"


def test_what_was_given_is_reacted_to_and_taken_back(call, procedure, technician):
    given = services.give(
        procedure, by=technician, agent=ContrastAgentFactory.create(), volume_ml=80
    )

    reacted = call(procedure, "note_reaction", {"given": given.pk, "reaction": "MILD"})
    gone = call(procedure, "withdraw", {"kind": "GIVEN", "number": given.pk, "reason": "Twice"})

    assert (reacted.status_code, gone.status_code) == (200, 200)
    given.refresh_from_db()
    assert (given.reaction, given.stands) == ("MILD", False)


@pytest.mark.parametrize("verb", ["note_reaction", "withdraw"])
def test_a_fact_of_another_procedure_is_404(call, procedure, technician, verb):
    other = ScheduledProcedureFactory.create(status=Status.ARRIVED)
    given = services.give(other, by=technician, agent=ContrastAgentFactory.create(), volume_ml=8)
    data = {"given": given.pk, "reaction": "MILD", "kind": "GIVEN", "number": given.pk}

    assert call(procedure, verb, data | {"reason": "x"}).status_code == 404


HUGE = 10**30
RUBBISH = [
    ("start", {"despite": "a\0b"}),
    ("start", {"despite": ["x"]}),
    ("start", {"despite": "x" * 300}),
    ("complete", {"comment": {"a": 1}}),
    ("check_identity", {"compared": "NAME"}),
    ("check_identity", {"compared": ["SHOE"]}),
    ("check_identity", {"scanned": "\0"}),
    ("confirm_side", {"side": "UP"}),
    ("confirm_side", {}),
    ("answer", {}),
    ("answer", {"answers": []}),
    ("answer", {"answers": [{"question": "x", "value": "NO"}]}),
    ("answer", {"answers": [{"question": 1, "value": "N\0"}]}),
    ("answer", {"answers": [{"question": 1, "value": "4", "observed_on": "soon"}]}),
    ("override_screening", {"reason": ""}),
    ("give", {"agent": HUGE, "volume_ml": "80"}),
    ("give", {"agent": True, "volume_ml": "80"}),
    ("give", {"agent": [], "volume_ml": "NaN"}),
    ("give", {"volume_ml": "80"}),
    ("expose", {"kv": "-1"}),
    ("expose", {"kv": "Infinity"}),
    ("expose", {"exposures": HUGE}),
    ("expose", {"fluoroscopy_s": -1}),
    ("withdraw", {"kind": "GIVEN", "number": 0, "reason": "x"}),
    ("withdraw", {"kind": "LUNCH", "number": 1, "reason": "x"}),
    ("note_reaction", {"given": "x", "reaction": "MILD"}),
]


@pytest.mark.parametrize(("verb", "data"), RUBBISH)
def test_rubbish_is_400_with_the_field(call, procedure, verb, data):
    answer = call(procedure, verb, data)

    assert answer.status_code == 400, answer.content
    assert answer.json()


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("answer", {"answers": [{"question": HUGE, "value": "NO"}]}),
        ("withdraw", {"kind": "GIVEN", "number": HUGE, "reason": "x"}),
        ("note_reaction", {"given": HUGE, "reaction": "MILD"}),
    ],
)
def test_numbers_beyond_all_rows_find_nothing(call, procedure, verb, data):
    assert call(procedure, verb, data).status_code in {400, 404, 409}


@pytest.mark.parametrize("body", [[], [1], "x", 3, None])
@pytest.mark.parametrize("verb", ["start", "answer", "give", "expose", "check_identity"])
def test_a_body_that_is_no_object_is_400(call, procedure, verb, body):
    import json  # noqa: PLC0415

    assert call(procedure, verb, json.dumps(body)).status_code == 400


def test_an_engineer_reads_no_examination(client, person, procedure):
    secret = ApiToken.new_secret()
    ApiToken.objects.create(user=person("Engineer"), digest=ApiToken.digest_of(secret))

    for door in ("examination", "questions", "performed_steps"):
        path = f"/api/procedures/{procedure.pk}/{door}/"
        answer = client.get(path, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 403
