"""The story of a report: read beside its images, signed, amended; seen and acknowledged by whoever
asked for it. In real programs."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from common.tests.programs import Up
from tests.journeys.test_an_image_travels import sign_in
from tests.journeys.visitor import manage

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


def signed(page: Page, status: str, words: str) -> Locator:
    """The signed report as it stands; the patient's other studies may have theirs beside it."""
    return page.get_by_role("article", name=re.compile(f"^{status}")).filter(has_text=words)


# A study that waits and nobody holds; the demonstration's referrer shall be the one who asked.
ASKED_BY_REFERRER = """
from reports.models import Report
from staff.models import User
from worklist.models import Order
waiting = Report.objects.filter(status="READY_TO_READ", claimed_by=None, study__order__isnull=False)
report = waiting.order_by("urgency", "waiting_since").first()
asker = User.objects.get(username="referrer")
Order.objects.filter(pk=report.study.order_id).update(ordered_by=asker)
print(f"report-{report.pk}")
"""


def read_and_amend(page: Page, department: Up) -> str:
    """The radiologist's half; gives back the address of the report."""
    row = manage(department, "shell", "-c", ASKED_BY_REFERRER).split()[-1]
    sign_in(page, department, "radiologist")
    page.locator(f"#reading #{row}").get_by_role("button", name="Read").click(timeout=60_000)
    images = page.frame_locator(".desk-viewer")
    expect(images.get_by_text(re.compile(r"Image 1 of \d+")).first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("You hold this study")).to_be_visible()

    page.get_by_label("Findings").fill("A nodule of 3 mm.")
    page.get_by_label("Impression").fill("Nodule, probably benign.")
    saved(page)
    sign(page)
    expect(signed(page, "Final report", "probably benign")).to_be_visible(timeout=QUICK)

    page.get_by_role("button", name="Amend").click()
    page.get_by_label("Findings").fill("A nodule of 5 cm.")
    page.get_by_label("Impression").fill("Mass: further examination needed.")
    saved(page)
    sign(page, reason="Measured again")
    expect(signed(page, "Amended report", "further examination")).to_be_visible(timeout=QUICK)
    address = page.url

    page.get_by_role("link", name="Versions and differences").click()
    expect(page.locator("ins", has_text="5 cm")).to_be_visible()
    expect(page.locator("del", has_text="3 mm")).to_be_visible()
    return address


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(480)
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
