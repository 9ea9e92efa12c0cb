"""Rooms, devices and their care in a real browser: accessible, whole, in both themes."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import FilePayload

from equipment import services
from equipment.models import Device, Downtime, MaintenanceEntry, OpeningHours
from equipment.periodic import open_due_maintenance
from equipment.services import Block, Fault, UsedPart, Work
from equipment.tests.factories import DeviceFactory, EntryFactory, NodeFactory, photo, report

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

LONG = "放射線科 Röntgenuntersuchungsraum für die Ambulanz, غرفة الأشعة"


@pytest.fixture
def care(transactional_db, person) -> dict[str, Device]:
    """A department to whose devices everything happens at once."""
    technician, engineer = person("Technician", "technician"), person("Engineer", "engineer")
    room = {"room__name": LONG, "room__location": LONG}
    ct = DeviceFactory.create(
        name="CT 1", maker="Nordlicht Medical", model_name="Aurora 64", serial_number="N-4471"
    )
    long = DeviceFactory.create(name=LONG, modality="MR", contract=LONG, **room)
    DeviceFactory.create(name="MR 2", modality="MR", room=long.room)
    mended = DeviceFactory.create(name="Angio 1", modality="XA")
    NodeFactory.create()
    for weekday in range(5):
        OpeningHours.objects.create(device=ct, weekday=weekday, opens_at="07:00", closes_at="18:00")
    today, now = timezone.localdate(), timezone.now()
    facts = {"title": "Tube and detector check", "rrule": "FREQ=WEEKLY", "starts_on": today}
    services.make_plan(ct, facts | {"instructions": "Cold start.\nWater phantom."}, by=engineer)
    open_due_maintenance()
    EntryFactory.create(device=long, title=LONG, due_on=today - dt.timedelta(days=9))
    tomorrow = now + dt.timedelta(days=1)
    services.plan_block(
        long, Block("QC", tomorrow, tomorrow + dt.timedelta(hours=2), LONG), by=engineer
    )
    services.report_fault(long, Fault("ACCESSORY", "LIMITED", LONG * 3), by=technician)
    fault = Fault("NOISE", "DOWN", "Burning smell at the gantry", [photo((900, 600))])
    down = services.begin_work(services.report_fault(ct, fault, by=technician), by=engineer)
    services.attach(down, [report()], by=engineer)
    services.note_work(down, by=engineer, text=LONG)
    broken = services.report_fault(mended, Fault("MECHANICAL", "DOWN"), by=technician)
    work = Work("New brake", parts=[UsedPart("Brake")], next_status="AWAITING_QC")
    services.finish_work(services.begin_work(broken, by=engineer), work, by=engineer)
    return {"technician": technician, "engineer": engineer}


def pages_of(username: str) -> list[str]:
    """What this person opens; the engineer also opens every form."""
    device = Device.objects.get(name="CT 1")
    entries = MaintenanceEntry.objects.exclude(title=device.plans.get().title)
    looked_at = [
        reverse("equipment:list"),
        reverse("equipment:room", args=[Device.objects.get(name="MR 2").room_id]),
        *(
            reverse("equipment:device", args=[one.pk])
            for one in (device, Device.objects.get(name=LONG))
        ),
        *(reverse("equipment:entry", args=[entry.pk]) for entry in entries),
        reverse("equipment:report_fault"),
        f"{reverse('equipment:report_fault')}?device={device.pk}",
    ]
    if username == "technician":
        return looked_at
    return [
        *looked_at,
        reverse("equipment:list") + "?screen",
        reverse("equipment:maintenance"),
        reverse("equipment:open_entry") + f"?device={device.pk}",
        reverse("equipment:make_plan", args=[device.pk]),
        reverse("equipment:plan", args=[device.plans.get().pk]),
        reverse("equipment:plan_block", args=[device.pk]),
        reverse("equipment:block", args=[Downtime.objects.planned().get().pk]),
    ]


@pytest.mark.parametrize(
    "who",
    ["engineer, desk", "engineer, phone", "technician, phone"],
)
def test_every_page_of_the_equipment_is_accessible_and_whole(
    care, live_server, page_for, flaws, who
):
    username, screen = who.split(", ")
    page = page_for(care[username], screen)
    page.route("**/events/", lambda route: route.fulfill(status=204))  # another server's part
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    wrong: dict[str, list[str]] = {}
    for path in pages_of(username):
        errors.clear()
        answer = page.goto(live_server.url + path, wait_until="load")
        page.wait_for_timeout(150)  # slots load themselves
        found = [*flaws(page), *errors, *([] if answer.ok else [str(answer.status)])]
        if found:
            wrong[path] = found

    assert wrong == {}


def test_a_form_keeps_what_was_typed_and_grows_rows_for_parts(care, live_server, page_for):
    page = page_for(care["engineer"])
    page.route("**/events/", lambda route: route.fulfill(status=204))
    entry = MaintenanceEntry.objects.in_work().get()
    address = live_server.url + reverse("equipment:entry", args=[entry.pk])
    page.goto(address)

    page.get_by_label("What was done").fill("Half a story")
    page.goto(address)  # before the typing has come to rest
    page.get_by_role("button", name="Another part").click()
    page.locator("[name=part-2-name]").fill("Third part")
    page.get_by_role("button", name="Finish the work").click()

    page.get_by_text("Third part").wait_for()
    assert "Half a story" in page.content()


def test_the_rhythm_is_said_while_it_is_written(care, live_server, page_for):
    page = page_for(care["engineer"])
    page.route("**/events/", lambda route: route.fulfill(status=204))
    device = Device.objects.get(name="CT 1")
    page.goto(live_server.url + reverse("equipment:make_plan", args=[device.pk]))

    page.get_by_label("Or a rule of your own").fill("FREQ=MONTHLY;BYDAY=1MO")
    page.get_by_label("Or a rule of your own").press("Tab")

    page.get_by_text("Every month, on the first Monday").wait_for()


def test_the_same_fault_is_added_to_with_words_and_photo(care, live_server, page_for):
    page = page_for(care["technician"], "phone")
    page.route("**/events/", lambda route: route.fulfill(status=204))
    device = Device.objects.get(name="CT 1")
    page.goto(f"{live_server.url}{reverse('equipment:report_fault')}?device={device.pk}")
    again = photo((640, 480), name="again.jpg")
    picture = FilePayload(name="again.jpg", mimeType="image/jpeg", buffer=again.read())

    page.get_by_label("In your words").fill("Still smells")
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_text("again.jpg").wait_for()
    page.get_by_role("button", name="The same: add to it").click()

    page.get_by_text("Still smells").wait_for()
    page.get_by_role("img", name="again.jpg").wait_for()
    assert MaintenanceEntry.objects.filter(device=device, symptom="NOISE").count() == 1
