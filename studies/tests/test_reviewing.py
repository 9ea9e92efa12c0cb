"""Keeping, rejecting, restoring and starring images: what each verb does, refuses and leaves."""

import datetime as dt

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from studies import services
from studies.models import Archive, ImageReview, Instance, KeyImage, Study, Upload
from studies.reject_reasons import REASONS, most_used_first
from studies.signals import images_reviewed
from studies.tests.exposures import exposed
from studies.tests.factories import InstanceFactory, SeriesFactory
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

MOTION, POSITIONING = "111210", "111209"


@pytest.fixture
def technician(person):
    return person("Technician")


@pytest.fixture
def procedure():
    """In progress; two images are expected."""
    return ScheduledProcedureFactory.create(
        status="IN_PROGRESS", device__modality="DX", order__procedure_type__expected_images=2
    )


@pytest.fixture
def chest(procedure):
    """Two images of one series, filed."""
    return exposed(procedure, ("PA", ""), ("LL", ""))


def counts(study):
    study = Study.objects.get(pk=study.pk)
    return study.instance_count, study.rejected_count, study.clinical_count


def test_a_rejected_image_leaves_what_readers_see_and_stays_counted(chest, procedure, technician):
    rejected, kept = chest

    services.reject_image(rejected, by=technician, reason=MOTION)

    study = rejected.series.study
    assert counts(study) == (2, 1, 1)
    assert list(Instance.objects.of_study(study.study_instance_uid).clinical()) == [kept]
    procedure.refresh_from_db()
    assert (procedure.images_received, procedure.images) == (1, "ARRIVING")


def test_a_rejection_leaves_a_decision_and_a_trace(chest, technician):
    services.reject_image(chest[0], by=technician, reason=MOTION, comment="breathed")

    review = ImageReview.objects.get()
    assert (review.decision, review.reason_code, review.reason_scheme) == (
        "REJECTED",
        MOTION,
        "DCM",
    )
    assert (review.by, review.comment, review.reason) == (technician, "breathed", "motion")
    entry = Entry.objects.get(verb="image.rejected")
    assert entry.actor == technician
    assert entry.details["instances"] == [chest[0].pk]
    assert entry.details["reason_code"] == MOTION
    assert "breathed" not in str(entry.details)


def test_our_own_reasons_carry_our_own_scheme(chest, technician):
    services.reject_image(chest[0], by=technician, reason="CLOTHING")

    assert ImageReview.objects.get().reason_scheme == "99IMG"


@pytest.mark.parametrize("reason", ["", "nonsense", "\x00", "DCM"])
def test_without_a_reason_of_the_list_nothing_is_rejected(chest, technician, reason):
    with pytest.raises(Refused):
        services.reject_image(chest[0], by=technician, reason=reason)

    assert not ImageReview.objects.exists()
    assert counts(chest[0].series.study) == (2, 0, 2)


def test_rejecting_twice_keeps_the_first_reason(chest, technician):
    services.reject_image(chest[0], by=technician, reason=MOTION)
    services.reject_image(chest[0], by=technician, reason=POSITIONING)

    assert ImageReview.objects.get().reason_code == MOTION
    assert counts(chest[0].series.study) == (2, 1, 1)


def test_an_undo_brings_an_image_back_without_words(chest, procedure, technician):
    services.reject_image(chest[0], by=technician, reason=MOTION)

    restored = services.restore_image(chest[0], by=technician)

    assert not restored.is_rejected
    assert counts(chest[0].series.study) == (2, 0, 2)
    procedure.refresh_from_db()
    assert (procedure.images_received, procedure.images) == (2, "COMPLETE")
    assert Entry.objects.get(verb="image.restored").actor == technician


def test_after_an_hour_an_image_comes_back_with_a_reason_only(chest, technician):
    services.reject_image(chest[0], by=technician, reason=MOTION)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False):
        with pytest.raises(Refused):
            services.restore_image(chest[0], by=technician, reason="  ")
        services.restore_image(chest[0], by=technician, reason="It was the better one")

    assert ImageReview.objects.latest("pk").comment == "It was the better one"


def test_restoring_what_is_not_rejected_changes_nothing(chest, technician):
    services.restore_image(chest[0], by=technician)

    assert not ImageReview.objects.exists()


def test_keeping_is_said_once_and_is_no_rejection(chest, technician):
    services.keep_image(chest[0], by=technician)
    services.keep_image(chest[0], by=technician)

    assert ImageReview.objects.get().decision == "KEPT"
    assert counts(chest[0].series.study) == (2, 0, 2)
    assert Entry.objects.filter(verb="image.kept").count() == 1


