"""Sign-in in a real browser: axe finds nothing on the door, in both themes, at desk and phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_axe_finds_nothing_on_the_door_even_when_the_password_is_wrong(
    page, live_server, flaws, size
):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(live_server.url + reverse("account_login"))
    assert flaws(page) == []

    page.fill("[name=login]", "nobody")
    page.fill("[name=password]", "wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert flaws(page) == []


@pytest.mark.parametrize(
    "address", ["staff:security", "mfa_index", "account_change_password", "usersessions_list"]
)
def test_axe_finds_nothing_on_ones_own_pages(page_for, person, live_server, axe, address):
    page = page_for(person("Technician", password="kept-for-a-test"), scheme="dark")  # noqa: S106

    page.goto(live_server.url + reverse(address))

    assert axe(page) == []
