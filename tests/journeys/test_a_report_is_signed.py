"""The story of a report: read beside its images, signed, amended; seen and acknowledged by whoever
asked for it. In real programs."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from common.tests.programs import Up
from tests.journeys.test_an_image_travels import sign_in

QUICK = 15_000


def saved(page: Page) -> None:
    expect(page.locator("#saved[data-state=saved]")).to_be_visible(timeout=QUICK)


def sign(page: Page, reason: str = "") -> None:
    """One key, one confirmation; a reason where there is something to explain."""
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name=re.compile("^Sign"))
    if reason:
        dialog.get_by_label("Why was the signed report not enough?").fill(reason)
    dialog.get_by_role("button", name="Sign", exact=True).click()


def read_and_amend(page: Page, department: Up) -> str:
    """The radiologist's half; gives back the address of the report."""
    sign_in(page, department, "radiologist")
    expect(page.locator("#reading tr[data-row]").first).to_be_visible(timeout=60_000)
    page.keyboard.press("c")
    images = page.frame_locator(".desk-viewer")
    expect(images.get_by_text(re.compile(r"Image 1 of \d+")).first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("You hold this study")).to_be_visible()

    page.get_by_label("Findings").fill("A nodule of 3 mm.")
    page.get_by_label("Impression").fill("Nodule, probably benign.")
    saved(page)
    sign(page)
    expect(page.get_by_text("Final report", exact=True)).to_be_visible(timeout=QUICK)

    page.get_by_role("button", name="Amend").click()
    page.get_by_label("Findings").fill("A nodule of 5 cm.")
    page.get_by_label("Impression").fill("Mass: further examination needed.")
    saved(page)
    sign(page, reason="Measured again")
    expect(page.get_by_text("Amended report")).to_be_visible(timeout=QUICK)
    address = page.url

    page.get_by_role("link", name="Versions and differences").click()
    expect(page.locator("ins", has_text="5 cm")).to_be_visible()
    expect(page.locator("del", has_text="3 mm")).to_be_visible()
    return address


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(240)
def test_a_report_is_read_signed_amended_and_acknowledged(up, page: Page, browser: Browser):
    department = up().await_ready()
    address = read_and_amend(page, department)

    asker = browser.new_context().new_page()
    sign_in(asker, department, "referrer")
    row = asker.locator("tr.row-unread", has_text="Mass: further examination needed.")
    expect(row).to_be_visible()
    row.get_by_role("link").first.click()
    expect(asker.get_by_text("A nodule of 5 cm.")).to_be_visible()
    expect(asker.get_by_text("A nodule of 3 mm.")).not_to_be_visible()
    asker.get_by_label("Remark for the reader").fill("Thank you")
    asker.get_by_role("button", name="I have read it").click()
    expect(asker.get_by_text("You have read this version")).to_be_visible(timeout=QUICK)
    asker.context.close()

    page.goto(address)
    expect(page.get_by_text(re.compile("read by .*Thank you", re.DOTALL))).to_be_visible()