def test_a_rejected_image_is_neither_kept_nor_starred(chest, technician):
    services.reject_image(chest[0], by=technician, reason=MOTION)

    with pytest.raises(Refused):
        services.keep_image(chest[0], by=technician)
    with pytest.raises(Refused):
        services.mark_key(chest[0], by=technician)


def test_all_that_is_left_is_kept_at_once(chest, procedure, technician):
    services.reject_image(chest[0], by=technician, reason=MOTION)

    assert services.keep_all(procedure, by=technician) == 1
    assert services.keep_all(procedure, by=technician) == 0
    assert ImageReview.objects.filter(decision="KEPT").get().instance == chest[1]


def test_a_whole_series_goes_and_comes_back_in_one_action(chest, technician):
    series = chest[0].series

    assert services.reject_series(series, by=technician, reason=MOTION) == 2
    study = Study.objects.get()
    assert (study.clinical_count, study.clinical_series_count, study.series_count) == (0, 0, 1)
    assert not Study.objects.clinical().exists()
    assert Entry.objects.get(verb="image.rejected").details["images"] == 2

    assert services.restore_series(series, by=technician) == 2
    study.refresh_from_db()
    assert (study.clinical_count, study.clinical_series_count) == (2, 1)


def test_an_image_that_arrives_brings_back_a_series_of_which_all_was_rejected(
    chest, procedure, technician
):
    series = chest[0].series
    services.reject_series(series, by=technician, reason=MOTION)

    exposed(procedure, ("AP", ""), SeriesInstanceUID=series.series_instance_uid)

    study = Study.objects.get()
    assert (study.instance_count, study.rejected_count, study.clinical_count) == (3, 2, 1)
    assert (study.clinical_series_count, study.modalities) == (1, "DX")


def test_a_series_without_images_has_nothing_to_reject(technician):
    series = SeriesFactory.create()

    assert services.reject_series(series, by=technician, reason=MOTION) == 0
    assert services.restore_series(series, by=technician) == 0
    assert services.keep_series(series, by=technician) == 0


def test_a_study_names_only_modalities_that_readers_find_in_it(chest, technician):
    study = chest[0].series.study
    other = SeriesFactory.create(study=study, modality="OT", instance_count=1)
    scan = InstanceFactory.create(series=other)

    services.reject_image(scan, by=technician, reason="WRONG_PATIENT")
    assert Study.objects.get().modalities == "DX"
    services.restore_image(scan, by=technician)
    assert Study.objects.get().modalities == "DX\\OT"


def test_a_rejected_object_sent_again_stays_rejected(chest, procedure, technician):
    from studies.ingest import file_batch  # noqa: PLC0415
    from studies.models import IncomingFile  # noqa: PLC0415
    from studies.tests.factories import received  # noqa: PLC0415

    services.reject_image(chest[0], by=technician, reason=MOTION)
    sent = IncomingFile.objects.get(instance=chest[0])
    from common.files import absolute  # noqa: PLC0415

    again = received(absolute(sent.path))
    file_batch()

    again.refresh_from_db()
    assert again.status == "ALREADY_HERE"
    assert counts(chest[0].series.study) == (2, 1, 1)


def test_a_star_is_given_once_and_taken_away(chest, technician):
    services.mark_key(chest[0], by=technician)
    services.mark_key(chest[0], by=technician)
    assert KeyImage.objects.get().instance == chest[0]

    services.unmark_key(chest[0], by=technician)
    services.unmark_key(chest[0], by=technician)
    assert not KeyImage.objects.exists()
    verbs = Entry.objects.filter(verb__startswith="image.").values_list("verb", flat=True)
    assert sorted(verbs) == ["image.marked", "image.unmarked"]


def test_rejecting_a_key_image_takes_its_star(chest, technician):
    services.mark_key(chest[0], by=technician)

    services.reject_image(chest[0], by=technician, reason=MOTION)

    assert not KeyImage.objects.exists()


def test_a_reader_of_a_signed_report_finds_what_was_rejected_later(chest, technician):
    services.reject_image(chest[0], by=technician, reason=MOTION)
    signed_at = timezone.now()

    services.reject_image(chest[1], by=technician, reason="WRONG_PATIENT")

    later = ImageReview.objects.of_study(chest[0].series.study_id).standing().since(signed_at)
    assert [review.instance for review in later] == [chest[1]]
    services.restore_image(chest[1], by=technician)
    assert not later.all().exists()


def test_whoever_opens_what_was_signed_is_told(client, chest, technician):
    services.reject_image(chest[0], by=technician, reason=MOTION)
    signed_at = timezone.now()
    services.reject_image(chest[1], by=technician, reason="WRONG_PATIENT")
    client.force_login(technician)
    study = chest[0].series.study.study_instance_uid
    address = reverse("studies:rejected_later", args=[study])

    told = client.get(address, {"since": signed_at.isoformat()}).content.decode()

    assert "1 image of this study was rejected" in told
    assert "wrong patient" in told
    assert "motion" not in told


