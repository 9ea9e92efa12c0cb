"""Devices: their status, the wall, the page, who may change what."""

import datetime as dt
from itertools import product

import pytest
from django.urls import reverse

from audit.models import Entry
from common.refusals import Refused
from equipment.models import Device
from equipment.services import change_device_status, identify_caller
from equipment.services.callers import HEARD_EVERY
from equipment.tests.factories import DeviceFactory, NodeFactory

Status = Device.Status

LEGAL = {
    (Status.AVAILABLE, Status.LIMITED),
    (Status.AVAILABLE, Status.DOWN),
    (Status.AVAILABLE, Status.RETIRED),
    (Status.LIMITED, Status.AVAILABLE),
    (Status.LIMITED, Status.DOWN),
    (Status.LIMITED, Status.RETIRED),
    (Status.DOWN, Status.IN_SERVICE),
    (Status.DOWN, Status.AWAITING_QC),
    (Status.DOWN, Status.RETIRED),
    (Status.IN_SERVICE, Status.DOWN),
    (Status.IN_SERVICE, Status.AWAITING_QC),
    (Status.AWAITING_QC, Status.AVAILABLE),
    (Status.AWAITING_QC, Status.LIMITED),
    (Status.AWAITING_QC, Status.DOWN),
}


@pytest.mark.parametrize(("current", "wanted"), list(product(Status, Status)))
def test_only_the_known_moves_are_legal(current, wanted):
    assert Device(status=current).can_move_to(wanted) is ((current, wanted) in LEGAL)


@pytest.mark.django_db
def test_a_device_is_taken_down_with_a_reason_and_a_trace(person):
    engineer = person("Engineer")

    device = change_device_status(
        DeviceFactory.create(), Status.DOWN, by=engineer, reason=" Tube arcs "
    )

    assert (device.status, device.status_reason) == (Status.DOWN, "Tube arcs")
    entry = Entry.objects.get(verb="device.status_changed")
    assert entry.details == {"was": "AVAILABLE", "now": "DOWN"}
    assert entry.actor == engineer


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "reason"), [(Status.DOWN, " "), (Status.AWAITING_QC, "why not"), ("LOST", "x")]
)
def test_a_status_without_a_reason_or_out_of_turn_is_refused(person, wanted, reason):
    device = DeviceFactory.create()

    with pytest.raises(Refused):
        change_device_status(device, wanted, by=person("Engineer"), reason=reason)

    device.refresh_from_db()
    assert device.status == Status.AVAILABLE


@pytest.mark.django_db
def test_a_retired_device_is_no_longer_known_at_the_door():
    DeviceFactory.create(ae_title="OLD01", status=Status.RETIRED)
    DeviceFactory.create(ae_title="CT99", address="10.0.0.9")
    NodeFactory.create(ae_title="WS99")

    assert identify_caller("OLD01", "10.0.0.1") is None
    assert identify_caller("CT99", "10.0.0.1") is None
    scanner = identify_caller(" CT99 ", "::ffff:10.0.0.9")
    workstation = identify_caller("WS99", "10.0.0.1")
    assert scanner is not None
    assert scanner.own_station == "CT99"
    assert workstation is not None
    assert workstation.device_pk is None


@pytest.mark.django_db
def test_who_calls_for_every_image_is_noted_now_and_then():
    device = DeviceFactory.create(ae_title="CT99")

    def heard() -> dt.datetime:
        identify_caller("CT99", "10.0.0.1")
        device.refresh_from_db()
        assert device.last_heard_at is not None
        return device.last_heard_at

    first = heard()
    assert heard() == first

    device.last_heard_at = first - HEARD_EVERY - dt.timedelta(seconds=1)
    device.save()
    assert heard() > first


@pytest.mark.django_db
def test_the_wall_says_what_is_down_and_why(client, person):
    client.force_login(person("Technician"))
    DeviceFactory.create(status=Status.DOWN, status_reason="Tube arcs")
    retired = DeviceFactory.create(status=Status.RETIRED)

    page = client.get(reverse("equipment:list")).content.decode()

    assert "Tube arcs" in page
    assert reverse("equipment:device", args=[retired.pk]) not in page


@pytest.mark.django_db
def test_other_machines_are_shown_to_those_who_care_for_them(client, person):
    NodeFactory.create(name="Archive")

    client.force_login(person("Technician"))
    assert "Archive" not in client.get(reverse("equipment:list")).content.decode()

    client.force_login(person("Engineer"))
    assert "Archive" in client.get(reverse("equipment:list")).content.decode()


@pytest.mark.django_db
def test_an_engineer_changes_the_status_on_the_devices_page(client, person):
    client.force_login(person("Engineer"))
    device = DeviceFactory.create()
    verb = reverse("equipment:change_status", args=[device.pk])

    again = client.post(verb, {"status": "DOWN", "reason": ""})
    done = client.post(verb, {"status": "DOWN", "reason": "Tube arcs"})

    assert again.status_code == 422
    assert done.status_code == 302
    assert "Tube arcs" in client.get(done["Location"]).content.decode()


@pytest.mark.django_db
def test_a_technician_looks_but_does_not_change(client, person):
    client.force_login(person("Technician"))
    device = DeviceFactory.create()

    page = client.get(reverse("equipment:device", args=[device.pk]))
    refused = client.post(
        reverse("equipment:change_status", args=[device.pk]), {"status": "DOWN", "reason": "x"}
    )

    assert "Change the status" not in page.content.decode()
    assert refused.status_code == 403


@pytest.mark.django_db
def test_the_wall_asks_a_constant_number_of_questions(
    client, person, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person("Engineer"))
    address = reverse("equipment:list")
    DeviceFactory.create()
    client.get(address)
    with django_assert_max_num_queries(18) as few:
        client.get(address)
    DeviceFactory.create_batch(20)

    with django_assert_num_queries(len(few)):
        client.get(address)


@pytest.mark.django_db
def test_programs_see_devices_and_change_nothing(client, person):
    client.force_login(person("Technician"))
    device = DeviceFactory.create(status=Status.LIMITED)
    DeviceFactory.create()

    found = client.get("/api/devices/", {"status": "LIMITED"}).json()["results"]

    assert [row["ae_title"] for row in found] == [device.ae_title]
    assert client.patch(f"/api/devices/{device.pk}/").status_code in {403, 405}


@pytest.mark.django_db
def test_administrators_enter_machines_in_the_admin_and_only_look_at_the_status(client, person):
    client.force_login(person("Administrator"))
    device = DeviceFactory.create()

    page = client.get(reverse("admin:equipment_device_change", args=[device.pk])).content.decode()

    assert 'name="ae_title"' in page
    assert 'name="status"' not in page
    assert client.get(reverse("admin:worklist_scheduledprocedure_changelist")).status_code == 403
    for name in ("room", "node"):
        assert client.get(reverse(f"admin:equipment_{name}_changelist")).status_code == 200
    assert client.get(reverse("admin:worklist_proceduretype_add")).status_code == 200
    assert client.get(reverse("admin:staff_user_changelist")).status_code == 200


@pytest.mark.django_db
def test_not_even_a_superuser_changes_a_clinical_record_in_the_admin(admin_client):
    for name in ("patients_patient", "worklist_order", "worklist_scheduledprocedure"):
        assert admin_client.get(reverse(f"admin:{name}_changelist")).status_code == 200
        assert admin_client.get(reverse(f"admin:{name}_add")).status_code == 403
