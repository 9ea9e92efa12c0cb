"""The demonstration is believable whenever it is started: by night, on Sunday, as clocks change."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from demo.clock import turned_back
from demo.department import gather, load_department
from demo.place import open_hours
from equipment.models import OpeningHours
from equipment.tests.factories import DeviceFactory
from patients.models import Patient
from worklist.models import Move, ScheduledProcedure

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
PLACE = "Europe/Copenhagen"
HERE = ZoneInfo(PLACE)
STARTS = [
    pytest.param(dt.datetime(2026, 11, 24, 23, 50, tzinfo=HERE), id="before midnight"),
    pytest.param(dt.datetime(2026, 11, 22, 10, 7, tzinfo=HERE), id="on a Sunday"),
    pytest.param(dt.datetime(2026, 10, 25, 4, 30, tzinfo=HERE), id="after the clocks changed"),
]


@pytest.mark.slow
@pytest.mark.usefixtures("small_pictures")
@pytest.mark.parametrize("now", STARTS)
def test_whenever_it_is_started_the_day_lies_around_the_present(now, monkeypatch):
    monkeypatch.setattr(settings, "TIME_ZONE", PLACE)
    forget_place()
    try:
        with timezone.override(HERE), time_machine.travel(now, tick=False):
            visits = load_department()
            around = [visit.step.scheduled_start - now for visit in visits]
    finally:
        forget_place()

    steps = ScheduledProcedure.objects.filter(pk__in=[visit.step.pk for visit in visits])
    assert set(steps.values_list("status", flat=True)) == set(ScheduledProcedure.Status.values)
    assert min(around) < dt.timedelta(hours=-3)
    assert max(around) < dt.timedelta(hours=3)
    assert not Move.objects.filter(at__gt=now).exists()


def forget_place():
    """Django remembers where it is; the setting is read again after this."""
    remembered: Any = timezone.get_default_timezone
    remembered.cache_clear()


def test_the_same_seed_makes_the_same_people():
    facts = ("patient_id", "name_alphabetic", "sex", "phone", "weight_kg")

    first, second = (names_of_a_fresh_department(facts) for _ in range(2))

    assert first == second
    assert len(first) == 60


def names_of_a_fresh_department(facts):
    """Loaded and taken back."""
    with transaction.atomic():
        with turned_back() as clock:
            gather(clock)
        found = list(Patient.objects.order_by("pk").values_list(*facts))
        transaction.set_rollback(True)
    return found


def test_the_hours_are_stretched_to_where_the_list_is():
    device = DeviceFactory.create()
    night = dt.datetime(2026, 11, 24, 23, 50, tzinfo=dt.UTC)

    open_hours(device, night)

    tuesday, wednesday = OpeningHours.objects.filter(weekday__in=[1, 2])
    assert (tuesday.opens_at, tuesday.closes_at) == (dt.time(7), dt.time(23, 59))
    assert (wednesday.opens_at, wednesday.closes_at) == (dt.time(0), dt.time(20))
    assert OpeningHours.objects.filter(device=device).count() == 7


def test_the_clock_is_itself_again_afterwards():
    with turned_back() as clock:
        clock.moment = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        assert timezone.now().year == 2020
        assert Move().at.year == 2020

    assert timezone.now().year > 2020
    assert Move().at.year > 2020
