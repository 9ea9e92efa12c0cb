"""How a device stands: its history, its downtime, and who may stand in the way of retiring it."""

import pytest

from common.refusals import Refused
from equipment.models import Device, Downtime, MaintenanceEntry, StatusChange
from equipment.services import change_device_status
from equipment.signals import device_status_changed
from equipment.tests.factories import BlockFactory, DeviceFactory, EntryFactory, PlanFactory

pytestmark = pytest.mark.django_db
Status = Device.Status


def test_each_change_of_status_is_kept_with_who_and_why(person):
    engineer = person("Engineer")
    device = DeviceFactory.create()

    change_device_status(device, Status.LIMITED, by=engineer, reason="Only heads")
    change_device_status(device, Status.AVAILABLE, by=engineer, reason="Mended")

    newest, oldest = StatusChange.objects.on_device(device.pk).newest_first()
    assert (oldest.from_status, oldest.to_status, oldest.reason) == (
        "AVAILABLE",
        "LIMITED",
        "Only heads",
    )
    assert (newest.to_status, newest.by) == ("AVAILABLE", engineer)
    assert not Downtime.objects.exists()


def test_downtime_lasts_from_the_first_to_the_last_status_without_patients(person):
    engineer = person("Engineer")
    device = DeviceFactory.create()
    for status in (Status.DOWN, Status.IN_SERVICE, Status.AWAITING_QC):
        change_device_status(device, status, by=engineer, reason="Tube")
    open_one = Downtime.objects.get()
    assert (open_one.is_planned, open_one.ends_at) == (False, None)

    change_device_status(device, Status.LIMITED, by=engineer, reason="Heads only")

    closed = Downtime.objects.get()
    assert closed.ends_at is not None
    assert closed.ends_at >= closed.starts_at
    assert closed.cause == Downtime.Cause.FAULT


def test_a_device_with_unfinished_work_is_not_retired(person):
    entry = EntryFactory.create(title="Brake")

    with pytest.raises(Refused, match="Brake"):
        change_device_status(entry.device, Status.RETIRED, by=person("Engineer"), reason="Old")

    entry.device.refresh_from_db()
    assert entry.device.status == Status.AVAILABLE


def test_whoever_listens_may_refuse_and_then_nothing_has_changed(person):
    device = DeviceFactory.create()

    def no(sender, **news):
        raise Refused("Two patients are on it.")

    device_status_changed.connect(no)
    try:
        with pytest.raises(Refused, match="Two patients"):
            change_device_status(device, Status.DOWN, by=person("Engineer"), reason="Tube")
    finally:
        device_status_changed.disconnect(no)

    device.refresh_from_db()
    assert device.status == Status.AVAILABLE
    assert not StatusChange.objects.exists()
    assert not Downtime.objects.exists()


def test_a_retired_device_keeps_no_block_no_plan_and_no_open_downtime(person):
    engineer = person("Engineer")
    plan = PlanFactory.create()
    block = BlockFactory.create(device=plan.device)
    change_device_status(plan.device, Status.DOWN, by=engineer, reason="Broken for good")

    change_device_status(plan.device, Status.RETIRED, by=engineer, reason="Replaced")

    plan.refresh_from_db()
    block.refresh_from_db()
    assert not plan.is_active
    assert block.is_withdrawn
    assert not Downtime.objects.still_open().exists()


def test_done_work_does_not_stand_in_the_way(person):
    engineer = person("Engineer")
    entry = EntryFactory.create()
    MaintenanceEntry.objects.update(status="DONE", work_done="Oiled", finished_at=entry.opened_at)

    retired = change_device_status(entry.device, Status.RETIRED, by=engineer, reason="Old")

    assert retired.status == Status.RETIRED
