"""An image that somebody rejected: no clinical door shows it, and none counts it."""

import json

import pytest
from django.core.cache import cache
from django.urls import reverse

from gateway.dicomweb import trail
from gateway.tests.asking import ROOT, address, ask
from studies import services
from studies.tests.exposures import exposed
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

JSON = "application/dicom+json"


@pytest.fixture(autouse=True)
def _nothing_noted_yet():
    trail._noted.clear()
    cache.clear()


@pytest.fixture
def procedure(person):
    """Ordered by a referrer, who may see its study."""
    return ScheduledProcedureFactory.create(
        status="IN_PROGRESS", device__modality="DX", order__ordered_by=person("Referrer")
    )


@pytest.fixture
def images(procedure):
    """The rejected one, and the one that stays; both drawn."""
    return exposed(procedure, ("PA", ""), ("LL", ""), with_pictures=True)


@pytest.fixture
def rejected(images, person):
    services.reject_image(images[0], by=person("Technician"), reason="111210")
    return images[0]


@pytest.fixture
def reader(procedure):
    """Sees studies, but reviews no images."""
    return procedure.order.ordered_by


def own_doors(image):
    """Every address that shows something of this one image."""
    whole = address(image)
    return [
        whole,
        f"{whole}/metadata",
        f"{whole}/rendered",
        f"{whole}/thumbnail",
        f"{whole}/frames",
        f"{whole}/frames/1",
        f"{whole}/frames/1/rendered",
        f"{whole}/frames/1/thumbnail",
        f"{whole}/bulkdata/7FE00010",
        reverse("studies:thumbnail", args=[image.pk]),
    ]


def wider_doors(image):
    """Every address that shows all images of the study or the series, or counts them."""
    study = f"{ROOT}/studies/{image.series.study.study_instance_uid}"
    series = f"{study}/series/{image.series.series_instance_uid}"
    return [
        f"{ROOT}/instances",
        f"{study}/instances",
        f"{series}/instances",
        f"{study}/metadata",
        f"{series}/metadata",
        study,
        series,
        f"{ROOT}/instances?SOPInstanceUID={image.sop_instance_uid}",
        f"{series}/instances?includefield=all",
    ]


def get(client, door, accept="*/*"):
    """The answer alone."""
    return ask(client, door, accept)[0]


def test_every_own_door_is_closed_to_readers(client, rejected, reader):
    client.force_login(reader)

    answers = {door: get(client, door).status_code for door in own_doors(rejected)}

    assert answers == dict.fromkeys(own_doors(rejected), 404)


def test_the_own_doors_open_for_those_who_review_images(client, rejected, person):
    client.force_login(person("Technician"))

    answers = {door: get(client, door).status_code for door in own_doors(rejected)}
    answers.pop(f"{address(rejected)}/bulkdata/7FE00010")  # pixels are no bulk value: frames

    assert set(answers.values()) == {200}


@pytest.mark.parametrize("role", ["Referrer", "Technician", "Radiologist"])
def test_no_wider_door_shows_it_to_anybody(client, rejected, reader, person, role):
    client.force_login(reader if role == "Referrer" else person(role))

    for door in wider_doors(rejected):
        answer, body = ask(client, door)
        assert answer.status_code == 200, door
        assert rejected.sop_instance_uid.encode() not in body, door


def test_the_image_that_stays_is_shown_by_every_door(client, images, rejected, reader):
    client.force_login(reader)

    for door in own_doors(images[1]):
        if "bulkdata" not in door:
            assert get(client, door).status_code == 200, door
    for door in wider_doors(images[1]):
        assert images[1].sop_instance_uid.encode() in ask(client, door)[1], door


def found(client, path):
    return json.loads(ask(client, f"{ROOT}/{path}", JSON)[1])


def test_counts_are_those_of_what_readers_see(client, rejected, reader):
    client.force_login(reader)
    [study] = found(client, "studies")
    [series] = found(client, "series")

    assert study["00201208"]["Value"] == [1]
    assert study["00201206"]["Value"] == [1]
    assert series["00201209"]["Value"] == [1]
    assert found(client, "studies?NumberOfStudyRelatedInstances=2") == []


def test_a_series_of_which_all_is_rejected_disappears(client, procedure, images, reader, person):
    [other] = exposed(procedure, ("AP", ""))
    services.reject_series(other.series, by=person("Technician"), reason="111210")
    client.force_login(reader)

    assert len(found(client, "series")) == 1
    [study] = found(client, "studies")
    assert (study["00201206"]["Value"], study["00201208"]["Value"]) == ([1], [2])
    gone = f"{ROOT}/studies/{other.series.study.study_instance_uid}/series"
    for below in ("", "/metadata", "/rendered", "/thumbnail"):
        door = f"{gone}/{other.series.series_instance_uid}{below}"
        assert get(client, door).status_code == 404, door


def test_a_study_of_which_all_is_rejected_disappears(client, images, reader, person):
    services.reject_series(images[0].series, by=person("Technician"), reason="WRONG_PATIENT")
    client.force_login(reader)

    assert found(client, "studies") == []
    study = f"{ROOT}/studies/{images[0].series.study.study_instance_uid}"
    for below in ("", "/metadata", "/rendered", "/thumbnail"):
        assert get(client, study + below).status_code == 404


def test_the_telling_picture_is_never_a_rejected_one(client, images, rejected, reader):
    client.force_login(reader)
    study = f"{ROOT}/studies/{rejected.series.study.study_instance_uid}"

    for door in (f"{study}/thumbnail", f"{study}/rendered"):
        telling, picture = ask(client, door, "image/jpeg")
        assert "immutable" not in telling["Cache-Control"]
        own = f"{address(images[1])}/{door.rpartition('/')[2]}"
        assert picture == ask(client, own, "image/jpeg")[1]


def test_kept_metadata_is_not_taken_for_new_after_one_image_changed_places_with_another(
    client, images, rejected, reader, person
):
    client.force_login(reader)
    metadata = f"{ROOT}/studies/{rejected.series.study.study_instance_uid}/metadata"
    before = get(client, metadata, JSON)
    technician = person("Technician")
    services.reject_image(images[1], by=technician, reason="111210")
    services.restore_image(rejected, by=technician)

    after, body = ask(client, metadata, JSON, **{"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert [one["00080018"]["Value"] for one in json.loads(body)] == [[rejected.sop_instance_uid]]


def test_pages_and_lists_count_and_show_only_the_other(client, images, rejected, reader):
    client.force_login(reader)
    study = rejected.series.study
    pages = [
        reverse("studies:study", args=[study.study_instance_uid]),
        reverse("studies:of_procedure", args=[rejected.series.procedure_id]),
        reverse("studies:of_patient", args=[study.patient_id]),
        reverse("studies:list"),
    ]
    hidden = reverse("studies:thumbnail", args=[rejected.pk])

    for page in pages:
        answer = client.get(page)
        if answer.status_code != 403:
            assert hidden not in answer.content.decode(), page
    listed = client.get(pages[-1]).context["list"].studies
    assert [(one.clinical_count, one.picture) for one in listed] == [(1, images[1].pk)]
