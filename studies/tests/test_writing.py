"""A batch's rows are written together: as many statements for many objects as for one."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydicom.uid import generate_uid

from studies import ingest
from studies.models import IncomingFile, Instance, InstanceHeader, Series, Study, Thumbnail
from studies.tests.factories import SMALL, received
from studies.tests.made_objects import an_image

UIDS = {"StudyInstanceUID": generate_uid(), "SeriesInstanceUID": generate_uid()}


def send(count) -> list[Any]:
    """So many images of one series, each another object."""
    return [received(an_image(SMALL, InstanceNumber=number, **UIDS)) for number in range(count)]


def statements_for(count):
    send(count)
    with CaptureQueriesContext(connection) as asked:
        assert ingest.file_batch() == count
    return len(asked)


@pytest.mark.django_db
def test_many_objects_take_as_many_statements_as_one():
    statements_for(1)  # the study is new: more is made

    assert statements_for(12) == statements_for(2)


@pytest.mark.django_db
def test_every_object_gets_its_own_rows():
    rows = send(5)
    ingest.file_batch()

    for row in rows:
        row.refresh_from_db()
        instance = row.instance
        assert row.status == IncomingFile.Status.FILED
        assert row.sop_instance_uid == instance.sop_instance_uid
        assert (instance.path, instance.size, instance.sha256) == (row.path, row.size, row.sha256)
        assert instance.header.json
        assert instance.thumbnail.status == Thumbnail.Status.WAITING
        assert instance.pixel_layout["frame_size"] == SMALL.nbytes
        assert instance.filed_at
    assert {row.instance.number for row in rows} == set(range(5))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_everything_once():
    send(30)
    troubles = []

    def work():
        try:
            while ingest.file_batch(limit=4):
                pass
        except Exception as why:
            troubles.append(why)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert not troubles
    assert Study.objects.get().instance_count == 30
    assert Series.objects.get().instance_count == 30
    assert Instance.objects.count() == InstanceHeader.objects.count() == 30
    assert Thumbnail.objects.count() == 30
    assert not IncomingFile.objects.exclude(status=IncomingFile.Status.FILED).exists()
