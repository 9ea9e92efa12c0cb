"""The page of rejected images: what it lists, counts, and brings back."""

import csv
import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from studies import services
from studies.models import ImageReview, Instance
from studies.tests.exposures import exposed
from studies.tests.factories import InstanceFactory, ThumbnailFactory
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

PAGE = "studies:rejected"


@pytest.fixture
def technician(person, client):
    user = person("Technician")
    client.force_login(user)
    return user


@pytest.fixture
def images(technician):
    """Two of three are rejected."""
    procedure = ScheduledProcedureFactory.create(device__modality="DX", device__name="Room 2")
    images = exposed(procedure, ("PA", ""), ("LL", ""), ("AP", ""), with_pictures=True)
    services.reject_image(images[0], by=technician, reason="111210")
    services.reject_image(images[1], by=technician, reason="111210")
    return images


def listed(client, **params):
    return client.get(reverse(PAGE), params).context["list"]


def test_it_lists_what_is_rejected_now_the_newest_first(client, images):
    assert [review.instance for review in listed(client).reviews] == [images[1], images[0]]


def test_what_came_back_is_not_listed_nor_counted(client, images, technician):
    services.restore_image(images[0], by=technician)

    found = listed(client)
    assert [review.instance for review in found.reviews] == [images[1]]
    assert found.total == 1


def test_an_image_rejected_again_is_listed_once_with_its_last_reason(client, images, technician):
    services.restore_image(images[0], by=technician)
    services.reject_image(images[0], by=technician, reason="CLOTHING")

    reasons = [review.reason for review in listed(client).reviews]
    assert reasons == ["clothing or jewellery", "motion"]


def test_it_counts_reasons_and_people(client, images, technician, person):
    services.reject_image(images[2], by=person("Radiologist"), reason="WRONG_SIDE")

    tables = {
        str(table.title): [(bar.word, bar.count) for bar in table.rows]
        for table in listed(client).tables
    }
    assert tables["Reasons"] == [("motion", 2), ("wrong side", 1)]
    assert [count for _who, count in tables["Rejected by"]] == [2, 1]


def test_it_says_the_share_of_what_was_made_by_device_performer_and_week(client, images):
    procedure = images[0].series.procedure
    procedure.performed_by = ImageReview.objects.earliest("pk").by
    procedure.save()

    shares = {str(table.title): table.rows for table in listed(client).shares}

    for table in shares.values():
        [row] = table
        assert (row.made, row.rejected) == (3, 2)
    assert shares["By device"][0].word == "Room 2"
    assert shares["By who performed it"][0].word == str(procedure.performed_by)
    assert "66.7 %" in client.get(reverse(PAGE)).content.decode()


def test_the_analysis_is_taken_out_as_files_without_patients(client, images, technician):
    images[0].series.procedure.device.name = "=Room"
    images[0].series.procedure.device.save()

    def taken(what: str) -> list[dict[str, str]]:
        answer = client.post(reverse("studies:export_rejected"), {"file": what, "days": "90"})
        return list(csv.DictReader(answer.getvalue().decode().splitlines()))

    rows, shares = taken("rejections"), taken("shares")

    assert [row["reason"] for row in rows] == ["motion", "motion"]
    assert {(row["device"], row["rejected_by"]) for row in rows} == {
        ("'=Room", technician.username)
    }
    assert [(row["made"], row["rejected"], row["percent"]) for row in shares] == [
        ("3", "2", "66.67")
    ]
    patient = images[0].series.study.patient
    assert patient.patient_id not in f"{rows}{shares}"
    details = [entry.details for entry in Entry.objects.filter(verb="rejections.exported")]
    assert {"file": "shares", "days": 90} in details
    assert client.post(reverse("studies:export_rejected"), {"file": "x"}).status_code == 409


def test_only_whoever_reviews_images_takes_the_analysis(client, images, person):
    client.force_login(person("Referrer"))
    assert client.post(reverse("studies:export_rejected"), {"file": "shares"}).status_code == 403


def test_what_is_older_than_the_chosen_time_is_not_listed(client, images):
    with time_machine.travel(timezone.now() + dt.timedelta(days=31), tick=False):
        client.force_login(ImageReview.objects.earliest("pk").by)
        assert listed(client).total == 0
        assert listed(client, days="90").total == 2
        assert listed(client, days="٣٠").days == 30


def test_an_image_comes_back_from_the_page(client, images):
    page = client.get(reverse(PAGE)).content.decode()
    assert reverse("studies:thumbnail", args=[images[0].pk]) in page

    verb = reverse("studies:review_image", args=[images[0].pk])
    client.post(verb, {"decision": "restore", "reason": "It was sharp enough"})

    assert not Instance.objects.get(pk=images[0].pk).is_rejected
    assert ImageReview.objects.latest("pk").comment == "It was sharp enough"


def test_an_old_rejection_asks_for_a_reason_and_loses_nothing(client, images):
    verb = reverse("studies:review_image", args=[images[0].pk])
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2), tick=False):
        client.force_login(ImageReview.objects.earliest("pk").by)
        refused = client.post(verb, {"decision": "restore"})

    assert refused.status_code == 409
    assert Instance.objects.get(pk=images[0].pk).is_rejected


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "\x00", "٣"])
def test_rubbish_in_the_address_is_ignored(client, images, before):
    assert len(listed(client, before=before).reviews) == 2


def test_the_number_of_questions_does_not_grow_with_the_list(
    client, images, technician, django_assert_max_num_queries
):
    series = images[0].series
    for image in InstanceFactory.create_batch(60, series=series):
        ThumbnailFactory.create(instance=image)
        ImageReview.objects.create(
            instance=image, decision="REJECTED", reason_code="111210", by=technician
        )
    Instance.objects.filter(reviews__isnull=False).update(is_rejected=True)

    with django_assert_max_num_queries(20):
        page = client.get(reverse(PAGE))

    found = page.context["list"]
    assert len(found.reviews) == 50
    following = listed(client, before=found.next_before).reviews
    assert len(following) == 12
    assert not {one.pk for one in following} & {one.pk for one in found.reviews}


def test_the_study_page_tells_rejected_ones_apart(client, images, person):
    address = reverse("studies:study", args=[images[0].series.study.study_instance_uid])
    hidden = reverse("studies:thumbnail", args=[images[0].pk])

    page = client.get(address)
    assert "2 rejected" in page.content.decode()
    assert hidden in page.content.decode()
    assert [len(shown) for _one, shown, _more in page.context["series"]] == [1]

    client.force_login(person("Administrator"))
    assert hidden not in client.get(address).content.decode()


def test_the_study_page_offers_the_other_studies_beside_it(client, images):
    study = images[0].series.study
    patient = study.patient
    procedure = ScheduledProcedureFactory.create(order__patient=patient, device__modality="DX")
    [other] = exposed(procedure, ("PA", ""))

    page = client.get(reverse("studies:study", args=[study.study_instance_uid]))

    both = f"StudyInstanceUIDs={study.study_instance_uid},"
    assert both + other.series.study.study_instance_uid in page.content.decode()
