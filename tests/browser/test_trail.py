"""The trail in a browser: taken away, found by patient, printed, whole on every screen."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from patients.tests.factories import AlertFactory, PatientFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPENINGS = 130  # more than one report lists


@pytest.fixture
def patient(transactional_db, person):
    patient = PatientFactory.create(name_alphabetic="Lindgren^Astrid", is_confidential=True)
    AlertFactory.create(patient=patient)
    technician = person("Technician")
    for _ in range(OPENINGS):
        record("patient.viewed", patient, by=technician, patient=patient, how="page")
    record("person.failed_to_sign_in", None, by=None)
    record("association.refused", None, by=None, sender="STRANGER")
    return patient


@pytest.fixture
def page(page):
    page.route("**/events/", lambda route: route.fulfill(status=204))  # another server's part
    return page


def test_the_trail_is_taken_away_as_often_as_it_is_asked_for(
    patient, person, page_for, live_server
):
    page = page_for(person("Administrator"))
    page.goto(live_server.url + reverse("audit:trail") + "?group=openings")

    for button in ("CSV", "JSON Lines", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        lines = download.value.path().read_text().splitlines()
        assert sum("patient.viewed" in line for line in lines) == OPENINGS


def test_a_patient_is_found_without_a_name_in_the_address(patient, person, page_for, live_server):
    page = page_for(person("Administrator"))
    page.goto(live_server.url + reverse("audit:trail"))

    page.get_by_placeholder("Who looked at").fill("lindgren")
    page.get_by_role("button", name="Find patient").click()

    page.wait_for_url(f"**{reverse('audit:record', args=['patients.patient', patient.pk])}")
    assert page.get_by_role("cell", name="Technician", exact=True).is_visible()


def test_the_report_of_one_patient_fits_on_a_page_or_two(patient, person, page_for, live_server):
    page = page_for(person("Administrator"))
    page.goto(
        live_server.url + reverse("audit:record", args=["patients.patient", patient.pk]),
    )

    paper = page.pdf(format="A4")

    assert paper.count(b"/Type /Page\n") in {1, 2}
    page.emulate_media(media="print")
    assert page.get_by_text("printed").is_visible()
    assert page.get_by_role("button", name="Print").is_hidden()


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_every_page_of_the_trail_is_accessible_and_whole(
    patient, person, page_for, live_server, flaws, screen
):
    administrator = person("Administrator")
    page = page_for(administrator, screen)
    wrong = {}
    for address in (
        reverse("audit:trail") + f"?patient={patient.pk}&since=soon",
        reverse("audit:own"),
        reverse("audit:person", args=[administrator.pk]),
        reverse("audit:record", args=["patients.patient", patient.pk]),
        reverse("audit:day", args=[timezone.localdate()]),
    ):
        page.goto(live_server.url + address, wait_until="load")
        found = flaws(page)
        if found:
            wrong[address] = found

    assert wrong == {}
