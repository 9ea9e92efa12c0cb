"""Images beside the state: counted, late, missing, complete."""

import datetime as dt

import pytest
from django.utils import timezone

from worklist.models import Move, ScheduledProcedure
from worklist.services import complete_procedure, note_images, settle_images
from worklist.tests.factories import ScheduledProcedureFactory

Status, Images = ScheduledProcedure.Status, ScheduledProcedure.Images

pytestmark = pytest.mark.django_db


def test_arriving_images_are_counted_and_complete_at_the_expected_number():
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS, images_expected=4)

    assert note_images(procedure.pk, received=3, at=timezone.now()).images == Images.ARRIVING
    full = note_images(procedure.pk, received=4, at=timezone.now())

    assert full.images == Images.COMPLETE
    assert full.images_received == 4


def test_counting_twice_equals_counting_once():
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS)
    at = timezone.now()

    once = note_images(procedure.pk, received=7, at=at)
    twice = note_images(procedure.pk, received=7, at=at)

    assert (once.images, once.images_received) == (twice.images, twice.images_received)
    assert Move.objects.count() == 0


@pytest.mark.parametrize("before", [Status.SCHEDULED, Status.ARRIVED, Status.READY, Status.ON_HOLD])
def test_images_of_a_procedure_nobody_started_start_it(before):
    procedure = ScheduledProcedureFactory.create(status=before)
    first_image = timezone.now() - dt.timedelta(seconds=3)

    noted = note_images(procedure.pk, received=1, at=first_image)

    assert noted.status == Status.IN_PROGRESS
    assert noted.started_at == first_image
    assert Move.objects.get(procedure=procedure).source == "images"


def test_images_never_reopen_what_is_over():
    procedure = ScheduledProcedureFactory.create(status=Status.CANCELLED)

    noted = note_images(procedure.pk, received=2, at=timezone.now())

    assert noted.status == Status.CANCELLED
    assert noted.images == Images.LATE


def test_the_tail_of_a_send_is_not_late_because_somebody_pressed_complete(person):
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS, images_expected=4)
    note_images(procedure.pk, received=3, at=timezone.now())
    complete_procedure(procedure, by=person("Technician"))

    noted = note_images(procedure.pk, received=4, at=timezone.now())

    assert noted.images == Images.COMPLETE


def test_nothing_is_missing_before_it_is_over():
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS, images_expected=4)
    note_images(procedure.pk, received=3, at=timezone.now())

    assert settle_images(procedure.pk).images == Images.ARRIVING


def test_what_did_not_come_is_missing_when_it_is_over(person):
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS, images_expected=4)
    note_images(procedure.pk, received=3, at=timezone.now() - dt.timedelta(minutes=5))

    done = complete_procedure(procedure, by=person("Technician"))

    assert done.images == Images.MISSING
    assert note_images(procedure.pk, received=4, at=timezone.now()).images == Images.LATE


def test_completing_in_the_middle_of_a_send_settles_when_it_is_quiet(person):
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS, images_expected=4)
    note_images(procedure.pk, received=3, at=timezone.now())

    assert complete_procedure(procedure, by=person("Technician")).images == Images.ARRIVING
    assert settle_images(procedure.pk).images == Images.MISSING


def test_any_image_will_do_when_nobody_knows_how_many_to_expect():
    procedure = ScheduledProcedureFactory.create(status=Status.IN_PROGRESS, images_expected=0)

    assert note_images(procedure.pk, received=1, at=timezone.now()).images == Images.COMPLETE
