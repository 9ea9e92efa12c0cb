"""Every noun that pages show is listed and shown by the API, and every verb is offered there."""

import pytest
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from equipment.tests.factories import NodeFactory
from reports.tests.factories import ReportTemplateFactory
from worklist.tests.factories import ContrastAgentFactory, ProcedureTypeFactory, QuestionFactory

# Noun: where it is, and what may be done with one of them (a dot: with all of them).
NOUNS = {
    "patients": "correct .create .search",
    "alerts": "confirm end .create",
    "identifiers": "remove .create",
    "corrections": "",
    "orders": "cancel .create",
    "procedures": (
        ".schedule move squeeze hold resume cancel no_show arrive start end_acquisition complete "
        "discontinue begin_again wrong_entry check_identity confirm_side answer override_screening "
        "give note_reaction expose withdraw"
    ),
    "procedure-types": "",
    "proposals": "accept decline",
    "discrepancies": "settle",
    "worklist-queries": ".ask .why",
    "studies": "",
    "instances": "keep reject restore mark_key unmark_key",
    "reports": (
        "claim release draft read_anyway read_after_all sign_preliminary sign addend amend correct "
        "retract no_read_required acknowledge"
    ),
    "preliminary-notes": ".create",
    "rooms": "",
    "devices": "change_status report_fault",
    "downtimes": ".create move withdraw",
    "maintenance": ".create begin hand_back note attach finish",
    "maintenance-plans": ".create change",
    "nodes": "",
    "contrast-agents": "",
    "questionnaires": "",
    "report-templates": "",
    "people": "",
    "transfers": ".send .ask .fetch cancel retry",
    "performed-steps": "place settle",
    "commitments": "retry",
    "audit-entries": "",
}
REFUSALS = {"400", "401", "403", "406", "503"}


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def path_of(noun, verb):
    """Where a verb is: on the whole list, or on one of it; "create" is a POST to the list."""
    if verb.startswith("."):
        return f"/api/{noun}/" if verb == ".create" else f"/api/{noun}/{verb[1:]}/"
    return f"/api/{noun}/{{id}}/{verb}/"


def test_the_description_is_true_openapi(schema):
    validate_schema(schema)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_is_listed_and_shown(noun, schema):
    listed = schema["paths"][f"/api/{noun}/"]["get"]

    assert schema["paths"][f"/api/{noun}/{{id}}/"]["get"]["responses"].keys() >= {"200", "404"}
    assert "limit" in {one["name"] for one in listed["parameters"]}
    assert len(listed["parameters"]) > 2, "nothing to filter by"


@pytest.mark.parametrize(
    ("noun", "verb"), [(noun, verb) for noun, verbs in NOUNS.items() for verb in verbs.split()]
)
def test_every_verb_is_offered_and_says_how_it_refuses(noun, verb, schema):
    told = schema["paths"][path_of(noun, verb)]["post"]

    assert told["description"]
    assert told["responses"].keys() >= REFUSALS | {"404", "409", "415"}


def test_the_table_leaves_no_verb_out(schema):
    offered = {path for path, operations in schema["paths"].items() if "post" in operations}

    assert offered == {path_of(noun, verb) for noun in NOUNS for verb in NOUNS[noun].split()}


@pytest.mark.parametrize(
    ("noun", "make", "role"),
    [
        ("nodes", NodeFactory.create, "Engineer"),
        ("contrast-agents", ContrastAgentFactory.create, "Technician"),
        ("report-templates", ReportTemplateFactory.create, "Radiologist"),
    ],
)
def test_what_the_admin_keeps_can_be_read(noun, make, role, client, person):
    made = make()
    client.force_login(person(role))

    assert client.get(f"/api/{noun}/").json()["results"][0]["name"] == made.name
    assert client.get(f"/api/{noun}/{made.pk}/").json()["id"] == made.pk
    assert client.delete(f"/api/{noun}/{made.pk}/").status_code == 403


def test_a_questionnaire_comes_with_its_questions(client, person):
    question = QuestionFactory.create()
    client.force_login(person("Technician"))

    answer = client.get(f"/api/questionnaires/{question.questionnaire_id}/").json()

    assert [one["text"] for one in answer["questions"]] == [question.text]


def test_templates_name_the_procedures_they_are_for(client, person):
    template = ReportTemplateFactory.create()
    template.procedure_types.add(ProcedureTypeFactory.create(code="CTHEAD"))
    client.force_login(person("Radiologist"))

    answer = client.get(f"/api/report-templates/{template.pk}/").json()

    assert answer["procedure_codes"] == ["CTHEAD"]


def test_people_are_shown_with_roles_and_without_secrets(client, person):
    somebody = person("Technician", password="a long secret of theirs")  # noqa: S106
    client.force_login(person("Administrator"))

    answer = client.get(f"/api/people/{somebody.pk}/").json()

    assert answer["roles"] == ["Technician"]
    assert not {"password", "theme", "user_permissions"} & answer.keys()


def test_people_are_shown_to_nobody_else(client, person):
    client.force_login(person("Radiologist"))

    assert client.get("/api/people/").status_code == 403


@pytest.mark.parametrize(
    ("noun", "make", "role"),
    [
        ("people", None, "Administrator"),
        ("questionnaires", QuestionFactory.create, "Technician"),
        ("report-templates", ReportTemplateFactory.create, "Radiologist"),
    ],
)
def test_a_longer_list_asks_no_more(
    noun, make, role, client, person, django_assert_max_num_queries
):
    client.force_login(person(role))
    for _ in range(6):
        make() if make else person("Technician")

    with django_assert_max_num_queries(9):
        assert client.get(f"/api/{noun}/").json()["count"] >= 6


def test_what_does_not_exist_is_said_in_json(client, person):
    client.force_login(person("Technician"))

    answer = client.get("/api/nothing-of-this-name/")

    assert (answer.status_code, answer.json()["detail"]) == (404, "Nothing is found here.")


def test_a_page_that_does_not_exist_stays_a_page(client, person):
    client.force_login(person("Technician"))

    assert "html" in client.get("/nothing/").headers["Content-Type"]


def test_far_behind_the_end_is_an_empty_page(client, person):
    client.force_login(person("Technician"))

    answer = client.get("/api/patients/", {"offset": 10**30, "limit": 10**30})

    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_the_description_is_given_out(client, person):
    client.force_login(person("Referrer"))

    assert client.get(reverse("api:schema")).status_code == 200


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"[" * 100_000, "detail"),
        (b'{"kind": "\\ud800"}', "kind"),
        (b"\xff", "detail"),
        (b"{", "detail"),
    ],
)
def test_what_is_no_json_that_can_be_said_back_is_refused(body, named, client, person):
    client.force_login(person("Technician"))

    answer = client.post("/api/alerts/", body, content_type="application/json")

    assert (answer.status_code, list(answer.json())) == (400, [named])
