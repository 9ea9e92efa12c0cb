"""Finding a patient from anywhere, and noting something on the record, by keys alone."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patients.models import Alert
from patients.tests.factories import AlertFactory, PatientFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_search_box_finds_somebody_and_enter_opens_the_record(page_for, person, live_server):
    patient = PatientFactory.create(name_alphabetic="Müller^Jürgen")
    page = page_for(person("Technician"))
    page.goto(live_server.url + reverse("worklist:board"))

    page.keyboard.press("/")
    with page.expect_response(lambda answer: "q=mueler" in (answer.request.post_data or "")):
        page.keyboard.type("mueler")
    expect(page.locator("#search-found")).to_contain_text("Müller, Jürgen")
    assert "mueler" not in page.url
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url("**" + reverse("patients:patient", args=[patient.pk]))


def test_escape_closes_what_was_found(page_for, person, live_server):
    PatientFactory.create(name_alphabetic="Müller^Jürgen")
    page = page_for(person("Technician"))
    page.goto(live_server.url + reverse("worklist:board"))
    page.keyboard.press("/")
    page.keyboard.type("mul")
    expect(page.locator("#search-found")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("#search-found")).to_be_hidden()


def test_an_entry_is_noted_in_a_dialog_and_a_contradiction_is_said_inside_it(
    page_for, person, live_server
):
    patient = AlertFactory.create(text="Latex").patient
    page = page_for(person("Technician"))
    page.goto(live_server.url + reverse("patients:patient", args=[patient.pk]))

    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Asked: no known allergies").check()
    dialog.get_by_role("button", name="Note it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("“Latex” is on the record")

    dialog.get_by_role("link", name="Implant").click()
    dialog.get_by_label("In the magnetic field").select_option("CONDITIONAL")
    dialog.get_by_label("What is it?").fill("Stent")
    dialog.get_by_role("button", name="Note it").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#safety")).to_contain_text("Stent")
    assert Alert.objects.active().count() == 2


def test_likely_duplicates_appear_beside_the_form(page_for, person, live_server):
    known = PatientFactory.create(
        name_alphabetic="Mueller^Juergen", birth_date=dt.date(1953, 5, 12)
    )
    page = page_for(person("Scheduler"), "phone")
    page.goto(live_server.url + reverse("patients:register"))

    page.get_by_label("Family name").first.fill("Müller")
    page.get_by_label("Given name").first.fill("Jürgen")
    page.get_by_label("Birth date").fill("12 May 1953")

    expect(page.locator("#likely")).to_contain_text(known.patient_id)
    expect(page.get_by_role("button", name="Register", exact=True)).to_be_hidden()
