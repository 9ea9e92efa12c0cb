"""Dates, times and offsets in a worklist query."""

import datetime as dt
from contextlib import suppress

import pytest
from pydicom.dataset import Dataset

from worklist.dicom import NotAnswerable
from worklist.tests.asking import (
    ask,
    at,
    query,
    step_at,
    steps,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lenient_pydicom")]


@pytest.fixture
def july():
    """Steps on the 4th to 8th of July at 9:00, 12:00 and 19:00, called 4-09 and so on."""
    for day in range(4, 9):
        for hour in (9, 12, 19):
            step_at(at(day, hour), f"{day}-{hour:02}")


def on(date: str, time: str = "") -> Dataset:
    return query({"ScheduledProcedureStepStartDate": date, "ScheduledProcedureStepStartTime": time})


@pytest.mark.parametrize(
    ("date", "time", "found"),
    [
        ("20260705", "", ["5-09", "5-12", "5-19"]),
        ("2026.07.05", "", ["5-09", "5-12", "5-19"]),
        ("20260705-20260706", "", ["5-09", "5-12", "5-19", "6-09", "6-12", "6-19"]),
        ("20260708-", "", ["8-09", "8-12", "8-19"]),
        ("-20260704", "", ["4-09", "4-12", "4-19"]),
        ("20260801", "", []),
        ("20260706-20260705", "", []),
        # one interval: from the 5th 10:00 to the 7th 18:00
        (
            "20260705-20260707",
            "1000-1800",
            ["5-12", "5-19", "6-09", "6-12", "6-19", "7-09", "7-12"],
        ),
        ("20260705", "1000-1800", ["5-12"]),
        ("20260705", "1200", ["5-12"]),
        ("20260705", "12", ["5-12"]),
        ("20260705", "120000.000000", ["5-12"]),
        ("20260705", "12:00:00", ["5-12"]),
        ("20260705", "1201-", ["5-19"]),
        ("20260705-20260706", "1300-", ["5-19", "6-09", "6-12", "6-19"]),
        ("20260705-20260706", "-1000", ["5-09", "5-12", "5-19", "6-09"]),
        ("20260708-", "1000-1800", ["8-12", "8-19"]),
        ("-20260704", "1000-1800", ["4-09", "4-12"]),
        # a single time is no interval: that time on each of the days
        ("20260705-20260706", "0900", ["5-09", "6-09"]),
        ("", "0900", ["4-09", "5-09", "6-09", "7-09", "8-09"]),
        ("", "1000-1300", ["4-12", "5-12", "6-12", "7-12", "8-12"]),
        ("", "1900-", ["4-19", "5-19", "6-19", "7-19", "8-19"]),
        ("", "-0900", ["4-09", "5-09", "6-09", "7-09", "8-09"]),
        ("00010101-", "", [f"{d}-{h:02}" for d in range(4, 9) for h in (9, 12, 19)]),
        ("", "-2359", [f"{d}-{h:02}" for d in range(4, 9) for h in (9, 12, 19)]),
        ("*", "*", [f"{d}-{h:02}" for d in range(4, 9) for h in (9, 12, 19)]),
    ],
)
def test_date_and_time_are_asked_for_together(july, date, time, found):
    assert steps(on(date, time)) == found


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("tomorrow", ""),
        ("20261301", ""),
        ("20260230", ""),
        ("2026", ""),
        ("-", ""),
        ("2026-07-05", ""),
        ("20260705", "25"),
        ("20260705", "1060"),
        ("20260705", "noon"),
        ("00000000", ""),
        ("99991231-", "2359-"),
    ],
)
def test_what_is_no_date_is_said_and_never_breaks_anything(july, date, time):
    with suppress(NotAnswerable):
        assert steps(on(date, time)) == []


def test_a_lone_date_means_the_departments_day(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    step_at(dt.datetime(2026, 7, 4, 20, tzinfo=dt.UTC), "MORNING")  # 5 July, 8:00 there

    (answer,) = ask(on("20260705", "0800"))

    item = answer.ScheduledProcedureStepSequence[0]
    assert item.ScheduledProcedureStepStartDate == "20260705"
    assert item.ScheduledProcedureStepStartTime == "080000"


def test_an_offset_in_the_query_counts_for_its_times_and_comes_back():
    step_at(at(5, 22, 30), "LATE")
    asked = on("20260706", "0030")
    asked.TimezoneOffsetFromUTC = "+0200"

    (answer,) = ask(asked)

    item = answer.ScheduledProcedureStepSequence[0]
    assert answer.TimezoneOffsetFromUTC == "+0200"
    assert item.ScheduledProcedureStepStartDate == "20260706"
    assert item.ScheduledProcedureStepStartTime == "003000"
    assert steps(on("20260705", "2230")) == ["LATE"]


def test_an_empty_offset_asks_for_ours_and_none_asks_for_nothing():
    step_at(at(5, 9), "ONE")

    assert ask(query(TimezoneOffsetFromUTC=""))[0].TimezoneOffsetFromUTC == "+0000"
    assert "TimezoneOffsetFromUTC" not in ask(on("20260705"))[0]


def test_an_offset_never_moves_a_birthday(known):
    asked = query(PatientBirthDate="19800517", TimezoneOffsetFromUTC="-1100")

    assert ask(asked)[0].PatientBirthDate == "19800517"


@pytest.mark.parametrize("offset", ["2", "+2", "+9900", "UTC", "+02:00"])
def test_what_is_no_offset_is_said(offset):
    with pytest.raises(NotAnswerable):
        ask(query(TimezoneOffsetFromUTC=offset))


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("19800517", True),
        ("19800516", False),
        ("19800101-19801231", True),
        ("19810101-", False),
        ("-19800517", True),
    ],
)
def test_a_birth_date_is_matched_as_a_day(known, asked, is_found):
    assert bool(steps(query(PatientBirthDate=asked))) is is_found
