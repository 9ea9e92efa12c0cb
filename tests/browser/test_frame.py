"""What the frame's scripts promise, in a real browser under the strict policy."""

import json
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from staff.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def styleguide(page_for, person, live_server):
    """The styleguide, open at the desk of an administrator; nothing may break the policy."""
    page = page_for(person("Administrator"))
    complaints = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_server.url + reverse("staff:styleguide"))
    yield page
    assert [c for c in complaints if "Content Security Policy" in c or "Error:" in c] == []


def press_verb(page, answer):
    """Press an htmx verb; the server answers so, or with None the network is gone."""
    page.route("**/a-verb/", lambda route: route.fulfill(**answer) if answer else route.abort())
    page.evaluate(
        """() => {
            const button = document.createElement("button");
            button.id = "verb";
            button.textContent = "Act";
            button.setAttribute("hx-post", "/a-verb/");
            button.setAttribute("hx-target", "#verb");
            document.querySelector("#main").prepend(button);
            htmx.process(button);
        }"""
    )
    page.click("#verb")


def test_a_refusal_is_said_in_its_own_sentence_and_changes_nothing(styleguide):
    sentence = "This device already has a patient on the table."

    press_verb(styleguide, {"status": 409, "content_type": "text/plain", "body": sentence})

    expect(styleguide.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    expect(styleguide.locator("#verb")).to_have_text("Act")


def test_a_broken_server_is_told_in_words_not_in_html(styleguide):
    press_verb(
        styleguide, {"status": 500, "content_type": "text/html", "body": "<h1>Traceback</h1>"}
    )

    expect(styleguide.locator(".messages-loud")).to_contain_text("Nothing was changed")
    expect(styleguide.locator("#verb")).to_have_text("Act")


def test_a_lost_network_is_told(styleguide):
    press_verb(styleguide, None)

    expect(styleguide.locator(".messages-loud")).to_contain_text("network is away")


def test_slash_leads_to_the_search_and_escape_out_of_it(styleguide):
    styleguide.keyboard.press("/")
    expect(styleguide.locator("#search")).to_be_focused()

    styleguide.keyboard.press("Escape")
    expect(styleguide.locator("#search")).not_to_be_focused()


def test_j_and_k_walk_the_rows(styleguide):
    rows = styleguide.locator("[data-row]")

    styleguide.keyboard.press("j")
    styleguide.keyboard.press("j")
    expect(rows.nth(1).locator("a").first).to_be_focused()

    styleguide.keyboard.press("k")
    expect(rows.nth(0).locator("a").first).to_be_focused()


def test_the_keys_of_this_page_are_shown_and_letters_can_be_switched_off(styleguide):
    styleguide.keyboard.press("?")
    dialog = styleguide.locator("#keys")
    expect(dialog).to_contain_text("Start the procedure")

    dialog.locator("[data-keys-switch]").uncheck()
    styleguide.keyboard.press("Escape")
    styleguide.keyboard.press("/")

    expect(styleguide.locator("#search")).not_to_be_focused()


def test_what_cannot_be_taken_back_is_asked_first(styleguide):
    styleguide.get_by_role("button", name="Ask before acting").click()
    dialog = styleguide.locator("#confirm")
    expect(dialog).to_contain_text("Discard this file?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()

    dialog.get_by_role("button", name="Cancel").click()
    expect(styleguide).to_have_url(re.compile(r"/styleguide/$"))

    styleguide.get_by_role("button", name="Ask before acting").click()
    dialog.get_by_role("button", name="Discard").click()
    expect(styleguide).to_have_url(re.compile(r"/styleguide/\?$"))


def test_what_was_typed_is_there_after_leaving_and_coming_back(styleguide, live_server):
    styleguide.fill("#id_comment", "Moved twice, repeated the lateral view.")
    styleguide.wait_for_function(
        "() => Object.keys(localStorage).some((key) => key.startsWith('draft:'))"
    )

    styleguide.goto(live_server.url + reverse("staff:security"))
    styleguide.goto(live_server.url + reverse("staff:styleguide"))

    expect(styleguide.locator("#id_comment")).to_have_value(
        "Moved twice, repeated the lateral view."
    )
    styleguide.get_by_role("button", name="Discard it").click()
    expect(styleguide.locator("#id_comment")).to_have_value("")


def test_a_theme_is_shown_at_once_and_remembered(styleguide):
    styleguide.click("[popovertarget=person-menu]")
    with styleguide.expect_response("**/me/theme/"):
        styleguide.locator("#person-menu").get_by_role("button", name="Dark").click()

    expect(styleguide.locator("html")).to_have_attribute("data-theme", "dark")
    expect(styleguide.locator("body")).to_have_css("background-color", "rgb(10, 11, 13)")
    assert User.objects.get().theme == "dark"


def test_news_from_the_server_reaches_the_page_by_topic(page_for, person, live_server):
    page = page_for(person("Administrator"))
    news = "data: " + json.dumps({"topics": ["board"]}) + "\n\n"
    page.route(
        "**/events/",
        lambda route: route.fulfill(status=200, content_type="text/event-stream", body=news),
    )
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => document.body"
        ".addEventListener('live:board', () => { window.heard = true; }));"
    )

    page.goto(live_server.url + reverse("staff:styleguide"))

    page.wait_for_function("() => window.heard === true")


def test_a_refresh_leaves_what_somebody_types_and_an_open_menu_alone(styleguide):
    styleguide.fill("#id_name", "half a na")
    styleguide.evaluate(
        """() => {
            const form = document.querySelector("[data-autosave]");
            const copy = form.cloneNode(true);
            copy.querySelector("#id_name").setAttribute("value", "from the server");
            Idiomorph.morph(form, copy.outerHTML);
        }"""
    )

    expect(styleguide.locator("#id_name")).to_have_value("half a na")
    expect(styleguide.locator("#id_name")).to_be_focused()
