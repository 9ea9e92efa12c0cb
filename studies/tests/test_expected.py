"""The strip of a procedure: images against what is expected, and what may be done with each."""

import pytest
from django.urls import reverse

from studies import services
from studies.expected import ProcedureImages, is_same_view
from studies.models import ImageReview, Instance, KeyImage, Series
from studies.tests.exposures import exposed
from studies.tests.factories import (
    InstanceFactory,
    SeriesFactory,
    StudyFactory,
    ThumbnailFactory,
)
from worklist.models import Discrepancy, ExpectedView
from worklist.tests.factories import ProcedureTypeFactory, ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def technician(person, client):
    user = person("Technician")
    client.force_login(user)
    return user


def expecting(*views, modality="DX", side=""):
    """A procedure in progress whose catalogue expects these views: (name, position, side, n)."""
    kind = ProcedureTypeFactory.create(modality=modality, expected_images=0)
    for position, (name, view_position, laterality, images) in enumerate(views, 1):
        ExpectedView.objects.create(
            procedure_type=kind,
            position=position,
            name=name,
            view_position=view_position,
            laterality=laterality,
            images=images,
        )
    return ScheduledProcedureFactory.create(
        status="IN_PROGRESS",
        device__modality=modality,
        order__procedure_type=kind,
        side=side,
    )


def strip(procedure, user):
    return ProcedureImages(procedure, user)


def filled(images):
    return [(slot.view.name, slot.here, slot.is_filled) for slot in images.slots]


def cuts(procedure, count, modality="CT", **more):
    """A series of slices for a procedure, as rows only."""
    study = StudyFactory.create(
        patient=procedure.order.patient, instance_count=count, series_count=1
    )
    study.matches.create(procedure=procedure, rule="MANUAL")
    series = SeriesFactory.create(
        study=study, procedure=procedure, modality=modality, instance_count=count, **more
    )
    rows = Instance.objects.bulk_create(
        InstanceFactory.build(series=series, number=number) for number in range(1, count + 1)
    )
    for row in rows:
        ThumbnailFactory.create(instance=row)
    return series


def test_images_fill_the_slots_of_their_view_in_any_order(technician):
    procedure = expecting(("PA", "PA", "", 1), ("Lateral", "LAT", "", 1))

    exposed(procedure, ("LL", ""), ("PA", ""))

    assert filled(strip(procedure, technician)) == [("PA", 1, True), ("Lateral", 1, True)]


def test_a_mammogram_is_told_apart_by_view_and_side(technician):
    procedure = expecting(
        *[(f"{side} {view}", view, side, 1) for side in "LR" for view in ("CC", "MLO")],
        modality="MG",
    )

    exposed(procedure, ("CC", "R"), ("MLO", "L"))

    images = strip(procedure, technician)
    assert [slot.view.name for slot in images.missing] == ["L CC", "R MLO"]


def test_a_series_side_counts_when_the_image_has_none(technician):
    procedure = expecting(("Left hand", "", "L", 1), ("Right hand", "", "R", 1))

    exposed(procedure, ("AP", None), Laterality="R")

    assert filled(strip(procedure, technician)) == [
        ("Left hand", 0, False),
        ("Right hand", 1, True),
    ]


def test_images_that_do_not_say_their_view_fill_what_is_left_by_count(technician):
    procedure = expecting(("PA", "PA", "", 1), ("Lateral", "LL", "", 1))

    exposed(procedure, ("", ""), ("PA", ""))

    assert filled(strip(procedure, technician)) == [("PA", 1, True), ("Lateral", 1, True)]


def test_an_image_of_another_view_fills_no_slot(technician):
    procedure = expecting(("PA", "PA", "", 1))

    exposed(procedure, ("LL", ""), ("PA", ""), ("PA", ""))

    images = strip(procedure, technician)
    assert filled(images) == [("PA", 1, True)]
    assert len(images.others) == 2


