"""Availability, by cases that were counted by hand."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from equipment.availability import Availability, availability_of, common, joined, planned_spans
from equipment.models import Device, Downtime, OpeningHours
from equipment.tests.factories import DeviceFactory

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2030, 6, 12, 12, tzinfo=dt.UTC)  # a Wednesday


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> dt.datetime:
    return dt.datetime(2030, month, day, hour, minute, tzinfo=dt.UTC)


def lost(device: Device, start: dt.datetime, end: dt.datetime | None, **more: object) -> Downtime:
    return Downtime.objects.create(
        device=device, cause="FAULT", starts_at=start, ends_at=end, **more
    )


def thirty(device: Device) -> Availability:
    return availability_of(device, NOON)[0]


def weekdays(device: Device, opens: str = "08:00", closes: str = "18:00") -> None:
    for weekday in range(5):
        OpeningHours.objects.create(
            device=device, weekday=weekday, opens_at=opens, closes_at=closes
        )


def test_without_opening_hours_every_minute_is_planned():
    over = thirty(DeviceFactory.create())

    assert over.planned_minutes == 30 * 1440 + 720  # thirty days, and today until noon
    assert (over.share, over.share_unplanned) == (100.0, 100.0)


def test_only_opening_hours_are_planned():
    device = DeviceFactory.create()
    weekdays(device)

    over = thirty(device)

    # 13 May to 11 June: 22 weekdays of ten hours; today 08:00 until noon.
    assert over.planned_minutes == 22 * 600 + 240


def test_a_fault_loses_only_planned_time():
    device = DeviceFactory.create()
    weekdays(device)
    lost(device, at(7, 16), at(10, 9))  # Friday 16:00 to Monday 09:00

    over = thirty(device)

    assert over.unplanned_minutes == 120 + 60
    assert over.share == pytest.approx(100 * (13440 - 180) / 13440)


def test_a_block_loses_time_that_nobody_calls_a_fault():
    device = DeviceFactory.create()
    weekdays(device)
    lost(device, at(11, 8), at(11, 10), is_planned=True)
    lost(device, at(11, 9), at(11, 11))

    over = thirty(device)

    # The hour that both lose is the fault's.
    assert (over.unplanned_minutes, over.blocked_minutes) == (120, 60)
    assert over.share_unplanned == pytest.approx(100 * (13440 - 120) / 13440)


def test_two_faults_at_once_lose_their_time_once_and_withdrawn_blocks_lose_none():
    device = DeviceFactory.create()
    lost(device, at(1, 0), at(1, 2))
    lost(device, at(1, 1), at(1, 3))
    lost(device, at(2, 1), at(2, 3), is_planned=True, withdrawn_at=NOON)

    over = thirty(device)

    assert (over.unplanned_minutes, over.blocked_minutes) == (180, 0)


def test_a_fault_that_lasts_is_lost_until_now_and_one_before_the_window_is_not():
    device = DeviceFactory.create()
    lost(device, at(1, 0, month=1), at(2, 0, month=1))
    lost(device, at(12, 10, 30), None)

    month, _quarter, year = availability_of(device, NOON)

    assert month.unplanned_minutes == 90
    assert year.unplanned_minutes == 90 + 1440


def test_a_block_ahead_is_not_lost_yet():
    device = DeviceFactory.create()
    lost(device, at(12, 11), at(12, 15), is_planned=True)

    assert thirty(device).blocked_minutes == 60


def test_a_new_device_is_counted_from_its_first_day():
    device = DeviceFactory.create(installed_on=dt.date(2030, 6, 11))

    over = thirty(device)

    assert (over.since, over.planned_minutes) == (dt.date(2030, 6, 11), 1440 + 720)


def test_where_no_time_was_planned_there_is_no_number():
    device = DeviceFactory.create(installed_on=dt.date(2030, 6, 12))
    OpeningHours.objects.create(device=device, weekday=5, opens_at="08:00", closes_at="09:00")

    assert thirty(device).share is None


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        (dt.date(2030, 3, 31), 23 * 60),  # clocks go forward in Berlin
        (dt.date(2030, 10, 27), 25 * 60),  # and back
        (dt.date(2030, 10, 28), 24 * 60),
    ],
)
@pytest.mark.parametrize("closes", ["23:59", None])
def test_a_day_on_which_the_clock_changes_has_its_own_length(settings, day, minutes, closes):
    settings.TIME_ZONE = "Europe/Berlin"
    hours = [OpeningHours(weekday=day.weekday(), opens_at=dt.time(0), closes_at=dt.time(23, 59))]

    spans = planned_spans(hours if closes else [], day, day)

    assert sum((end - start).total_seconds() for start, end in spans) == minutes * 60


def test_opening_at_an_hour_that_the_clock_skips_loses_nothing(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    day = dt.date(2030, 3, 31)  # 02:00 becomes 03:00
    hours = [OpeningHours(weekday=6, opens_at=dt.time(1), closes_at=dt.time(4))]

    ((start, end),) = planned_spans(hours, day, day)

    assert end - start == dt.timedelta(hours=2)


def test_spans_are_joined_and_shared():
    one, two, three, four = (NOON + dt.timedelta(hours=n) for n in range(4))

    assert joined([(three, four), (one, two), (two, three), (one, one)]) == [(one, four)]
    assert common([(one, three)], [(two, four)]) == [(two, three)]
    assert common([(one, two)], [(two, three)]) == []


def test_the_devices_page_shows_the_number_with_its_parts(client, person):
    client.force_login(person("Technician"))
    device = DeviceFactory.create()
    now = timezone.now()
    lost(device, now - dt.timedelta(hours=30), now - dt.timedelta(hours=24, minutes=30))

    page = client.get(reverse("equipment:device", args=[device.pk])).content.decode()

    assert "5 h 30 min" in page
    assert "100.0 %" not in page.split("365 days")[0]
