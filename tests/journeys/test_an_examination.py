"""A technician's examination, from the arrival to the preliminary note, while the scanner sends."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from equipment.tests.factories import DeviceFactory
from patients.tests.factories import PatientFactory
from tests.journeys.modality import Study
from worklist.models import ScheduledProcedure
from worklist.tests.factories import (
    ContrastAgentFactory,
    ExpectedViewFactory,
    ProcedureTypeFactory,
    QuestionFactory,
    ScheduledProcedureFactory,
)

SLICES = 4
PATIENCE = 15_000  # milliseconds: several programs share the machine
PASSWORD = "a technician's own words"  # noqa: S105 — of a person who lives for one test

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.interop,
]


@pytest.fixture
def booked() -> ScheduledProcedure:
    """A CT of the left hip with contrast, in a quarter of an hour."""
    kind = ProcedureTypeFactory.create(
        meaning="CT left hip",
        needs_side=True,
        contrast="ALWAYS",
        expected_images=SLICES,
        positioning="Supine, feet first.",
    )
    first = QuestionFactory.create(text="Ever had a reaction to contrast?", valid_days=30)
    QuestionFactory.create(questionnaire=first.questionnaire, text="Taking metformin?")
    kind.questionnaires.add(first.questionnaire)
    ExpectedViewFactory.create(procedure_type=kind, name="Venous phase", images=SLICES)
    ContrastAgentFactory.create(name="Testhexol 350", most_ml=150)
    soon = timezone.now() + dt.timedelta(minutes=15)
    return ScheduledProcedureFactory.create(
        order__procedure_type=kind,
        order__patient=PatientFactory.create(birth_date=dt.date(1970, 3, 9)),
        device=DeviceFactory.create(ae_title="CT01", modality="CT"),
        scheduled_start=soon,
        side="L",
        screening="OPEN",
    )


def sign_in(page: Page, url: str, username: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "login" not in address)


def images_of(procedure: ScheduledProcedure, folder: Path) -> list[Path]:
    """What the scanner has taken of this patient."""
    order, patient = procedure.order, procedure.order.patient
    study = Study(
        uid=order.study_instance_uid,
        accession=order.accession_number,
        patient_id=patient.patient_id,
        patient_name=patient.name_alphabetic,
        issuer=patient.issuer,
        birth_date=f"{patient.birth_date:%Y%m%d}",
    )
    files = []
    for number, dataset in enumerate(study.ct_slices(SLICES)):
        dataset.SpecificCharacterSet = "ISO_IR 192"
        files.append(folder / f"{number}.dcm")
        dataset.save_as(files[-1], enforce_file_format=True)
    return files


def step(page: Page, key: str) -> Locator:
    """One step of the examination, unfolded."""
    found = page.locator(f"#step-{key}")
    if found.get_attribute("open") is None:
        found.locator("summary").first.click()
    expect(found).to_have_attribute("open", "", timeout=PATIENCE)
    return found


def prepare(page: Page, patient_id: str) -> None:
    """Who is it, what is to be known, which side: then the patient goes in."""
    page.get_by_role("link", name="Next: Who is it?").click()
    page.get_by_label("Birth date").check()
    page.get_by_label("Wristband").fill(patient_id)
    page.keyboard.press("Enter")
    expect(page.locator("#step-identity.step-done")).to_be_visible(timeout=PATIENCE)

    for question in ("Ever had a reaction to contrast?", "Taking metformin?"):
        page.get_by_role("group", name=question).get_by_role("radio", name="No", exact=True).check()
    page.get_by_role("button", name="Hand in the answers").click()
    expect(page.locator("#step-screening.step-done")).to_be_visible(timeout=PATIENCE)

    page.locator("#step-side").get_by_role("radio", name="Left").check()
    page.get_by_role("button", name="This is the side").click()
    page.locator(".work-actions").get_by_role("button", name="Start").click()
    expect(page.locator(".work")).to_contain_text("In progress", timeout=PATIENCE)


def note_down(page: Page) -> None:
    """What is given and exposed, while the images come."""
    given = step(page, "given")
    given.locator("[name=agent]").select_option(label="Testhexol 350")
    given.locator("[name=volume_ml]").fill("80")
    given.get_by_role("button", name="Note what was given").click()
    expect(given.locator(".facts")).to_contain_text("Testhexol 350 80.0 ml", timeout=PATIENCE)
    exposed = step(page, "exposed")
    exposed.locator("[name=dlp]").fill("210.4")
    exposed.get_by_role("button", name="Note the exposure").click()
    expect(exposed.locator(".value").first).to_contain_text("mGy·cm DLP", timeout=PATIENCE)


def look_at_images(page: Page) -> None:
    """They are all here; each is kept."""
    images = page.locator("#step-images")
    expect(images.locator("summary").first).to_contain_text(
        f"{SLICES} of {SLICES}", timeout=PATIENCE
    )
    keep = images.get_by_role("button", name="Keep all")
    keep.click()
    expect(keep).to_have_count(0, timeout=PATIENCE)


def finish(page: Page) -> None:
    """A word for whoever reads the images, and it is done."""
    note = step(page, "note")
    note.get_by_text("Nothing noticed").click()
    note.get_by_role("button", name="Hand in the note").click()
    page.get_by_role("link", name="Next: Finish").click(timeout=PATIENCE)
    page.get_by_label("Comment for the radiologist").fill("Arms beside the body.")
    expect(page.locator("#step-finish")).to_contain_text("Saved", timeout=PATIENCE)
    page.get_by_role("button", name="Complete the examination").click()
    expect(page.locator(".work")).to_contain_text("Completed", timeout=PATIENCE)
    expect(page.get_by_role("link", name="To the worklist")).to_be_focused()


def test_an_examination_from_arrival_to_preliminary_note(
    department, booked, page: Page, person, begin, tmp_path
):
    technician = person("Technician", "technician", PASSWORD)
    sign_in(page, department.url, technician.username)
    page.goto(f"{department.url}/worklist/")
    page.locator("tr[data-row]").get_by_role("button", name="Arrived").click()
    expect(page.locator("tr[data-row] .cell-state")).to_contain_text("Arrived", timeout=PATIENCE)
    page.locator("tr[data-row] a[data-row-link]").first.click()
    page.evaluate("window.neverReloaded = true")

    prepare(page, booked.patient.patient_id)
    files = images_of(booked, tmp_path)
    titles = ["-aet", "CT01", "-aec", "IMAGING_DEPT"]
    address = ["127.0.0.1", str(department.dicom_port)]
    sending = begin("storescu", *titles, *address, *files)
    note_down(page)
    assert sending.wait(60) == 0
    look_at_images(page)
    finish(page)

    assert page.evaluate("window.neverReloaded")
    booked.refresh_from_db()
    assert (booked.status, booked.performed) == ("COMPLETED", "COMPLETED")
    assert booked.images == "COMPLETE"
    assert booked.comment == "Arms beside the body."
    assert booked.preliminary_notes.get().by == technician
    assert not booked.discrepancies.exists()
    assert booked.performed_steps.get().status == "COMPLETED"