def test_a_rejected_image_leaves_its_slot_open_and_stays_in_its_place(technician):
    procedure = expecting(("PA", "PA", "", 1))
    [image] = exposed(procedure, ("PA", ""))

    services.reject_image(image, by=technician, reason="111210")

    images = strip(procedure, technician)
    assert filled(images) == [("PA", 0, False)]
    [shot] = images.shots
    assert (shot.is_rejected, shot.may_undo, shot.review.reason) == (True, True, "motion")


def test_a_series_of_cuts_is_one_thing_with_three_pictures(technician):
    procedure = expecting(("Axial", "", "", 40), modality="CT")
    cuts(procedure, 30)

    images = strip(procedure, technician)

    [shot] = images.shots
    assert shot.is_series
    assert [picture.number for picture in shot.pictures] == [1, 16, 30]
    assert filled(images) == [("Axial", 30, False)]


def test_a_series_of_which_all_was_rejected_is_still_there_to_be_brought_back(technician):
    procedure = expecting(("Axial", "", "", 30), modality="CT")
    series = cuts(procedure, 30)
    services.reject_series(series, by=technician, reason="111210")

    [shot] = strip(procedure, technician).shots

    assert (shot.is_series, shot.is_rejected, shot.review.reason) == (True, True, "motion")


def test_who_reviews_no_images_sees_no_rejected_ones(client, technician, person):
    referrer = person("Referrer")
    procedure = expecting(("PA", "PA", "", 1))
    procedure.order.ordered_by = referrer
    procedure.order.save()
    kept, gone = exposed(procedure, ("PA", ""), ("LL", ""))
    services.reject_image(gone, by=technician, reason="111210")

    assert [shot.first for shot in strip(procedure, referrer).shots] == [kept]


def test_the_wrong_side_is_said_loudly_and_noted(client, technician):
    procedure = expecting(("Hand", "", "L", 1), side="L")

    exposed(procedure, ("AP", "R"))

    page = client.get(reverse("studies:of_procedure", args=[procedure.pk])).content.decode()
    assert 'role="alert"' in page
    assert "Ordered: left" in page
    noted = Discrepancy.objects.get()
    assert (noted.procedure, noted.kind) == (procedure, "WRONG_SIDE")


def test_the_ordered_side_or_both_sides_raise_no_alarm(technician):
    exposed(expecting(("Hand", "", "L", 1), side="L"), ("AP", "L"))
    exposed(expecting(("Hands", "", "", 2), side="B"), ("AP", "R"))

    assert not Discrepancy.objects.exists()


@pytest.mark.parametrize(
    ("expected", "told", "same"),
    [
        ("PA", "pa ", True),
        ("LAT", "RL", True),
        ("LL", "RL", False),
        ("PA", "AP", False),
    ],
)
def test_which_words_mean_the_same_view(expected, told, same):
    assert is_same_view(expected, told) is same


def test_five_hundred_slices_are_as_many_questions_as_five(
    client, technician, django_assert_max_num_queries
):
    procedure = expecting(("Axial", "", "", 500), modality="CT")
    cuts(procedure, 500)
    for _series in range(4):
        cuts(procedure, 20)

    with django_assert_max_num_queries(24):
        page = client.get(reverse("studies:of_procedure", args=[procedure.pk]), headers=HTMX)

    assert page.content.count(b"data-shot-link") == 5
    assert page.content.count(b"shot-none") == 15
    assert len(page.content) < 40_000


def test_the_page_offers_the_verbs_to_those_who_may(client, technician, person):
    procedure = expecting(("PA", "PA", "", 1))
    exposed(procedure, ("PA", ""))
    address = reverse("studies:of_procedure", args=[procedure.pk])

    assert b"data-reject" in client.get(address).content
    procedure.order.ordered_by = person("Referrer")
    procedure.order.save()
    client.force_login(procedure.order.ordered_by)
    answer = client.get(address)
    assert answer.status_code == 403 or b"data-reject" not in answer.content


