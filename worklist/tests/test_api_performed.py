"""Performed steps by the API: listed, shown, placed, settled."""

import pytest

from audit.models import Entry
from worklist.models import ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory
from worklist.tests.test_performed_pages import reported

pytestmark = pytest.mark.django_db
STEPS = "/api/performed-steps/"


@pytest.fixture
def technician(client, person):
    user = person("Technician")
    client.force_login(user)
    return user


def post(client, address, **body):
    return client.post(address, body, content_type="application/json")


def test_what_fits_nothing_is_listed_and_placed(client, technician):
    step, procedure = reported(status="COMPLETED"), ScheduledProcedureFactory.create()
    placed_before = reported(uid="1.2.9")
    post(client, f"{STEPS}{placed_before.pk}/settle/", how="A test of the service")

    listed = client.get(STEPS, {"is_unplaced": "true"}).json()
    placed = post(client, f"{STEPS}{step.pk}/place/", procedure=procedure.pk)

    assert [one["id"] for one in listed["results"]] == [step.pk]
    assert listed["results"][0]["why_unplaced"] == "NOT_FOUND"
    assert placed.status_code == 200
    assert (placed.json()["procedures"], placed.json()["is_unplaced"]) == ([procedure.pk], False)
    procedure.refresh_from_db()
    assert procedure.status == ScheduledProcedure.Status.ACQUIRED
    assert client.get(STEPS, {"is_unplaced": "true"}).json()["count"] == 0
    assert client.get(STEPS, {"procedure": procedure.pk}).json()["count"] == 1


def test_one_is_shown_with_its_series_and_leaves_a_trace(client, technician):
    step = reported()

    shown = client.get(f"{STEPS}{step.pk}/").json()

    [series] = shown["series"]
    assert (series["uid"], series["protocol"], series["objects"]) == ("1.2.4", "Abdomen", 0)
    assert Entry.objects.filter(verb="performed.viewed", actor=technician).count() == 1


def test_it_is_decided_once_and_with_words(client, technician):
    step, procedure = reported(), ScheduledProcedureFactory.create()
    address = f"{STEPS}{step.pk}/"

    answers = [
        post(client, f"{address}settle/", how=""),
        post(client, f"{address}place/", procedure=10**30),
        post(client, f"{address}place/"),
        post(client, f"{address}settle/", how="A phantom"),
        post(client, f"{address}settle/", how="A phantom"),
        post(client, f"{address}place/", procedure=procedure.pk),
    ]

    assert [one.status_code for one in answers] == [400, 400, 400, 200, 409, 409]
    assert answers[3].json()["settled_how"] == "A phantom"


def test_whoever_may_not_settle_looks_and_no_more(client, person):
    step = reported()
    client.force_login(person("Engineer"))

    assert client.get(f"{STEPS}{step.pk}/").status_code == 200
    assert post(client, f"{STEPS}{step.pk}/settle/", how="x").status_code == 403
    client.force_login(person("Referrer"))
    assert client.get(STEPS).status_code == 403


def test_a_longer_list_asks_no_more(client, technician, django_assert_max_num_queries):
    for number in range(6):
        reported(uid=f"1.2.3.{number}")

    with django_assert_max_num_queries(9):
        assert client.get(STEPS).json()["count"] == 6
