"""A fault in three taps: written once, the device worse and never better, the same one added to."""

import threading
import uuid

import pytest
from django.db import connection
from django.urls import reverse

from audit.models import Entry
from common.refusals import Refused
from equipment.models import Device, Downtime, MaintenanceEntry, WorkNote
from equipment.services import Fault, add_to_fault, report_fault
from equipment.tests.factories import DeviceFactory, EntryFactory, RoomFactory, photo

pytestmark = pytest.mark.django_db
Status = Device.Status


def test_a_fault_takes_the_device_down_with_a_trace(person):
    technician = person("Technician")
    device = DeviceFactory.create()

    entry = report_fault(
        device, Fault("NOISE", "DOWN", "Burning smell\nat the gantry"), by=technician
    )

    device.refresh_from_db()
    assert (entry.title, entry.opened_by, entry.is_fault) == ("Burning smell", technician, True)
    assert device.status == Status.DOWN
    assert device.status_reason == "Noise, smell or heat: Burning smell at the gantry"
    assert Downtime.objects.get().entry == entry
    assert Entry.objects.get(verb="fault.reported").details == {
        "device": device.pk,
        "effect": "DOWN",
    }


@pytest.mark.parametrize(
    ("before", "effect", "after"),
    [
        ("AVAILABLE", "NONE", "AVAILABLE"),
        ("AVAILABLE", "LIMITED", "LIMITED"),
        ("LIMITED", "LIMITED", "LIMITED"),
        ("LIMITED", "DOWN", "DOWN"),
        ("DOWN", "LIMITED", "DOWN"),
        ("DOWN", "NONE", "DOWN"),
        ("IN_SERVICE", "DOWN", "IN_SERVICE"),
        ("AWAITING_QC", "LIMITED", "AWAITING_QC"),
        ("AWAITING_QC", "DOWN", "DOWN"),
    ],
)
def test_a_fault_makes_a_device_worse_and_never_better(person, before, effect, after):
    device = DeviceFactory.create(status=before)

    report_fault(device, Fault("IMAGE", effect), by=person("Technician"))

    device.refresh_from_db()
    assert device.status == after


def test_nobody_reports_a_fault_of_a_retired_device(person):
    device = DeviceFactory.create(status=Status.RETIRED)

    with pytest.raises(Refused):
        report_fault(device, Fault("IMAGE", "NONE"), by=person("Technician"))

    assert not MaintenanceEntry.objects.exists()


def test_the_same_form_sent_twice_is_one_report(person, data_folder):
    technician, device, token = person("Technician"), DeviceFactory.create(), uuid.uuid4()

    first = report_fault(device, Fault("IMAGE", "DOWN", "", [photo()], token), by=technician)
    again = report_fault(device, Fault("IMAGE", "DOWN", "", [photo()], token), by=technician)

    assert first == again
    assert MaintenanceEntry.objects.count() == 1
    assert first.attachments.count() == 1
    assert len(list((data_folder / "attachments").rglob("*.jpg"))) == 3  # whole, shown, small


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_are_one_report(person):
    technician, device, token = person("Technician"), DeviceFactory.create(), uuid.uuid4()
    start, found = threading.Barrier(2), []

    def press():
        start.wait()
        try:
            fault = Fault("IMAGE", "DOWN", token=token)
            found.append(report_fault(device, fault, by=technician).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 2
    assert len(set(found)) == 1
    assert MaintenanceEntry.objects.count() == 1


def test_a_second_person_adds_to_the_report_and_may_make_it_worse(person):
    entry = report_fault(DeviceFactory.create(), Fault("IMAGE", "LIMITED"), by=person("Technician"))
    token = uuid.uuid4()

    for _press in range(2):
        add_to_fault(
            entry, Fault("", "DOWN", "Now it is dark", token=token), by=person("Scheduler")
        )

    entry.refresh_from_db()
    assert entry.effect == "DOWN"
    assert Device.objects.get().status == Status.DOWN
    assert WorkNote.objects.get().text == "Now it is dark"


def test_a_mended_fault_is_not_added_to(person):
    entry = EntryFactory.create(symptom="IMAGE")
    MaintenanceEntry.objects.update(status="DONE", work_done="x", finished_at=entry.opened_at)

    with pytest.raises(Refused, match="new fault"):
        add_to_fault(entry, Fault("", "NONE", "again"), by=person("Technician"))


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def test_three_taps_from_the_rooms_page(client, person):
    client.force_login(person("Technician"))
    device = DeviceFactory.create()
    room_page = client.get(reverse("equipment:room", args=[device.room_id])).content.decode()
    tap = reverse("equipment:report_fault") + f"?room={device.room_id}"
    assert tap in room_page
    form = client.get(tap).context["form"]

    sent = client.post(
        tap,
        {
            "device": device.pk,
            "symptom": "ERROR",
            "effect": "LIMITED",
            "token": form.initial["token"],
        },
    )

    entry = MaintenanceEntry.objects.get()
    assert sent.status_code == 302
    assert sent["Location"] == reverse("equipment:entry", args=[entry.pk])
    device.refresh_from_db()
    assert device.status == Status.LIMITED


def test_a_room_with_two_devices_reports_each_by_its_own_button(client, person):
    client.force_login(person("Technician"))
    room = RoomFactory.create()
    first, second = DeviceFactory.create_batch(2, room=room)

    page = client.get(reverse("equipment:room", args=[room.pk])).content.decode()

    for device in (first, second):
        assert f"{reverse('equipment:report_fault')}?device={device.pk}" in page


def test_a_tap_that_is_missing_is_asked_for_and_loses_nothing(client, person):
    client.force_login(person("Technician"))
    device = DeviceFactory.create()
    words = {"words": "Whistles since noon", "device": device.pk}

    page = client.post(reverse("equipment:report_fault"), words)

    assert page.status_code == 422
    assert b"Tap what is wrong." in page.content
    assert b"Whistles since noon" in page.content
    assert not MaintenanceEntry.objects.exists()


def test_what_is_reported_already_is_offered(client, person):
    client.force_login(person("Technician"))
    entry = EntryFactory.create(symptom="IMAGE", title="Rings in the image")
    address = reverse("equipment:report_fault") + f"?device={entry.device_id}"

    page = client.get(address).content.decode()
    added = client.post(
        reverse("equipment:add_to_fault", args=[entry.pk]), {"words": "", "photos": [photo()]}
    )

    assert "Rings in the image" in page
    assert added.status_code == 302
    assert WorkNote.objects.get().text == "Photo."
    assert entry.attachments.count() == 1


def test_a_device_outside_the_address_is_not_chosen(client, person):
    client.force_login(person("Technician"))
    here, elsewhere = DeviceFactory.create_batch(2)
    address = reverse("equipment:report_fault") + f"?device={here.pk}"

    page = client.post(address, {"device": elsewhere.pk, "symptom": "IMAGE", "effect": "NONE"})

    assert page.status_code == 422


@pytest.mark.parametrize("role", ["Referrer", ""])
def test_who_may_not_report_is_turned_away(client, person, role):
    client.force_login(person(role))

    assert client.get(reverse("equipment:report_fault")).status_code == 403


@pytest.mark.parametrize("asked", ["?device=x", "?room=99999999999999999999", "?device=9"])
def test_an_odd_address_is_no_error(client, person, asked):
    client.force_login(person("Technician"))

    assert client.get(reverse("equipment:report_fault") + asked).status_code == 200