def review(client, image, **given):
    return client.post(reverse("studies:review_image", args=[image.pk]), given, headers=HTMX)


def test_one_tap_rejects_and_one_brings_back(client, technician):
    procedure = expecting(("PA", "PA", "", 1))
    [image] = exposed(procedure, ("PA", ""))

    answer = review(client, image, decision="reject", reason="111209")

    assert answer.status_code == 204
    assert f"live:procedure-{procedure.pk}" in answer["HX-Trigger"]
    assert ImageReview.objects.get().by == technician
    assert review(client, image, decision="restore").status_code == 204
    assert not Instance.objects.get().is_rejected


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"decision": "delete"},
        {"decision": "reject"},
        {"decision": "reject", "reason": "none of these"},
        {"decision": "reject", "reason": "\x00"},
    ],
)
def test_rubbish_is_refused_with_a_sentence(client, technician, given):
    [image] = exposed(expecting(("PA", "PA", "", 1)), ("PA", ""))

    answer = review(client, image, **given)

    assert answer.status_code == 409
    assert answer.content.endswith(b".")
    assert not ImageReview.objects.exists()


@pytest.mark.parametrize("role", ["Referrer", "Scheduler", "Engineer", "Administrator"])
def test_others_decide_nothing(client, person, role):
    [image] = exposed(expecting(("PA", "PA", "", 1)), ("PA", ""))
    client.force_login(person(role))

    verbs = [
        reverse("studies:review_image", args=[image.pk]),
        reverse("studies:mark_key", args=[image.pk]),
        reverse("studies:review_object", args=[image.sop_instance_uid]),
        reverse("studies:review_series", args=[image.series_id]),
        reverse("studies:keep_all", args=[image.series.procedure_id]),
    ]

    answers = [client.post(verb, {"decision": "keep"}).status_code for verb in verbs]
    assert answers == [403] * len(verbs)
    assert client.get(reverse("studies:rejected")).status_code == 403
    assert not ImageReview.objects.exists()


def test_stars_are_given_from_page_and_viewer_and_told_to_it(client, technician):
    first, second = exposed(expecting(), ("PA", ""), ("LL", ""))
    client.post(reverse("studies:mark_key", args=[first.pk]), headers=HTMX)
    starred = client.post(
        reverse("studies:review_object", args=[second.sop_instance_uid]),
        {"decision": "mark"},
        headers={"Accept": "application/json"},
    )

    assert starred.status_code == 204
    study = first.series.study.study_instance_uid
    told = client.get(reverse("studies:key_images", args=[study])).json()
    series = first.series.series_instance_uid
    assert told["keyImages"] == [
        {"instance": image.sop_instance_uid, "series": series} for image in (first, second)
    ]
    client.post(reverse("studies:mark_key", args=[first.pk]), {"decision": "unmark"})
    assert KeyImage.objects.get().instance == second


def test_a_series_is_rejected_and_all_is_kept_from_the_page(client, technician):
    procedure = expecting(modality="CT")
    series = cuts(procedure, 20)
    verb = reverse("studies:review_series", args=[series.pk])

    client.post(verb, {"decision": "reject", "reason": "111210"}, headers=HTMX)
    assert Series.objects.get().rejected_count == 20
    client.post(verb, {"decision": "restore"}, headers=HTMX)
    client.post(verb, {"decision": "keep"}, headers=HTMX)
    assert ImageReview.objects.filter(decision="KEPT").count() == 20
    client.post(reverse("studies:keep_all", args=[procedure.pk]), headers=HTMX)
    assert ImageReview.objects.filter(decision="KEPT").count() == 20


def test_without_scripts_one_comes_back_to_the_page(client, technician):
    [image] = exposed(expecting(), ("PA", ""))
    page = f"http://testserver{reverse('studies:rejected')}"

    answer = client.post(
        reverse("studies:review_image", args=[image.pk]),
        {"decision": "keep"},
        headers={"Referer": page},
    )

    assert (answer.status_code, answer["Location"]) == (302, page)
