"""Planned blocks: promised like an appointment, to one person at a time."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from equipment.models import Downtime, Reservation
from equipment.services import Block, move_block, plan_block, promise, withdraw_block
from equipment.tests.factories import DeviceFactory

pytestmark = pytest.mark.django_db


NOW = timezone.now().replace(microsecond=0)  # one for all: times that touch must not drift apart


def hours(first: float, last: float) -> tuple[dt.datetime, dt.datetime]:
    """A time counted in hours from about now."""
    return NOW + dt.timedelta(hours=first), NOW + dt.timedelta(hours=last)


def block(first: float, last: float, cause: str = "MAINTENANCE", reason: str = "") -> Block:
    return Block(cause, *hours(first, last), reason=reason)


def test_a_block_holds_the_time_and_leaves_a_trace(person):
    engineer, device = person("Engineer"), DeviceFactory.create()

    planned = plan_block(device, block(1, 3, reason=" Tube change "), by=engineer)

    assert (planned.is_planned, planned.reason, planned.noted_by) == (True, "Tube change", engineer)
    assert Reservation.objects.get().downtime == planned
    assert Entry.objects.get(verb="block.planned").details == {
        "device": device.pk,
        "cause": "MAINTENANCE",
    }


def test_a_time_that_is_taken_is_refused_with_what_is_there(person):
    engineer, device = person("Engineer"), DeviceFactory.create(name="CT 1")
    plan_block(device, block(1, 3, reason="Tube change"), by=engineer)
    promise(device, hours(3, 3.5))

    with pytest.raises(Refused) as refused:
        plan_block(device, block(2, 4, "QC"), by=engineer)

    assert "CT 1 is taken at that time: Maintenance: Tube change" in refused.value.sentence
    assert "1 patient is booked" in refused.value.sentence
    assert Downtime.objects.count() == 1


def test_blocks_that_touch_and_blocks_of_other_devices_are_no_obstacle(person):
    engineer, device = person("Engineer"), DeviceFactory.create()
    start, end = hours(1, 3)
    plan_block(device, Block("QC", start, end), by=engineer)

    plan_block(device, Block("QC", end, end + dt.timedelta(hours=1)), by=engineer)
    plan_block(DeviceFactory.create(), block(1, 3), by=engineer)

    assert Reservation.objects.count() == 3


@pytest.mark.parametrize(
    "odd", [(3, 1), (2, 2), (-3, -1), (1, 24 * 400), (24 * 3000, 24 * 3000 + 1)]
)
def test_an_odd_time_is_refused(person, odd):
    with pytest.raises(Refused):
        plan_block(DeviceFactory.create(), block(*odd), by=person("Engineer"))

    assert not Reservation.objects.exists()


def test_a_retired_device_is_not_blocked(person):
    with pytest.raises(Refused):
        plan_block(DeviceFactory.create(status="RETIRED"), block(1, 2), by=person("Engineer"))


def test_a_moved_block_frees_the_old_time_and_takes_the_new(person):
    engineer, device = person("Engineer"), DeviceFactory.create()
    planned = plan_block(device, block(1, 3), by=engineer)

    move_block(planned, hours(2, 5), by=engineer)

    promise(device, hours(1, 2))
    with pytest.raises(Refused):
        promise(device, hours(4, 6))
    assert Entry.objects.filter(verb="block.moved").count() == 1


def test_a_block_is_not_moved_onto_somebody_else(person):
    engineer, device = person("Engineer"), DeviceFactory.create()
    planned = plan_block(device, block(1, 3), by=engineer)
    promise(device, hours(4, 5))

    with pytest.raises(Refused, match="booked"):
        move_block(planned, hours(2, 5), by=engineer)

    planned.refresh_from_db()
    assert planned.reservation is not None
    assert planned.ends_at == planned.reservation.period.upper


def test_a_withdrawn_block_frees_its_time_and_cannot_be_touched_again(person):
    engineer, device = person("Engineer"), DeviceFactory.create()
    planned = plan_block(device, block(1, 3), by=engineer)

    withdraw_block(planned, by=engineer)

    planned.refresh_from_db()
    assert planned.is_withdrawn
    assert not Reservation.objects.exists()
    assert Entry.objects.filter(verb="block.withdrawn").count() == 1
    for again in (
        lambda: withdraw_block(planned, by=engineer),
        lambda: move_block(planned, hours(5, 6), by=engineer),
    ):
        with pytest.raises(Refused):
            again()


def test_a_block_that_has_begun_ends_now_and_what_was_stays(person):
    engineer = person("Engineer")
    planned = plan_block(DeviceFactory.create(), block(-1, 3), by=engineer)

    ended = withdraw_block(planned, by=engineer)

    assert not ended.is_withdrawn
    assert ended.ends_at is not None
    assert ended.ends_at <= timezone.now()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["another block", "a patient"])
def test_of_two_who_ask_at_the_same_moment_one_gets_the_time(person, rival):
    engineer, scheduler, device = person("Engineer"), person("Scheduler"), DeviceFactory.create()
    start, said = threading.Barrier(2), []

    def attempt(ask):
        start.wait()
        try:
            ask()
            said.append("yes")
        except Refused as refusal:
            said.append(refusal.sentence)
        finally:
            connection.close()

    mine = threading.Thread(
        target=attempt, args=[lambda: plan_block(device, block(1, 3), by=engineer)]
    )
    other = (
        (lambda: plan_block(device, block(2, 4), by=scheduler))
        if rival == "another block"
        else (lambda: promise(device, hours(2, 4)))
    )
    theirs = threading.Thread(target=attempt, args=[other])
    for thread in (mine, theirs):
        thread.start()
    for thread in (mine, theirs):
        thread.join()

    assert sorted(word == "yes" for word in said) == [False, True]
    assert Reservation.objects.count() == 1


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def typed(first: float, last: float, **more: str) -> dict[str, str]:
    """The times as a form sends them."""
    names = ("starts_at", "ends_at")
    local = [timezone.localtime(moment) for moment in hours(first, last)]
    return {name: f"{at:%Y-%m-%dT%H:%M}" for name, at in zip(names, local, strict=True)} | more


def test_a_scheduler_blocks_moves_and_withdraws_on_the_page(client, person):
    client.force_login(person("Scheduler"))
    device = DeviceFactory.create()
    address = reverse("equipment:plan_block", args=[device.pk])
    assert client.get(address).status_code == 200

    assert client.post(address, typed(5, 7, cause="CLEANING")).status_code == 302
    planned = Downtime.objects.get()
    page = client.get(reverse("equipment:block", args=[planned.pk])).content.decode()
    moved = client.post(reverse("equipment:move_block", args=[planned.pk]), typed(8, 9))
    gone = client.post(reverse("equipment:withdraw_block", args=[planned.pk]))

    assert "Move the block" in page
    assert (moved.status_code, gone.status_code) == (302, 302)
    after = client.get(reverse("equipment:block", args=[planned.pk])).content.decode()
    assert "This block was withdrawn." in after


def test_a_taken_time_is_said_and_an_odd_one_asked_again(client, person):
    client.force_login(person("Engineer"))
    device = DeviceFactory.create()
    promise(device, hours(1, 2))
    address = reverse("equipment:plan_block", args=[device.pk])

    taken = client.post(address, typed(1, 3, cause="QC"))
    odd = client.post(address, typed(3, 1, cause="QC"))
    rubbish = client.post(address, {"starts_at": "0001-01-01T00:00", "ends_at": "x", "cause": "?"})

    assert taken.status_code == 409
    assert "1 patient is booked" in taken.content.decode()
    assert odd.status_code == rubbish.status_code == 422


def test_a_technician_looks_at_a_block_and_leaves_it(client, person):
    planned = plan_block(DeviceFactory.create(), block(1, 3), by=person("Engineer"))
    client.force_login(person("Technician"))

    page = client.get(reverse("equipment:block", args=[planned.pk]))

    assert page.status_code == 200
    assert "Withdraw" not in page.content.decode()
    for verb in ("move_block", "withdraw_block"):
        assert client.post(reverse(f"equipment:{verb}", args=[planned.pk])).status_code == 403
