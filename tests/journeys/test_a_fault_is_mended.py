"""The engineer's story: a fault is reported from a phone, and the device is given back."""

import io
import re
import secrets

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, ViewportSize, expect

from common.tests.programs import RealPrograms
from equipment.models import Device, Downtime
from equipment.tests.factories import DeviceFactory

PASSWORD = secrets.token_urlsafe(16)
PHONE = ViewportSize(width=390, height=844)


def photo_of_a_gantry() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), "#4a5a6a").save(out, "JPEG")
    return out.getvalue()


def person_at(where: BrowserContext, department: RealPrograms, username: str) -> Page:
    """Somebody who has signed in, on a screen of their own."""
    page = where.new_page()
    page.goto(f"{department.url}/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)
    return page


def report_from_the_phone(phone: Page, department: RealPrograms, room: str) -> None:
    """From the room's page: report, what is wrong, what it means."""
    phone.goto(f"{department.url}/equipment/")
    phone.get_by_role("link", name=room, exact=True).click()
    phone.get_by_role("link", name="Report a fault").tap()
    phone.get_by_label("In your words").fill("Burning smell at the gantry")
    photo = FilePayload(name="IMG_7.jpg", mimeType="image/jpeg", buffer=photo_of_a_gantry())
    phone.locator("input[type=file]").set_input_files(photo)
    phone.get_by_label("Noise, smell or heat").tap()
    phone.get_by_role("button", name=re.compile("Does not work")).tap()
    expect(phone.get_by_role("heading", name="Burning smell at the gantry")).to_be_visible()
    expect(phone.get_by_role("img", name="IMG_7.jpg")).to_be_visible()


def mend(engineer: Page, seen_by: Page) -> None:
    """From the device's page: begin, note, finish, give back; the note appears on the phone."""
    expect(engineer.locator(".standing-why")).to_contain_text("Burning smell at the gantry")
    engineer.get_by_role("link", name="Burning smell at the gantry").first.click()
    engineer.get_by_role("button", name="Begin the work").click()
    expect(engineer.locator(".aside [data-state=IN_SERVICE]")).to_be_visible()
    engineer.get_by_label("Note for the log").fill("Anode bearing is loud")
    engineer.get_by_role("button", name="Note").click()
    expect(seen_by.get_by_text("Anode bearing is loud")).to_be_visible(timeout=10_000)
    engineer.get_by_label("What was done").fill("New tube, calibrated")
    engineer.get_by_label("Hours of work").fill("4.5")
    engineer.locator("[name=part-0-name]").fill("Tube")
    engineer.get_by_role("button", name="Finish the work").click()
    engineer.get_by_role("button", name="Give back to patients").click()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(240)
def test_a_fault_goes_from_a_phone_to_return_to_service(department, browser: Browser, person):
    device = DeviceFactory.create(name="CT 1", room__name="CT room 1")
    DeviceFactory.create(name="MR 1", room__name="MR room 1")
    person("Engineer", "engineer", PASSWORD)
    person("Technician", "technician", PASSWORD)
    desk, hand = browser.new_context(), browser.new_context(viewport=PHONE, has_touch=True)
    engineer = person_at(desk, department, "engineer")
    phone = person_at(hand, department, "technician")
    engineer.goto(f"{department.url}/equipment/")
    tile = engineer.locator(f"#device-{device.pk}")
    expect(tile.locator("[data-state=AVAILABLE]")).to_be_visible()
    engineer.evaluate("window.neverReloaded = true")

    report_from_the_phone(phone, department, "CT room 1")

    expect(tile.locator("[data-state=DOWN]")).to_be_visible(timeout=10_000)
    assert engineer.evaluate("window.neverReloaded")
    tile.click()
    mend(engineer, seen_by=phone)

    engineer.wait_for_url(re.compile(r"/equipment/devices/\d+/$"))
    expect(engineer.locator(".standing [data-state=AVAILABLE]")).to_be_visible()
    for words in ("Noise, smell or heat", "New tube, calibrated", "QC passed"):
        expect(engineer.locator(".story")).to_contain_text(words)
    device.refresh_from_db()
    assert device.status == Device.Status.AVAILABLE
    assert Downtime.objects.get().ends_at is not None
    desk.close()
    hand.close()
