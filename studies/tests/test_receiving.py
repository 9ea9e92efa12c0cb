"""Taking in: on disk and in the table before anybody says success."""

from unittest.mock import patch

import pytest

from audit.models import Entry
from common.bell import heard
from common.files import absolute
from studies import services, tasks
from studies.models import IncomingFile
from studies.services import Announced, receive
from studies.tests.factories import kept, received

pytestmark = pytest.mark.django_db

Status = IncomingFile.Status


def test_what_was_received_waits_with_its_bytes_and_what_the_sender_said():
    announced = Announced("1.2.840.10008.5.1.4.1.1.2", "1.2.3", "1.2.840.10008.1.2")

    incoming = receive(kept(b"bytes"), source="DIMSE", sender="CT01", announced=announced)

    assert incoming.status == Status.WAITING
    assert absolute(incoming.path).read_bytes() == b"bytes"
    assert (incoming.sender, incoming.sop_instance_uid) == ("CT01", "1.2.3")


def test_the_bell_rings_after_the_commit(django_capture_on_commit_callbacks):
    with patch.object(tasks.file_waiting, "apply_async") as rung:
        with django_capture_on_commit_callbacks() as callbacks:
            received(b"bytes")
        rung.assert_not_called()
        assert len(callbacks) == 1


def test_a_thousand_received_objects_ring_a_few_bells(
    django_capture_on_commit_callbacks, broker, settings
):
    with patch.object(tasks.file_waiting, "apply_async") as rung:
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(50):
                received(b"bytes")
        assert rung.call_count == 1

        heard(tasks.file_waiting)
        with django_capture_on_commit_callbacks(execute=True):
            received(b"bytes")
        assert rung.call_count == 2


def test_what_comes_while_a_worker_gathers_is_filed_by_it_and_calls_nobody(
    django_capture_on_commit_callbacks, broker, monkeypatch
):
    received(b"first")

    def more_comes(_seconds: float) -> None:
        if IncomingFile.objects.count() == 1:
            with django_capture_on_commit_callbacks(execute=True):
                received(b"second")

    monkeypatch.setattr("studies.tasks.time.sleep", more_comes)
    with (
        patch.object(tasks.file_waiting, "apply_async") as rung,
        patch.object(tasks.make_thumbnails, "apply_async"),
    ):
        tasks.file_waiting()
        rung.assert_not_called()
        assert not IncomingFile.objects.filter(status=Status.WAITING).exists()

        with django_capture_on_commit_callbacks(execute=True):
            received(b"third")
        rung.assert_called_once()


def test_the_same_bytes_under_the_same_name_of_an_upload_arrive_once(
    person, django_capture_on_commit_callbacks
):
    upload = services.start_upload(by=person("Technician"))
    first = received(b"one", upload, "a/IM1")

    with django_capture_on_commit_callbacks(execute=True):
        again = received(b"one", upload, "a/IM1")

    assert again == first
    assert upload.files.count() == 1
    assert absolute(first.path).exists()


def test_other_bytes_under_the_same_name_get_a_number(person):
    upload = services.start_upload(by=person("Technician"))
    received(b"one", upload, "a/IM1.dcm")

    other = received(b"two", upload, "a/IM1.dcm")

    assert other.original_name == "a/IM1 (2).dcm"


def test_text_that_postgresql_cannot_hold_is_taken_all_the_same():
    announced = Announced("1" * 90, "1.2\x00.3", "")

    incoming = receive(kept(b"x"), source="DIMSE", sender="A\x00E", announced=announced)

    incoming.refresh_from_db()
    assert (incoming.sender, incoming.sop_instance_uid) == ("AE", "1.2.3")
    assert len(incoming.sop_class_uid) == 64


def test_an_upload_is_begun_and_finished_once(person):
    technician = person("Technician")
    upload = services.start_upload(by=technician, label="Disc of Monday")

    finished = services.finish_upload(upload, by=technician)
    again = services.finish_upload(upload, by=technician)

    assert finished.finished_at is not None
    assert again.finished_at == finished.finished_at
    assert Entry.objects.filter(verb="upload.finished").count() == 1
