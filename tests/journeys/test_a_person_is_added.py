"""The administrator's story: somebody new gets an account with a role, works, and leaves."""

import secrets

import pytest
from playwright.sync_api import Browser, Page, expect

from audit.models import Entry
from common.tests.programs import RealPrograms
from staff.models import User

PASSWORD, FIRST = secrets.token_urlsafe(16), secrets.token_urlsafe(16)


def sign_in(page: Page, department: RealPrograms, username: str, password: str) -> None:
    page.goto(f"{department.url}/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(240)
def test_somebody_new_is_added_works_and_leaves(department, browser: Browser, person):
    administrator = person("Administrator", "chief", PASSWORD)
    desk, elsewhere = browser.new_context().new_page(), browser.new_context().new_page()

    sign_in(desk, department, "chief", PASSWORD)
    desk.get_by_role("link", name="Settings").first.click()
    desk.locator(".app-people").get_by_role("link", name="Add").first.click()
    desk.get_by_label("Username").fill("astrid")
    desk.get_by_label("First name").fill("Astrid")
    desk.get_by_label("Last name").fill("Lindgren")
    desk.get_by_label("Technician", exact=True).check()
    desk.locator("input[name=password1]").fill(FIRST)
    desk.locator("input[name=password2]").fill(FIRST)
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("was added successfully")).to_be_visible()

    sign_in(elsewhere, department, "astrid", FIRST)
    expect(elsewhere.get_by_role("heading", name="Worklist", level=1)).to_be_visible()
    elsewhere.goto(f"{department.url}/admin/")
    expect(elsewhere.get_by_role("link", name="Procedure types")).to_have_count(0)

    desk.get_by_label("Active", exact=True).uncheck()
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("was changed successfully")).to_be_visible()
    elsewhere.goto(f"{department.url}/worklist/")
    expect(elsewhere.locator("input[name=login]")).to_be_visible()

    astrid = User.objects.get(username="astrid")
    assert astrid.roles == ["Technician"]
    done = Entry.objects.about(astrid).by(administrator.pk).in_time_order()
    assert [entry.verb for entry in done] == ["configuration.added", "configuration.changed"]
    for page in (desk, elsewhere):
        page.context.close()
