"""Drafts as the page sends them: found by the next person, never overwritten unseen."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from worklist import services
from worklist.models import ScheduledProcedure
from worklist.tests.factories import (
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


def save(client, procedure, part, content, number=0):
    address = reverse("worklist:draft", args=[procedure.pk, part])
    body = json.dumps({"number": number, "content": content})
    return client.post(address, body, content_type="application/json")


def test_what_was_typed_is_found_by_the_next_person_with_who_and_when(client, person, procedure):
    first, second = person("Technician"), person("Technician")
    client.force_login(first)
    saved = save(client, procedure, "finish", {"comment": "Moved a lot"}).json()
    services.start_procedure(procedure, by=first)
    client.force_login(second)

    page = page_of(client, procedure)

    assert saved["number"] == 1
    assert "Moved a lot" in page
    assert f"Begun by {first}" in page
    assert 'data-draft-number="1"' in page


def test_a_stale_save_is_409_with_the_other_version(client, person, procedure):
    first, second = person("Technician"), person("Technician")
    client.force_login(first)
    save(client, procedure, "finish", {"comment": "Mine"})
    client.force_login(second)

    refused = save(client, procedure, "finish", {"comment": "Theirs"})

    assert refused.status_code == 409
    assert refused.json()["content"] == {"comment": "Mine"}
    assert str(first) in refused.json()["sentence"]
    assert procedure.drafts.get().content == {"comment": "Mine"}


NO_DRAFTS = [
    *(b"", b"[", b"[]", b"\xff\xfe", b"x" * 300_000),
    *(b'{"number": "1"}', b'{"number": 0}', b'{"number": 0, "content": [1]}'),
    b'{"number": 0, "content": {"a": {"b": 1}}}',
]


@pytest.mark.parametrize("body", NO_DRAFTS)
def test_rubbish_is_no_draft_and_no_error_of_ours(client, technician, procedure, body):
    address = reverse("worklist:draft", args=[procedure.pk, "finish"])

    answer = client.post(address, body, content_type="application/json")

    assert answer.status_code in {400, 409}
    assert not procedure.drafts.exists()


def test_only_parts_of_an_examination_have_drafts(client, technician, procedure):
    assert save(client, procedure, "shopping-list", {"milk": "1"}).status_code == 404


def test_a_draft_that_no_form_understands_breaks_no_page(client, technician, procedure):
    strange = {"compared": "x", "scanned": ["a", "b"], "agent": "none", "side": ["L"], "q0": "?"}
    for part in ("identity", "screening", "side", "given", "exposed", "finish"):
        assert save(client, procedure, part, strange).status_code == 200

    assert "Who is it?" in page_of(client, procedure)


def test_a_draft_is_not_for_the_wrong_person(client, person, procedure):
    client.force_login(person("Radiologist"))

    assert save(client, procedure, "finish", {}).status_code == 403
