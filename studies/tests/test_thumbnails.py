"""Drawing small pictures: twice equals once, and a failure says why."""

import pytest
from django.utils import timezone

from common.files import absolute
from studies import ingest, limited, thumbnails
from studies.facts import NotUsable, Picture
from studies.models import Thumbnail
from studies.tests.factories import SMALL, received
from studies.tests.made_objects import an_image

pytestmark = pytest.mark.django_db

Status = Thumbnail.Status


@pytest.fixture
def waiting():
    """A picture that waits to be drawn."""
    received(an_image(SMALL))
    ingest.file_batch()
    return Thumbnail.objects.get()


def answering(answer):
    """A reader that says the same of every file."""
    return lambda paths, **_options: [answer for _ in paths]


def test_a_picture_is_drawn_and_kept(waiting):
    assert thumbnails.draw_batch() == 1

    waiting.refresh_from_db()
    assert waiting.status == Status.MADE
    assert (waiting.width, waiting.height) == (256, 256)
    assert absolute(waiting.path).read_bytes().startswith(b"\xff\xd8")


def test_drawing_twice_draws_once(waiting):
    thumbnails.draw_batch()

    assert thumbnails.draw_batch() == 0


def test_a_report_gets_a_picture_of_its_kind():
    report = an_image(SMALL, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", Modality="SR")
    del report.PixelData
    received(report)
    ingest.file_batch()

    thumbnails.draw_batch()

    assert Thumbnail.objects.get().status == Status.PICTOGRAM


def test_what_cannot_be_drawn_says_why(waiting, monkeypatch):
    broken = NotUsable("unreadable", "The pixels make no sense.")
    monkeypatch.setattr(limited, "draw_many", answering(broken))

    thumbnails.draw_batch()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.fault) == (Status.FAILED, "The pixels make no sense.")


def test_a_pictogram_in_place_of_broken_pixels_is_a_failure_with_a_picture(waiting, monkeypatch):
    stand_in = Picture(b"\x89PNG", 256, 256, 0, "PICTOGRAM", "image/png", "Its pixels are cut off.")
    monkeypatch.setattr(limited, "draw_many", answering(stand_in))

    thumbnails.draw_batch()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.fault) == (Status.FAILED, "Its pixels are cut off.")
    assert absolute(waiting.path).exists()


def test_what_may_pass_is_tried_once_more_and_then_no_more(waiting, monkeypatch):
    slow = NotUsable("timeout", "It took too long.", refuse=False)
    monkeypatch.setattr(limited, "draw_many", answering(slow))

    thumbnails.draw_batch()
    waiting.refresh_from_db()
    assert waiting.status == Status.WAITING
    Thumbnail.objects.update(next_attempt_at=timezone.now())
    thumbnails.draw_batch()

    waiting.refresh_from_db()
    assert waiting.status == Status.FAILED


def test_a_picture_that_ends_its_worker_is_given_up(waiting, monkeypatch):
    def die(*_args, **_options):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(limited, "draw_many", die)
        for _ in range(2):
            Thumbnail.objects.update(next_attempt_at=timezone.now())
            with pytest.raises(SystemExit):
                thumbnails.draw_batch()
    Thumbnail.objects.update(next_attempt_at=timezone.now())

    thumbnails.draw_batch()

    waiting.refresh_from_db()
    assert waiting.status == Status.FAILED
    assert waiting.fault


def test_a_picture_that_lost_a_race_leaves_no_file_behind(
    waiting, django_capture_on_commit_callbacks, data_folder
):
    claimed = Thumbnail.objects.with_instance().claim(5)
    late = thumbnails.draw_all(claimed)
    Thumbnail.objects.update(next_attempt_at=timezone.now())
    thumbnails.draw_batch()

    with django_capture_on_commit_callbacks(execute=True):
        thumbnails.settle(late)

    waiting.refresh_from_db()
    kept = [place for place in (data_folder / "thumbnails").rglob("*") if place.is_file()]
    assert kept == [absolute(waiting.path)]
