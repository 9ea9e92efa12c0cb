"""Days that come round again: which rules are taken, what they mean, how they are said."""

import datetime as dt
import time
from itertools import islice

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from time_machine import travel

from audit.models import Entry
from equipment.models import MaintenanceEntry, MaintenancePlan
from equipment.periodic import open_due_maintenance
from equipment.recurrence import in_words, rule_of
from equipment.services import Work, change_plan, finish_work, make_plan
from equipment.tests.factories import DeviceFactory, PlanFactory

DAY = dt.date


@pytest.mark.parametrize(
    ("rule", "words", "days"),
    [
        ("FREQ=MONTHLY;INTERVAL=3", "every 3 months", [(2030, 1, 31), (2030, 7, 31)]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "every week, on Monday and Thursday", [(2030, 1, 31)]),
        (
            "FREQ=MONTHLY;BYDAY=1MO",
            "every month, on the first Monday",
            [(2030, 2, 4), (2030, 3, 4)],
        ),
        (
            "rrule:freq=monthly;byday=MO,TU;bysetpos=-1",
            "every month, on the last Monday and Tuesday",
            [(2030, 2, 26)],
        ),
        ("FREQ=YEARLY;COUNT=1", "every year, once", [(2030, 1, 31)]),
        (
            "FREQ=DAILY;INTERVAL=10;UNTIL=20300210T120000Z",
            "every 10 days, until 10 February 2030",
            [(2030, 1, 31), (2030, 2, 10)],
        ),
        (
            "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=15",
            "every year, on day 15 of the month, in March and September",
            [(2030, 3, 15), (2030, 9, 15)],
        ),
    ],
)
def test_a_rule_is_said_in_words_and_has_its_days(rule, words, days):
    read = rule_of(rule)

    assert in_words(read) == words
    assert list(islice(read.days(DAY(2030, 1, 31)), len(days))) == [DAY(*day) for day in days]


NONSENSE = """
every monday; FREQ=; FREQ=SECONDLY; FREQ=HOURLY; FREQ=MINUTELY,COUNT=3; INTERVAL=2; FREQ=DAILY,X
FREQ=DAILY,COUNT=0; FREQ=DAILY,COUNT=-1; FREQ=DAILY,INTERVAL=0; FREQ=DAILY,BYHOUR=3
FREQ=DAILY,BYSECOND=1; FREQ=DAILY,FREQ=DAILY; FREQ=DAILY,UNTIL=99999999; FREQ=YEARLY,COUNT=9999
FREQ=DAILY,COUNT=3,UNTIL=20300101; FREQ=WEEKLY,BYDAY=XX; FREQ=MONTHLY,BYSETPOS=1
FREQ=MONTHLY,BYMONTHDAY=99; FREQ=YEARLY,INTERVAL=2000; FREQ=DAILY,INTERVAL=²; FREQ=MONTHLY,BYMONTH=0
FREQ=DAILY,BYMONTH=2; FREQ=WEEKLY,BYMONTHDAY=1; FREQ=YEARLY,BYMONTH=2,BYMONTHDAY=30
"""
RULES = [rule.strip().replace(",", ";") for rule in NONSENSE.replace("\n", ";").split(";")]


@pytest.mark.parametrize(
    "rule", [*RULES, "FREQ=DAILY\nDTSTART:1", "FREQ=DAILY;INTERVAL=" + "9" * 60, "FREQ=DAILY;" * 40]
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_sentence(rule):
    with pytest.raises(ValidationError):
        rule_of(rule)


def test_a_day_that_never_comes_is_soon_given_up():
    began = time.process_time()

    never = rule_of("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2;BYMONTHDAY=29,31")
    assert next(never.days(DAY(2000, 1, 1)), None) is None
    assert time.process_time() - began < 5


# ── plans ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def march():
    """It is noon on 10 March 2030."""
    with travel(dt.datetime(2030, 3, 10, 12, tzinfo=dt.UTC), tick=False):
        yield


FACTS = {"title": "Tube check", "rrule": "FREQ=MONTHLY;INTERVAL=3", "starts_on": DAY(2030, 1, 15)}


@pytest.mark.django_db
def test_a_plan_knows_its_next_day_and_leaves_a_trace(person, march):
    engineer = person("Engineer")

    plan = make_plan(DeviceFactory.create(), FACTS, by=engineer)

    assert plan.next_due_on == DAY(2030, 4, 15)
    assert (plan.may_begin_on, plan.late_after) == (DAY(2030, 4, 8), DAY(2030, 4, 22))
    assert Entry.objects.get(verb="plan.made").actor == engineer


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"rrule": "FREQ=HOURLY"},
        {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
        {"title": ""},
        {"starts_on": DAY(1, 1, 1)},
        {"starts_on": DAY(9999, 1, 1)},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(person, march, wrong):
    with pytest.raises(ValidationError):
        make_plan(DeviceFactory.create(), FACTS | wrong, by=person("Engineer"))

    assert not MaintenancePlan.objects.exists()


@pytest.mark.django_db
def test_due_maintenance_is_listed_when_its_window_begins_and_only_once(person, march):
    plan = make_plan(DeviceFactory.create(), FACTS, by=person("Engineer"))
    assert open_due_maintenance() == 0

    with travel(dt.datetime(2030, 4, 8, 1, tzinfo=dt.UTC), tick=False):
        assert open_due_maintenance() == 1
        assert open_due_maintenance() == 0

    entry = MaintenanceEntry.objects.get()
    assert (entry.plan, entry.due_on, entry.title) == (plan, DAY(2030, 4, 15), "Tube check")
    assert Entry.objects.filter(verb="maintenance.fell_due").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("off", [{"is_active": False}, {"device__status": "RETIRED"}])
def test_what_is_not_in_force_falls_never_due(off):
    PlanFactory.create(**off)

    assert open_due_maintenance() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("done", "next_day"),
    [
        (DAY(2030, 4, 10), DAY(2030, 7, 15)),  # early
        (DAY(2030, 4, 15), DAY(2030, 7, 15)),  # on the day
        (DAY(2030, 4, 21), DAY(2030, 7, 15)),  # late
        (DAY(2030, 8, 1), DAY(2030, 10, 15)),  # a whole round late
    ],
)
def test_when_it_is_done_the_next_day_follows(person, march, done, next_day):
    engineer = person("Engineer")
    plan = make_plan(DeviceFactory.create(), FACTS, by=engineer)
    with travel(dt.datetime(2030, 4, 9, tzinfo=dt.UTC), tick=False):
        open_due_maintenance()

    with travel(dt.datetime.combine(done, dt.time(9), dt.UTC), tick=False):
        finish_work(MaintenanceEntry.objects.get(), Work("Done"), by=engineer)

    plan.refresh_from_db()
    assert plan.next_due_on == next_day


