"""The maintenance log: its verbs, what they do to the device, and its pages."""

from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.models import Entry
from common.refusals import Refused
from equipment.models import Device, MaintenanceEntry, WorkNote
from equipment.services import (
    Opening,
    UsedPart,
    Work,
    begin_work,
    finish_work,
    hand_back,
    note_work,
    open_entry,
)
from equipment.tests.factories import DeviceFactory, EntryFactory, photo, report

Status = MaintenanceEntry.Status
LEGAL = {
    (Status.OPEN, Status.IN_WORK),
    (Status.OPEN, Status.DONE),
    (Status.IN_WORK, Status.OPEN),
    (Status.IN_WORK, Status.DONE),
}


@pytest.mark.parametrize(("current", "wanted"), list(product(Status, Status)))
def test_only_the_known_moves_are_legal(current, wanted):
    assert MaintenanceEntry(status=current).can_move_to(wanted) is ((current, wanted) in LEGAL)


@pytest.mark.django_db
def test_work_is_written_down_and_the_device_stays_as_it_is(person):
    engineer, device = person("Engineer"), DeviceFactory.create()

    entry = open_entry(device, Opening("SOFTWARE", " Update to VB21 "), by=engineer)

    device.refresh_from_db()
    assert (entry.title, entry.status, entry.opened_by) == ("Update to VB21", "OPEN", engineer)
    assert device.status == Device.Status.AVAILABLE
    assert Entry.objects.get(verb="maintenance.logged").actor == engineer


@pytest.mark.django_db
def test_work_on_a_retired_device_is_refused(person):
    with pytest.raises(Refused):
        open_entry(
            DeviceFactory.create(status="RETIRED"), Opening("SOFTWARE", "x"), by=person("Engineer")
        )


@pytest.mark.django_db
def test_beginning_takes_a_device_that_is_down_into_service(person):
    engineer = person("Engineer")
    entry = EntryFactory.create(device__status="DOWN", device__status_reason="Tube arcs")

    begun = begin_work(entry, by=engineer)

    device = Device.objects.get()
    assert (begun.status, begun.assigned_to) == ("IN_WORK", engineer)
    assert begun.started_at is not None
    assert (device.status, device.status_reason) == ("IN_SERVICE", "Tube arcs")
    assert Entry.objects.filter(verb="maintenance.begun").count() == 1
    with pytest.raises(Refused):
        begin_work(entry, by=engineer)


@pytest.mark.django_db
def test_beginning_leaves_a_device_with_patients_alone(person):
    entry = EntryFactory.create()

    begin_work(entry, by=person("Engineer"))

    assert Device.objects.get().status == "AVAILABLE"


@pytest.mark.django_db
def test_handing_back_says_how_far_it_is_and_the_device_is_down_again(person):
    engineer = person("Engineer")
    entry = begin_work(EntryFactory.create(device__status="DOWN"), by=engineer)

    back = hand_back(entry, by=engineer, note=" Part ordered ")

    assert (back.status, back.assigned_to) == ("OPEN", None)
    assert WorkNote.objects.get().text == "Part ordered"
    assert Device.objects.get().status == "DOWN"


@pytest.mark.django_db
def test_a_device_stays_in_service_while_somebody_else_works_on_it(person):
    engineer = person("Engineer")
    entry = begin_work(EntryFactory.create(device__status="DOWN"), by=engineer)
    begin_work(EntryFactory.create(device=entry.device), by=person("Engineer"))

    hand_back(entry, by=engineer, note="Mine waits")

    assert Device.objects.get().status == "IN_SERVICE"


@pytest.mark.django_db
@pytest.mark.parametrize("note", ["", "  "])
def test_handing_back_without_a_word_is_refused(person, note):
    entry = EntryFactory.create(status="IN_WORK")

    with pytest.raises(Refused):
        hand_back(entry, by=person("Engineer"), note=note)
    with pytest.raises(Refused):
        note_work(entry, by=person("Engineer"), text=note)


@pytest.mark.django_db
def test_finishing_says_what_it_took_and_how_the_device_goes_on(person):
    engineer = person("Engineer")
    entry = begin_work(EntryFactory.create(device__status="DOWN"), by=engineer)
    parts = [UsedPart("Brake", "NL-22", 2, Decimal("440.00"))]
    work = Work(
        "New brake\nTested", Decimal("3.5"), Decimal(100), "Nordlicht", parts, "AWAITING_QC"
    )

    done = finish_work(entry, work, by=engineer)

    device = Device.objects.get()
    assert (done.status, done.finished_by, done.hours) == ("DONE", engineer, Decimal("3.5"))
    assert done.parts.get().quantity == 2
    assert (device.status, device.status_reason) == ("AWAITING_QC", "New brake")
    assert Entry.objects.get(verb="maintenance.finished").actor == engineer
    with pytest.raises(Refused):
        finish_work(entry, work, by=engineer)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "work",
    [
        Work(""),
        Work("Oiled", hours=Decimal(-1)),
        Work("Oiled", next_status="RETIRED"),
        Work("Oiled", parts=[UsedPart("")]),
    ],
)
def test_work_that_makes_no_sense_is_refused_and_changes_nothing(person, work):
    entry = EntryFactory.create(device__status="IN_SERVICE")

    with pytest.raises((Refused, ValidationError)):
        finish_work(entry, work, by=person("Engineer"))

    entry.refresh_from_db()
    assert entry.status == "OPEN"
    assert not entry.parts.exists()


