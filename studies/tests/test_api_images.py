"""Images for programs: lists, details, and the same verbs as on the pages."""

import pytest

from audit.models import Entry
from studies import services
from studies.models import ImageReview, Instance, KeyImage, Study
from studies.tests.exposures import exposed
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

API = "/api/instances/"


@pytest.fixture
def technician(person, client):
    user = person("Technician")
    client.force_login(user)
    return user


@pytest.fixture
def images(technician):
    procedure = ScheduledProcedureFactory.create(device__modality="MG")
    return exposed(procedure, ("CC", "R"), ("MLO", "R"))


def do(client, image, verb, body=None):
    return client.post(f"{API}{image.pk}/{verb}/", body or {}, content_type="application/json")


def test_the_images_of_a_study_are_listed_in_order(client, images, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        told = client.get(API, {"study": Study.objects.get().pk}).json()

    assert told["count"] == 2
    assert [(one["view_position"], one["laterality"]) for one in told["results"]] == [
        ("CC", "R"),
        ("MLO", "R"),
    ]


def test_a_list_without_a_study_is_a_bad_request(client, images):
    answer = client.get(API)

    assert answer.status_code == 400
    assert "study" in answer.json()


@pytest.mark.parametrize(
    "params",
    [
        {"study": "x"},
        {"study": "9" * 30},
        {"study": "-1"},
        {"study": "1", "kind": "\x00"},
        {"study": "1", "is_rejected": "perhaps"},
        {"study": "1", "series_instance_uid": "a\x00b"},
        {"study": "1e400"},
        {"study": "NaN"},
        {"study": "1.5"},
    ],
)
def test_rubbish_in_a_list_is_never_a_fault_of_ours(client, images, params):
    assert client.get(API, params).status_code in {200, 400}


def test_an_image_is_rejected_and_comes_back(client, images, technician):
    answer = do(client, images[0], "reject", {"reason_code": "111209", "comment": "cut off"})

    assert answer.status_code == 200
    told = answer.json()
    assert told["is_rejected"] is True
    [review] = told["reviews"]
    assert (review["decision"], review["reason_code"], review["by"]) == (
        "REJECTED",
        "111209",
        technician.username,
    )
    back = do(client, images[0], "restore", {"reason": "It is enough"}).json()
    assert (back["is_rejected"], len(back["reviews"])) == (False, 2)


def test_keeping_and_starring(client, images):
    assert do(client, images[0], "keep").json()["reviews"][0]["decision"] == "KEPT"
    assert do(client, images[0], "mark_key").json()["is_key"] is True
    assert KeyImage.objects.get().instance == images[0]
    assert do(client, images[0], "unmark_key").json()["is_key"] is False


def test_a_refusal_is_a_sentence(client, images, technician):
    services.reject_image(images[0], by=technician, reason="111209")

    answer = do(client, images[0], "keep")

    assert answer.status_code == 409
    assert answer.json() == {"detail": "This image is rejected. Restore it first."}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason_code"),
        ({"reason_code": "1"}, "reason_code"),
        ({"reason_code": ["111209"]}, "reason_code"),
        ({"reason_code": {"a": 1}}, "reason_code"),
        ({"reason_code": None}, "reason_code"),
        ({"reason_code": "111209", "comment": "a\x00b"}, "comment"),
        ({"reason_code": "111209", "comment": "x" * 201}, "comment"),
        ({"reason_code": "111209", "comment": ["x"]}, "comment"),
        ([], "non_field_errors"),
    ],
)
def test_a_bad_rejection_names_the_field(client, images, body, field):
    answer = client.post(f"{API}{images[0].pk}/reject/", body, content_type="application/json")

    assert answer.status_code == 400
    assert field in answer.json()
    assert not ImageReview.objects.exists()


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, "-1", "1%00"])
def test_what_is_not_there_is_not_found(client, images, key):
    assert client.get(f"{API}{key}/").status_code == 404
    assert client.post(f"{API}{key}/keep/").status_code == 404


def test_who_reviews_no_images_finds_no_rejected_ones(client, images, technician, person):
    services.reject_image(images[0], by=technician, reason="111209")
    client.force_login(person("Administrator"))

    assert client.get(f"{API}{images[0].pk}/").status_code == 404
    told = client.get(API, {"study": Study.objects.get().pk}).json()
    assert [one["id"] for one in told["results"]] == [images[1].pk]
    assert do(client, images[1], "reject", {"reason_code": "111209"}).status_code == 403


@pytest.mark.parametrize("role", ["Referrer", "Scheduler", "Engineer"])
def test_others_see_nothing(client, images, person, role):
    client.force_login(person(role))

    assert client.get(API, {"study": 1}).status_code == 403
    assert client.get(f"{API}{images[0].pk}/").status_code == 403


def test_looking_at_an_image_is_recorded(client, images):
    client.get(f"{API}{images[0].pk}/")

    assert Entry.objects.filter(verb="study.viewed", details__how="api").count() == 1


def test_a_study_tells_what_of_it_readers_see(client, images, technician):
    services.reject_series(images[0].series, by=technician, reason="111209")

    told = client.get(f"/api/studies/{Study.objects.get().pk}/").json()

    assert (told["instance_count"], told["rejected_count"], told["clinical_count"]) == (2, 2, 0)
    assert told["series"] == []
    assert Instance.objects.count() == 2