@pytest.mark.django_db
def test_a_plan_ends_with_its_rule(person, march):
    engineer = person("Engineer")
    facts = FACTS | {"rrule": "FREQ=DAILY;COUNT=1", "starts_on": DAY(2030, 3, 10)}
    plan = make_plan(DeviceFactory.create(), facts, by=engineer)
    open_due_maintenance()

    finish_work(MaintenanceEntry.objects.get(), Work("Done"), by=engineer)

    plan.refresh_from_db()
    assert plan.next_due_on is None
    assert open_due_maintenance() == 0


@pytest.mark.django_db
def test_a_changed_plan_counts_on_from_what_was_done(person, march):
    engineer = person("Engineer")
    plan = make_plan(DeviceFactory.create(), FACTS | {"starts_on": DAY(2030, 3, 10)}, by=engineer)
    open_due_maintenance()
    finish_work(MaintenanceEntry.objects.get(), Work("Done"), by=engineer)

    changed = change_plan(plan, {"rrule": "FREQ=MONTHLY"}, by=engineer)

    assert changed.next_due_on == DAY(2030, 4, 10)
    assert Entry.objects.get(verb="plan.changed").details["fields"] == ["rrule"]


# ── pages ────────────────────────────────────────────────────────────────────────────────────────

FORM = {
    "title": "Tube check",
    "kind": "PREVENTIVE",
    "every": 2,
    "unit": "WEEKLY",
    "starts_on": "2030-03-15",
    "window_before": 3,
    "window_after": 4,
    "minutes": 45,
    "is_active": "on",
}


@pytest.mark.django_db
def test_an_engineer_plans_and_changes_on_the_page(client, person, march):
    client.force_login(person("Engineer"))
    device = DeviceFactory.create()
    page = client.get(reverse("equipment:make_plan", args=[device.pk]))
    assert page.context["form"]["window_before"].value() == 7

    made = client.post(reverse("equipment:make_plan", args=[device.pk]), FORM)
    plan = MaintenancePlan.objects.get()
    shown = client.get(made["Location"]).content.decode()
    change = reverse("equipment:change_plan", args=[plan.pk])
    form = client.get(change).context["form"]
    client.post(change, FORM | {"rrule": "FREQ=MONTHLY;BYDAY=1MO"})

    assert "Every 2 weeks" in shown
    assert "15 Mar 2030" in shown
    assert "10 May 2030" in shown
    assert (form["every"].value(), form["unit"].value()) == ("2", "WEEKLY")
    plan.refresh_from_db()
    assert plan.rrule == "FREQ=MONTHLY;BYDAY=1MO"
    assert client.get(change).context["form"]["rrule"].value() == plan.rrule


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"rrule": "FREQ=HOURLY"}, {"every": "0"}, {"title": ""}, {"minutes": "99999999999999999999"}],
)
def test_a_wrong_plan_comes_back_with_what_was_typed(client, person, wrong):
    client.force_login(person("Engineer"))
    address = reverse("equipment:make_plan", args=[DeviceFactory.create().pk])

    page = client.post(address, FORM | wrong)

    assert page.status_code == 422
    assert not MaintenancePlan.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (FORM, "Every 2 weeks"),
        (FORM | {"rrule": "FREQ=HOURLY"}, "makes sense"),
        (FORM | {"starts_on": ""}, "Every 2 weeks"),
        ({}, "makes sense"),
        (FORM | {"starts_on": "9999-12-30"}, ""),
        (FORM | {"starts_on": "0001-01-01"}, ""),
    ],
)
def test_the_next_days_stand_beside_the_rule_while_it_is_written(client, person, given, said):
    client.force_login(person("Engineer"))

    page = client.post(reverse("equipment:preview_plan"), given)

    assert page.status_code == 200
    assert said in page.content.decode()


@pytest.mark.django_db
def test_plans_are_looked_at_by_all_and_made_by_engineers(client, person):
    plan = PlanFactory.create()
    client.force_login(person("Technician"))

    assert client.get(reverse("equipment:plan", args=[plan.pk])).status_code == 200
    for name in ("change_plan", "make_plan"):
        assert client.get(reverse(f"equipment:{name}", args=[plan.pk])).status_code == 403
