"""The desk of a reader in a real browser: whatever happens, nothing typed is lost."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from reports import services
from reports.models import Report, ReportVersion
from reports.tests.factories import SAID, ReportTemplateFactory, a_report, step_of
from reports.words import Words

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
DRAFT = re.compile(r"/draft/$")


@pytest.fixture
def reader(transactional_db, person):
    return person("Radiologist")


@pytest.fixture
def desk(reader, page_for, live_server):
    """`desk(report)`: the page of a report, without the viewer: that has its own tests."""

    def sit_down(report: Report, screen: str = "desk", scheme: str = "dark") -> Page:
        page: Page = page_for(reader, screen, scheme)
        page.route("**/events/", lambda route: route.fulfill(status=204))
        page.route("**/viewer/**", lambda route: route.fulfill(body="<title>Images</title>"))
        page.goto(live_server.url + at("report", report))
        return page

    return sit_down


def at(name: str, report: Report) -> str:
    return reverse(f"reports:{name}", args=[report.study.study_instance_uid])


def is_saved(page: Page) -> None:
    expect(page.locator("#saved[data-state=saved]")).to_be_visible(timeout=15_000)


def test_what_is_typed_is_saved_by_itself_and_is_there_on_another_computer(desk, reader):
    report = a_report()
    page = desk(report)

    page.get_by_label("Findings").fill("No bleeding.")
    is_saved(page)

    assert Report.objects.get(pk=report.pk).findings == "No bleeding."
    assert Report.objects.get(pk=report.pk).claimed_by == reader
    page.reload()
    expect(page.get_by_label("Findings")).to_have_value("No bleeding.")


def test_words_survive_a_network_that_goes_away(desk):
    report = a_report()
    page = desk(report)
    page.route(DRAFT, lambda route: route.abort())

    page.get_by_label("Findings").fill("Written in a tunnel.")

    expect(page.locator("#saved[data-state=away]")).to_be_visible(timeout=10_000)
    assert page.evaluate("Object.values(localStorage).join().includes('tunnel')") is False
    page.unroute(DRAFT)
    is_saved(page)
    assert Report.objects.get(pk=report.pk).findings == "Written in a tunnel."


def test_a_window_that_is_behind_keeps_both_texts_and_asks(desk, reader):
    report = a_report()
    page = desk(report)
    services.save_draft(report, by=reader, words=Words(findings="The other window."), number=0)

    page.get_by_label("Findings").fill("This window.")

    conflict = page.locator("#conflict")
    expect(conflict).to_be_visible(timeout=10_000)
    expect(conflict.locator("[data-conflict-text]")).to_have_text("The other window.")
    expect(page.get_by_label("Findings")).to_have_value("This window.")
    assert Report.objects.get(pk=report.pk).findings == "The other window."
    conflict.get_by_role("button", name="Keep my words").click()
    is_saved(page)
    assert Report.objects.get(pk=report.pk).findings == "This window."


def test_a_template_goes_behind_what_is_written_and_asks_for_its_places(desk):
    ReportTemplateFactory.create(name="Chest", findings="Heart [not enlarged].")
    page = desk(a_report())
    page.get_by_label("Findings").fill("A rib is broken.")

    page.get_by_role("button", name="Template").click()
    page.get_by_role("button", name="Chest").click()

    findings = page.get_by_label("Findings")
    expect(findings).to_have_value("A rib is broken.\n\nHeart [not enlarged].")
    page.keyboard.type("normal")
    expect(findings).to_have_value("A rib is broken.\n\nHeart normal.")


def test_signing_takes_one_key_and_one_confirmation(desk):
    report = a_report()
    page = desk(report)
    page.get_by_label("Findings").fill("Clear.")
    page.get_by_label("Impression").fill("Normal.")

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog", name="Sign this report")).to_contain_text("Normal.")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Final report", exact=True)).to_be_visible(timeout=15_000)
    assert ReportVersion.objects.get(report=report).impression == "Normal."


def test_a_refusal_leaves_every_word_on_the_screen(desk):
    report = a_report()
    page = desk(report)
    page.get_by_label("Technique").fill("Native.")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Enter")

    expect(page.get_by_text("There is nothing to sign")).to_be_visible(timeout=15_000)
    expect(page.get_by_label("Technique")).to_have_value("Native.")


def test_keys_walk_the_list_and_claim(reader, page_for, live_server):
    later, sooner = a_report(minutes=5), a_report(minutes=50)
    page = page_for(reader)
    page.route("**/events/", lambda route: route.fulfill(status=204))
    page.route("**/viewer/**", lambda route: route.fulfill(body=""))
    page.goto(live_server.url + reverse("reports:list"))

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("c")

    page.wait_for_url(f"**{at('report', later)}")
    assert Report.objects.get(pk=later.pk).claimed_by == reader
    assert Report.objects.get(pk=sooner.pk).claimed_by is None


@pytest.fixture
def doors(reader, person):
    """A day's pages of reports for everybody who has some."""
    referrer, technician = person("Referrer"), person("Technician")
    ReportTemplateFactory.create()
    written, signed = a_report("STAT"), a_report(ordered_by=referrer)
    services.write_note(step_of(written.study), by=technician, verdict="URGENT", words="Air?")
    services.save_draft(written, by=reader, words=SAID, number=0)
    services.sign_report(signed, by=reader, words=SAID)
    services.sign_later(signed, kind="CORRECTION", by=reader, words=Words("", "A", "B"), reason="C")
    desks = [at("report", written), at("report", signed), at("versions", signed)]
    note = reverse("worklist:procedure", args=[step_of(written.study).pk])
    return {
        reader: [reverse("reports:list"), *desks],
        referrer: [reverse("reports:results"), at("report", signed)],
        technician: [note, reverse("studies:study", args=[written.study.study_instance_uid])],
    }


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_every_page_is_accessible_and_whole(doors, page_for, live_server, flaws, screen):
    wrong: dict[str, list[str]] = {}
    for somebody, paths in doors.items():
        page = page_for(somebody, screen)
        page.route("**/events/", lambda route: route.fulfill(status=204))
        page.route("**/viewer/**", lambda route: route.fulfill(body="<title>Images</title>"))
        for path in paths:
            page.goto(live_server.url + path)
            page.wait_for_load_state("networkidle")  # slots load themselves
            found = flaws(page)
            if found:
                wrong[path] = found

    assert wrong == {}