@pytest.mark.parametrize("since", ["", "x", "2026-13-45T00:00:00Z", "2026-01-01T00:00:00", "\x00"])
def test_without_a_time_nothing_is_told(client, chest, technician, since):
    services.reject_image(chest[0], by=technician, reason=MOTION)
    client.force_login(technician)
    study = chest[0].series.study.study_instance_uid
    address = reverse("studies:rejected_later", args=[study])

    answer = client.get(address, {"since": since})

    assert (answer.status_code, answer.content.strip()) == (200, b"")


def test_news_of_a_rejection_goes_up(chest, technician):
    heard = []

    def listen(study, instances, is_rejected, **_):
        heard.append((study.pk, instances, is_rejected))

    images_reviewed.connect(listen)
    try:
        services.reject_image(chest[0], by=technician, reason=MOTION)
    finally:
        images_reviewed.disconnect(listen)

    assert heard == [(chest[0].series.study_id, [chest[0].pk], True)]


def test_open_pages_hear_of_it(chest, procedure, technician, mocker_poke):
    services.reject_image(chest[0], by=technician, reason=MOTION)

    assert f"procedure-{procedure.pk}" in mocker_poke
    assert f"study-{chest[0].series.study_id}" in mocker_poke


@pytest.fixture
def mocker_poke(monkeypatch, django_capture_on_commit_callbacks):
    """The topics that were poked; after-commit work runs at once."""
    topics = []
    monkeypatch.setattr("studies.services.reviewing.poke", lambda *told: topics.extend(told))
    monkeypatch.setattr(transaction, "on_commit", lambda work, *_a, **_k: work())
    return topics


@pytest.mark.parametrize("statement", ["UPDATE {} SET comment = 'x'", "DELETE FROM {}"])
def test_no_decision_is_ever_changed_or_deleted(chest, technician, statement):
    services.reject_image(chest[0], by=technician, reason=MOTION)

    with connection.cursor() as cursor, pytest.raises(InternalError), transaction.atomic():
        cursor.execute(statement.format(ImageReview._meta.db_table))


def test_the_reasons_used_most_come_first(chest, technician):
    services.reject_image(chest[0], by=technician, reason="111214")
    services.reject_image(chest[1], by=technician, reason="111214")

    used = ImageReview.objects.most_used_reasons(timezone.now() - dt.timedelta(days=1))

    tiles = most_used_first([*used, "no longer offered"])
    assert tiles[0].code == "111214"
    assert sorted(tile.code for tile in tiles) == sorted(REASONS)


def test_counts_of_readers_are_the_databases_own():
    series = SeriesFactory.create(instance_count=5, rejected_count=2)

    assert type(series).objects.get(pk=series.pk).clinical_count == 3


@pytest.fixture
def a_busy_year(technician):
    """Rows enough that the planner has reasons: of an empty table it likes any index as well."""
    series = SeriesFactory.create_batch(20)
    images = Instance.objects.bulk_create(
        InstanceFactory.build(series=series[n % 20], is_rejected=n % 40 == 0) for n in range(800)
    )
    now, day = timezone.now(), dt.timedelta(days=1)
    ImageReview.objects.bulk_create(
        ImageReview(
            instance=image,
            decision=decision,
            reason_code=MOTION if decision == "REJECTED" else "",
            by=technician,
            at=now - n % 365 * day,
        )
        for n, image in enumerate(images)
        for decision in ("REJECTED", "RESTORED", "KEPT")
    )
    upload = Upload.objects.create(by=technician)
    Archive.objects.bulk_create(
        Archive(
            upload=upload,
            original_name=f"{n}.zip",
            size=1,
            status=Archive.Status.REFUSED,
            reason="It could not be read.",
            reason_code=Archive.CRASHED if n % 200 == 0 else "unreadable",
        )
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE studies_instance, studies_imagereview, studies_archive")
    return images[0]


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (
            lambda image: Instance.objects.rejected().filter(series=image.series_id),
            "instance_rejected",
        ),
        (
            lambda _: ImageReview.objects.rejections().since(timezone.now()),
            "review_rejections",
        ),
        (
            lambda image: ImageReview.objects.filter(instance=image).latest_of_each(),
            "review_latest",
        ),
        (lambda _: Archive.objects.crashed(), "archive_crashed"),
    ],
)
def test_what_is_asked_all_day_walks_an_index(rows, index, a_busy_year):
    assert index in rows(a_busy_year).explain()
