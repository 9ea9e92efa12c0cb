"""What the clock does: find forgotten rows, call quiet studies ready, sweep the floor."""

import datetime as dt
import os
import time
from unittest.mock import patch

import pytest
from django.utils import timezone

from audit.models import Entry
from studies import ingest, periodic, tasks
from studies.models import IncomingFile, Match, Study, Thumbnail
from studies.tests.factories import (
    SMALL,
    IncomingFileFactory,
    StudyFactory,
    ThumbnailFactory,
    an_object_for,
    received,
)
from studies.tests.made_objects import an_image
from worklist.models import ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

Status = Study.Status


def quiet_for(study, **span):
    """As if the last image had come a while ago."""
    study.last_image_at = timezone.now() - dt.timedelta(**span)
    study.save()


def settled(study):
    periodic.settle_studies()
    study.refresh_from_db()
    return study.status


@pytest.mark.parametrize(
    ("sweep", "task", "factory", "table"),
    [
        (periodic.sweep_incoming, tasks.file_waiting, IncomingFileFactory, IncomingFile),
        (periodic.sweep_thumbnails, tasks.make_thumbnails, ThumbnailFactory, Thumbnail),
    ],
)
def test_a_sweep_rings_only_when_something_is_due(sweep, task, factory, table):
    with patch.object(task, "apply_async") as rung:
        sweep()
        assert not rung.called
        factory.create()
        table.objects.update(next_attempt_at=timezone.now() + dt.timedelta(seconds=5))
        sweep()
        assert not rung.called
        table.objects.update(next_attempt_at=timezone.now())
        sweep()
        assert rung.called


def test_a_study_is_ready_after_a_long_pause():
    study = StudyFactory.create()
    quiet_for(study, seconds=30)
    assert settled(study) == Status.ARRIVING

    quiet_for(study, seconds=150)

    assert settled(study) == Status.READY
    assert Entry.objects.get(verb="study.ready").subject_id == str(study.pk)


@pytest.mark.parametrize("state", ["COMPLETED", "DISCONTINUED"])
def test_a_study_is_ready_soon_after_its_procedure_is_over(state):
    procedure = ScheduledProcedureFactory.create(status=state)
    study = StudyFactory.create(patient=procedure.patient)
    Match.objects.create(study=study, procedure=procedure, rule="STUDY_UID")
    quiet_for(study, seconds=5)
    assert settled(study) == Status.ARRIVING

    quiet_for(study, seconds=12)

    assert settled(study) == Status.READY


def test_a_study_is_ready_soon_after_the_last_expected_image():
    procedure = ScheduledProcedureFactory.create(status="IN_PROGRESS", images_expected=1)
    received(an_object_for(procedure))
    ingest.file_batch()
    study = Study.objects.get()
    quiet_for(study, seconds=12)

    assert settled(study) == Status.READY
    procedure.refresh_from_db()
    assert procedure.images == ScheduledProcedure.Images.COMPLETE


def test_missing_images_are_said_when_the_procedure_is_over():
    procedure = ScheduledProcedureFactory.create(status="IN_PROGRESS", images_expected=5)
    received(an_object_for(procedure))
    ingest.file_batch()
    ScheduledProcedure.objects.update(status="COMPLETED")
    study = Study.objects.get()
    quiet_for(study, seconds=150)

    settled(study)

    procedure.refresh_from_db()
    assert procedure.images == ScheduledProcedure.Images.MISSING


def test_settling_twice_equals_settling_once():
    quiet_for(StudyFactory.create(), seconds=150)

    periodic.settle_studies()
    periodic.settle_studies()

    assert Entry.objects.filter(verb="study.ready").count() == 1


def test_half_written_files_of_the_day_before_are_removed(data_folder):
    old, fresh = data_folder / "tmp" / "old", data_folder / "tmp" / "fresh"
    for half in (old, fresh):
        half.write_bytes(b"half")
    yesterday = time.time() - 25 * 3600
    os.utime(old, (yesterday, yesterday))

    periodic.clear_half_written()

    assert (old.exists(), fresh.exists()) == (False, True)


def test_objects_that_no_row_knows_are_reported_and_kept(data_folder, caplog):
    day = timezone.now() - dt.timedelta(days=2)
    orphan = data_folder / "objects" / day.strftime("%Y/%m/%d") / "ab" / "orphan.dcm"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"orphan")
    received(an_image(SMALL))

    periodic.clear_half_written()

    assert "1 kept objects are known to no row" in caplog.text
    assert orphan.exists()
