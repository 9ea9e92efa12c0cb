"""What the frame says of images on their way."""

import datetime as dt

import pytest
from django.utils import timezone

from studies.frame import images_delayed, set_aside
from studies.models import IncomingFile
from studies.tests.factories import IncomingFileFactory

pytestmark = pytest.mark.django_db
Status = IncomingFile.Status


def test_the_rail_counts_what_was_set_aside(person):
    IncomingFileFactory.create(status=Status.SET_ASIDE, reason="Another patient.")

    counts = [set_aside(person(role)) for role in ("Technician", "Scheduler")]

    assert [count and count.number for count in counts] == [1, 0]


def test_images_that_wait_too_long_are_trouble_and_said_to_be_safe(person):
    technician = person("Technician")
    IncomingFileFactory.create(status=Status.WAITING)
    assert images_delayed(technician) == []

    before = timezone.now() - dt.timedelta(minutes=5)
    IncomingFileFactory.create(status=Status.WAITING, received_at=before)
    (notice,) = images_delayed(technician)

    assert notice.is_trouble
    assert "kept safely" in notice.sentence
