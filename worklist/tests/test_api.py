"""The API says the same verbs, with the same refusals."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from staff.models import ApiToken
from worklist.models import ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory

Status = ScheduledProcedure.Status
LIST = "/api/procedures/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(client, person):
    """A program that may do what a technician may do."""

    def send(method: str, path: str, data: object = None, role: str = "Technician"):
        secret = ApiToken.new_secret()
        ApiToken.objects.create(user=person(role), digest=ApiToken.digest_of(secret))
        send_it = getattr(client, method)
        headers = {"Authorization": f"Bearer {secret}"}
        if method == "get":
            return send_it(path, data or {}, headers=headers)
        return send_it(path, data or {}, content_type="application/json", headers=headers)

    return send


def test_the_list_is_filtered_by_day_state_and_modality(program):
    today = ScheduledProcedureFactory.create()
    ScheduledProcedureFactory.create(scheduled_start=timezone.now() + dt.timedelta(days=3))
    ScheduledProcedureFactory.create(status=Status.COMPLETED)

    answer = program(
        "get",
        LIST,
        {"day": timezone.localdate().isoformat(), "status": "SCHEDULED", "modality": "CT"},
    )

    assert [row["id"] for row in answer.json()["results"]] == [today.pk]
    assert answer.json()["results"][0]["order"]["patient"]["patient_id"] == today.patient.patient_id


def test_a_procedure_goes_through_its_life_by_the_api(program):
    procedure = ScheduledProcedureFactory.create(images_expected=0)

    said = [
        program("post", f"{LIST}{procedure.pk}/{verb}/", data).json()["status"]
        for verb, data in (
            ("arrive", {}),
            ("start", {"despite": "Unconscious"}),
            ("complete", {"comment": "Fine", "despite": "No note needed"}),
        )
    ]

    procedure.refresh_from_db()
    assert said == ["ARRIVED", "IN_PROGRESS", "COMPLETED"]
    assert procedure.comment == "Fine"


def test_a_refusal_is_409_with_a_sentence(program):
    procedure = ScheduledProcedureFactory.create(status=Status.COMPLETED)

    answer = program("post", f"{LIST}{procedure.pk}/start/")

    assert answer.status_code == 409
    assert "cannot become" in answer.json()["detail"]


@pytest.mark.parametrize("data", [{}, {"reason_code": "1"}, {"reason_code": ["110505"]}, [1], "x"])
def test_bad_input_is_400_with_the_field_and_the_reason(program, data):
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS)

    answer = program("post", f"{LIST}{procedure.pk}/discontinue/", data)

    assert answer.status_code == 400
    assert answer.json()


@pytest.mark.parametrize(
    "params",
    [
        {"day": "soon"},
        {"status": "LOST"},
        {"modality": "\0"},
        {"patient": "x"},
        {"accession_number": "a\0b"},
    ],
)
def test_a_filter_that_makes_no_sense_is_400(program, params):
    assert program("get", LIST, params).status_code == 400


@pytest.mark.parametrize("pk", ["99999999999999999999", "x", "0"])
def test_what_is_not_there_is_404(program, pk):
    assert program("get", f"{LIST}{pk}/").status_code == 404


def test_without_a_token_it_is_401_and_with_the_wrong_role_403(client, program):
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    start = f"{LIST}{procedure.pk}/start/"

    assert client.post(start).status_code == 401
    forbidden = program("post", start, role="Scheduler")
    assert forbidden.status_code == 403
    assert forbidden.json()["detail"]
    assert program("get", LIST, role="Referrer").status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nothing_is_changed_but_by_a_verb(program, method):
    procedure = ScheduledProcedureFactory.create()

    assert program(method, f"{LIST}{procedure.pk}/").status_code in {403, 405}


def test_the_list_asks_a_constant_number_of_questions(
    client, person, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person("Technician"))
    ScheduledProcedureFactory.create()
    client.get(LIST)
    with django_assert_max_num_queries(8) as few:
        client.get(LIST)
    ScheduledProcedureFactory.create_batch(10)

    with django_assert_num_queries(len(few)):
        client.get(LIST)


def test_the_description_and_its_page_answer(client, person):
    client.force_login(person("Administrator"))

    assert "/api/procedures/" in client.get(reverse("api:schema")).content.decode()
    page = client.get(reverse("api:docs")).content.decode()
    assert "worklist.perform_procedure" in page
    assert "reason_code" in page