@pytest.mark.django_db
def test_who_may_not_change_devices_finishes_without_giving_back(person):
    entry = EntryFactory.create(device__status="AWAITING_QC")

    with pytest.raises(Refused):
        finish_work(entry, Work("Oiled", next_status="AVAILABLE"), by=person("Technician"))

    assert Device.objects.get().status == "AWAITING_QC"


# ── pages ────────────────────────────────────────────────────────────────────────────────────────

ROWS = {"part-TOTAL_FORMS": 2, "part-INITIAL_FORMS": 0, "part-0-quantity": 1, "part-1-quantity": 1}


@pytest.mark.django_db
def test_an_engineer_works_through_the_page_from_begin_to_return(client, person):
    client.force_login(person("Engineer"))
    entry = EntryFactory.create(device__status="DOWN")

    def press(verb, given=None):
        return client.post(reverse(f"equipment:{verb}", args=[entry.pk]), given or {})

    assert press("begin").status_code == 302
    assert press("note", {"text": "Opened", "attachments": [photo(), report()]}).status_code == 302
    assert press("hand_back", {"note": "Waiting"}).status_code == 302
    assert press("begin").status_code == 302
    part = {"part-0-name": "Brake", "part-0-cost": "12.50"}
    told = {"work_done": "New brake", "hours": "1.5", "cost": "80", "next_status": "AWAITING_QC"}
    assert press("finish", ROWS | part | told).status_code == 302
    page = client.get(reverse("equipment:entry", args=[entry.pk])).content.decode()
    assert "Give back to patients" in page
    assert "92.50" in page
    back = client.post(
        reverse("equipment:change_status", args=[entry.device_id]),
        {"status": "AVAILABLE", "reason": "QC passed"},
    )

    assert back.status_code == 302
    assert Device.objects.get().status == "AVAILABLE"
    assert entry.attachments.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("finish", ROWS | {"work_done": ""}),
        ("finish", ROWS | {"work_done": "x", "hours": "many"}),
        ("finish", {"work_done": "x"}),
        ("finish", ROWS | {"work_done": "x", "part-TOTAL_FORMS": "9999999"}),
        ("hand_back", {"note": ""}),
        ("note", {"text": " "}),
    ],
)
def test_what_is_missing_is_asked_for_again(client, person, verb, given):
    client.force_login(person("Engineer"))
    entry = EntryFactory.create(status="IN_WORK")
    address = reverse(f"equipment:{verb}", args=[entry.pk])

    assert client.post(address, given).status_code == 422
    assert client.post(address, given, headers={"HX-Request": "true"}).status_code == 422
    entry.refresh_from_db()
    assert entry.status == "IN_WORK"


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["begin", "hand_back", "note", "finish"])
def test_a_technician_reads_the_log_and_does_not_keep_it(client, person, verb):
    client.force_login(person("Technician"))
    entry = EntryFactory.create(symptom="IMAGE")

    page = client.get(reverse("equipment:entry", args=[entry.pk]))
    refused = client.post(reverse(f"equipment:{verb}", args=[entry.pk]))

    assert page.status_code == 200
    assert "Begin the work" not in page.content.decode()
    assert "Add words or a photo" in page.content.decode()
    assert refused.status_code == 403


@pytest.mark.django_db
def test_a_new_entry_is_opened_on_its_page(client, person):
    client.force_login(person("Engineer"))
    device = DeviceFactory.create()
    address = reverse("equipment:open_entry") + f"?device={device.pk}"
    given = {"device": device.pk, "kind": "SOFTWARE", "title": "Update", "due_on": "2031-02-01"}

    assert client.get(address).status_code == 200
    assert client.post(address, given | {"title": ""}).status_code == 422
    assert client.post(address, given).status_code == 302
    assert MaintenanceEntry.objects.get().due_on is not None


@pytest.mark.django_db
@pytest.mark.parametrize("show", ["open", "faults", "work", "due", "overdue", "done", "rubbish"])
def test_the_list_shows_what_it_is_asked_for(client, person, show):
    client.force_login(person("Technician"))
    made = {
        "open": EntryFactory.create(title="open-one"),
        "faults": EntryFactory.create(title="fault-one", symptom="IMAGE"),
        "work": EntryFactory.create(title="work-one", status="IN_WORK"),
    }

    page = client.get(reverse("equipment:maintenance"), {"show": show, "kind": "x", "device": "y"})

    assert page.status_code == 200
    if show in made:
        assert made[show].title in page.content.decode()


@pytest.mark.django_db
def test_the_list_asks_a_constant_number_of_questions(
    client, person, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person("Engineer"))
    address = reverse("equipment:maintenance")
    EntryFactory.create(symptom="IMAGE")
    client.get(address)
    with django_assert_max_num_queries(25) as few:
        client.get(address)
    EntryFactory.create_batch(12, symptom="IMAGE", opened_by=person("Technician"))

    with django_assert_num_queries(len(few)):
        client.get(address)


@pytest.mark.django_db
def test_an_unchanged_log_is_not_sent_again(client, person):
    client.force_login(person("Engineer"))
    address = reverse("equipment:entry", args=[EntryFactory.create().pk])
    first = client.get(address, headers={"HX-Request": "true"})

    again = client.get(address, headers={"HX-Request": "true", "If-None-Match": first["ETag"]})

    assert again.status_code == 304
