"""The story of the first release: from a modality to a technician's screen, in real programs."""

import datetime as dt
import re
import subprocess

import pytest
from playwright.sync_api import Page, expect
from pydicom import dcmread

from common.tests.programs import Up
from tests.journeys.modality import Study

SLICES = 12
FRESH = re.compile(rf"{SLICES} of \d+")


def sign_in(page: Page, department: Up, username: str) -> None:
    """Through the door that people use, with the password the department has printed."""
    accounts = (department.data / "demo-accounts.txt").read_text().splitlines()
    password = next(line.split()[1] for line in accounts if line.startswith(username))
    page.goto(f"{department.url}/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)


def worklist_of(findscu: str, department: Up, station: str, folder) -> list:
    """Today's steps as the station's own query gets them."""
    today = dt.date.today().strftime("%Y%m%d")  # noqa: DTZ011 - the modality's own calendar
    keys = ["PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate"]
    keys += ["AccessionNumber", "StudyInstanceUID", "RequestedProcedureID"]
    step = "ScheduledProcedureStepSequence[0]."
    keys += [f"{step}Modality", f"{step}ScheduledProcedureStepStartDate={today}"]
    keys += [f"{step}ScheduledProcedureStepID", f"{step}ScheduledProcedureStepStatus"]
    words = [word for key in keys for word in ("-k", key)]
    address = ["-aet", station, "-aec", "IMAGING_DEPT", "127.0.0.1", str(department.dicom_port)]
    subprocess.run([findscu, "-W", "-X", "-od", str(folder), *words, *address], check=True)
    return [dcmread(file, force=True) for file in sorted(folder.glob("rsp*.dcm"))]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.interop
@pytest.mark.timeout(240)
def test_a_listed_patients_images_arrive_on_the_board_and_open_in_the_viewer(
    up, page: Page, dcmtk, tmp_path
):
    department = up().await_ready()
    listed = worklist_of(dcmtk("findscu"), department, "CT01", tmp_path)
    step = next(row for row in listed if row.AccessionNumber)
    study = Study(
        uid=str(step.StudyInstanceUID),
        accession=str(step.AccessionNumber),
        patient_id=str(step.PatientID),
        patient_name=step.PatientName,
        issuer=str(step.get("IssuerOfPatientID", "")),
        birth_date=str(step.PatientBirthDate),
        side=256,
    )
    files = []
    for number, dataset in enumerate(study.ct_slices(SLICES)):
        dataset.SpecificCharacterSet = "ISO_IR 192"
        files.append(tmp_path / f"{number}.dcm")
        dataset.save_as(files[-1], enforce_file_format=True)

    sign_in(page, department, "technician")
    page.goto(f"{department.url}/worklist/")
    row = page.locator("tr[data-row]", has_text=study.accession)
    expect(row).to_be_visible()
    page.evaluate("window.neverReloaded = true")
    titles = ["-aet", "CT01", "-aec", "IMAGING_DEPT"]
    address = ["127.0.0.1", str(department.dicom_port)]
    subprocess.run([dcmtk("storescu"), *titles, *address, *map(str, files)], check=True)
    expect(row.locator(".cell-images")).to_contain_text(FRESH, timeout=10_000)
    assert page.evaluate("window.neverReloaded")

    row.get_by_role("link").first.click()
    expect(page.locator(".shots img").first).to_be_visible(timeout=15_000)
    page.get_by_role("link", name="View").first.click()
    expect(page.get_by_text(f"Image 1 of {SLICES}")).to_be_visible(timeout=30_000)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text(f"Image 2 of {SLICES}")).to_be_visible(timeout=10_000)
