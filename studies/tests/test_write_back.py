"""Rows written back at once: each gets its own values, and no other row or column anything."""

import datetime as dt

import pytest
from django.db import DataError, transaction
from pydicom.uid import generate_uid

from common.write_back import write_back
from studies import ingest
from studies.models import Thumbnail
from studies.tests.factories import SMALL, received
from studies.tests.made_objects import an_image

pytestmark = pytest.mark.django_db
MADE_AT = dt.datetime(2026, 11, 30, 12, 0, 0, 123456, tzinfo=dt.UTC)


@pytest.fixture
def pictures():
    """Three pictures that wait to be drawn."""
    for _ in range(3):
        received(an_image(SMALL, SOPInstanceUID=generate_uid()))
    ingest.file_batch()
    return list(Thumbnail.objects.order_by("pk"))


def test_each_row_gets_its_own_values_and_what_is_not_named_stays(pictures):
    first, second, third = pictures
    first.path, first.width, first.made_at, first.attempts = "a'b\\c", 256, MADE_AT, 7
    second.path, second.width, second.made_at = "%s", 0, None

    write_back([second, first], ["path", "width", "made_at"])

    found = dict(enumerate(Thumbnail.objects.order_by("pk")))
    assert (found[0].path, found[0].width, found[0].made_at) == ("a'b\\c", 256, MADE_AT)
    assert (found[1].path, found[1].width, found[1].made_at) == ("%s", 0, None)
    assert found[0].attempts == 0
    assert found[2].path == third.path == ""


def test_what_is_too_long_is_refused_not_cut(pictures):
    pictures[0].fault = "x" * 301

    with pytest.raises(DataError), transaction.atomic():
        write_back(pictures, ["fault"])

    assert not Thumbnail.objects.exclude(fault="").exists()


def test_nothing_is_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        write_back([], ["path"])
