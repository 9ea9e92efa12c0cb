"""The scheduler's story: a stranger is registered, asked for, booked and moved; the CT knows it."""

import datetime as dt
import secrets

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pydicom.dataset import Dataset
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    ModalityWorklistInformationFind,
)

from common.tests.programs import RealPrograms
from equipment.models import OpeningHours
from equipment.tests.factories import DeviceFactory
from gateway.calling.undisturbed import Undisturbed
from tests.browser.dragging import drag
from worklist.models import ScheduledProcedure
from worklist.tests.factories import ProcedureTypeFactory

PASSWORD = secrets.token_urlsafe(16)
PATIENCE = 15_000  # milliseconds: several programs share the machine
PENDING = {0xFF00, 0xFF01}

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def asked_by(station: str, port: int) -> list[Dataset]:
    """What the department answers to a device that asks for its own worklist (C-FIND)."""
    question, step = Dataset(), Dataset()
    question.PatientName = question.PatientID = question.AccessionNumber = ""
    step.ScheduledStationAETitle, step.ScheduledProcedureStepStartDate = station, ""
    step.ScheduledProcedureStepStartTime = ""
    question.ScheduledProcedureStepSequence = [step]
    device = Undisturbed(ae_title=station)
    device.add_requested_context(ModalityWorklistInformationFind)
    association = device.associate("127.0.0.1", port, ae_title="IMAGING_DEPT")
    assert association.is_established
    answers = association.send_c_find(question, ModalityWorklistInformationFind)
    found = [answer for status, answer in answers if answer and status.Status in PENDING]
    association.release()
    return found


def sign_in(page: Page, department: RealPrograms) -> None:
    page.goto(f"{department.url}/accounts/login/")
    page.locator("input[name=login]").fill("sam")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)


def register(page: Page, department: RealPrograms) -> None:
    """Nobody knows this patient: register, and go on to the order."""
    page.goto(f"{department.url}/worklist/orders/new/")
    page.get_by_role("link", name="Register a new patient").click()
    page.locator("[name=alphabetic_family]").fill("Yamada")
    page.locator("[name=alphabetic_given]").fill("Tarou")
    page.locator("[name=patient_id]").fill("MRN-77")
    page.locator("[name=birth_date]").fill("1950-03-01")
    page.get_by_role("button", name="Register").click()
    expect(page.locator(".ts-control .item").first).to_contain_text("Yamada", timeout=PATIENCE)


def order(page: Page) -> None:
    """Pick the procedure by typing a part of it, and say what it is about."""
    page.locator("#id_procedure_type-ts-control").fill("abdo")
    page.get_by_role("option", name="CT abdomen").click()
    page.get_by_label("Urgent").check()
    page.get_by_label("Clinical question").fill("Appendicitis?")
    page.get_by_role("button", name="Order, then book").click()
    expect(page.get_by_role("heading", name="Book a time")).to_be_visible(timeout=PATIENCE)


def book_tomorrow(page: Page, tomorrow: dt.date) -> None:
    """The first free time of tomorrow, in one tap."""
    page.get_by_label("From").fill(tomorrow.isoformat())
    expect(page.locator("#times h3").first).to_contain_text(f"{tomorrow:%A}", timeout=PATIENCE)
    page.locator(".slot").first.click()
    expect(page.locator("[data-state=SCHEDULED]").first).to_be_visible(timeout=PATIENCE)


def move_to_the_other_device(page: Page, department: RealPrograms) -> None:
    """On tomorrow's timeline: an hour later, one row down."""
    page.goto(f"{department.url}/worklist/schedule/")
    page.get_by_role("button", name="Later").click()
    bar = page.locator(".ec-event", has_text="Yamada")
    expect(bar).to_be_visible(timeout=PATIENCE)
    half_an_hour = bar.bounding_box()
    assert half_an_hour
    drag(page, bar, right=2 * half_an_hour["width"], row=page.locator(".ec-row-head").nth(1))
    expect(page.get_by_text("Moved to 09:30.")).to_be_visible(timeout=PATIENCE)


def test_a_patient_is_registered_booked_and_moved_and_the_ct_knows(
    department: RealPrograms, person, page: Page
):
    person("Scheduler", username="sam", password=PASSWORD)
    here = DeviceFactory.create(name="CT A", ae_title="CT_A")
    there = DeviceFactory.create(name="CT B", ae_title="CT_B")
    for device in (here, there):
        for weekday in range(7):
            # The second opens an hour later, so that the first free time is on the first.
            opens_at = dt.time(8, 30) if device == here else dt.time(9, 30)
            OpeningHours.objects.create(
                device=device, weekday=weekday, opens_at=opens_at, closes_at=dt.time(17)
            )
    ProcedureTypeFactory.create(meaning="CT abdomen", modality="CT", minutes=30)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)

    sign_in(page, department)
    register(page, department)
    order(page)
    book_tomorrow(page, tomorrow)

    step = ScheduledProcedure.objects.get()
    assert (step.device, f"{timezone.localtime(step.scheduled_start):%H:%M}") == (here, "08:30")
    [listed] = asked_by("CT_A", department.dicom_port)
    assert (listed.PatientID, str(listed.PatientName)) == ("MRN-77", "Yamada^Tarou")

    move_to_the_other_device(page, department)

    assert asked_by("CT_A", department.dicom_port) == []
    [listed] = asked_by("CT_B", department.dicom_port)
    [item] = listed.ScheduledProcedureStepSequence
    assert item.ScheduledProcedureStepStartDate == f"{tomorrow:%Y%m%d}"
    assert item.ScheduledProcedureStepStartTime.startswith("0930")
    assert listed.AccessionNumber == step.order.accession_number
