"""Several workers at once, and workers that die: nothing twice, nothing lost."""

import threading
import time

import pytest
from django.db import connection, connections
from django.utils import timezone
from pydicom.uid import generate_uid

from studies import ingest, thumbnails
from studies.models import IncomingFile, Instance, Series, Study, Thumbnail
from studies.periodic import sweep_incoming, sweep_thumbnails
from studies.tests.factories import SMALL, an_object_for, received
from studies.tests.made_objects import an_image
from worklist.tests.factories import ScheduledProcedureFactory

Status = IncomingFile.Status

# pgtrigger's rows of the trail refuse to be deleted, but a whole table may be emptied.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def quiet(monkeypatch):
    """No bell: a real worker that another test has started shall not help."""
    monkeypatch.setattr("studies.services.receiving.ring_once", lambda _task: True)


def side_by_side(work, workers=2):
    """Do the same in several threads, each with its own connection, until each is done."""
    failures = []

    def one():
        try:
            while work():
                pass
        except Exception as why:
            failures.append(why)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def many(count, studies=1):
    """Received objects, some studies, two series each, in a mixed order."""
    uids = [(generate_uid(), (generate_uid(), generate_uid())) for _ in range(studies)]
    image = an_image(SMALL, PatientID="P1", PatientName="Phantom^Test")
    for number in range(count):
        study, series = uids[number % studies]
        image.StudyInstanceUID, image.SeriesInstanceUID = study, series[number // studies % 2]
        image.SOPInstanceUID, image.InstanceNumber = generate_uid(), number
        received(image)


@pytest.mark.parametrize("studies", [1, 7])
def test_two_workers_file_two_hundred_objects_without_a_duplicate(quiet, studies):
    many(200, studies)

    side_by_side(ingest.file_batch)

    assert IncomingFile.objects.filter(status=Status.FILED).count() == 200
    assert Instance.objects.count() == 200
    assert Study.objects.count() == studies
    assert Series.objects.count() == 2 * studies
    assert sum(Study.objects.values_list("instance_count", flat=True)) == 200
    assert sum(Series.objects.values_list("instance_count", flat=True)) == 200


def test_two_workers_with_the_same_object_file_it_once(quiet):
    image = an_image(SMALL)
    for _ in range(40):
        received(image)

    side_by_side(lambda: ingest.file_batch(5), workers=3)

    assert Instance.objects.count() == 1
    assert IncomingFile.objects.filter(status=Status.ALREADY_HERE).count() == 39


def test_two_workers_count_the_images_of_a_procedure_once_each(quiet):
    procedure = ScheduledProcedureFactory.create()
    image = an_object_for(procedure)
    for _ in range(60):
        image.SOPInstanceUID = generate_uid()
        received(image)

    side_by_side(lambda: ingest.file_batch(6))

    procedure.refresh_from_db()
    assert procedure.images_received == 60


def test_two_workers_draw_each_picture_once(quiet):
    many(60)
    while ingest.file_batch():
        pass

    side_by_side(thumbnails.draw_batch)

    assert set(Thumbnail.objects.values_list("status", "attempts")) == {("MADE", 1)}


# ── real workers ─────────────────────────────────────────────────────────────────────────────────


def wait_until(is_so, seconds=40):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It never happened."
        connection.close()
        time.sleep(0.1)


def settled():
    return IncomingFile.objects.exclude(status=Status.WAITING).count()


@pytest.mark.slow
@pytest.mark.kills
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(worker):
    many(400)
    wait_until(lambda: settled() > 0)

    worker.kill("worker")
    worker.start("worker")

    died_at = timezone.now()
    while IncomingFile.objects.waiting().exists() or Thumbnail.objects.waiting().exists():
        sweep_incoming()  # what the clock does every few seconds
        sweep_thumbnails()
        assert (timezone.now() - died_at).total_seconds() < 60
        time.sleep(0.5)
    assert Instance.objects.count() == 400
    assert Study.objects.get().instance_count == 400
    assert set(Thumbnail.objects.values_list("status", flat=True)) == {"MADE"}


@pytest.mark.slow
def test_what_is_received_is_filed_and_drawn_without_any_clock(worker):
    many(30)

    wait_until(lambda: Thumbnail.objects.filter(status="MADE").count() == 30)
