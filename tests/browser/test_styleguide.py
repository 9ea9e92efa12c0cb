"""Every component in both themes at three widths: axe finds nothing, nothing is out of sight."""

import pytest
from django.urls import reverse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("screen", ["desk", "tablet", "phone"])
def test_axe_finds_nothing_and_nothing_overflows(page_for, person, live_server, flaws, screen):
    page = page_for(person("Administrator"), screen)

    page.goto(live_server.url + reverse("staff:styleguide") + "?send=1")

    assert flaws(page) == []


@pytest.mark.parametrize("screen", ["desk at 200 %", "phone at 125 %"])
def test_nothing_overflows_when_people_zoom_in(page_for, person, live_server, screen):
    page = page_for(person("Administrator"), screen)

    page.goto(live_server.url + reverse("staff:styleguide"))

    assert (
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        == 0
    )
