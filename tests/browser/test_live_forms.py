"""News and hands at the same moment: no press is lost, nothing typed is emptied, nothing is sent
twice."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from worklist import services
from worklist.models import Administration
from worklist.tests.factories import (
    ContrastAgentFactory,
    ProcedureTypeFactory,
    ScheduledProcedureFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IMAGES = 9


@pytest.fixture
def running():
    """A CT with contrast, under way."""
    kind = ProcedureTypeFactory.create(modality="CT", contrast="ALWAYS", expected_images=IMAGES)
    ContrastAgentFactory.create(name="Testhexol 350", most_ml=150)
    procedure = ScheduledProcedureFactory.create(order__procedure_type=kind, device__modality="CT")
    services.start_procedure(procedure, by=None, source="MPPS")
    return procedure


@pytest.fixture
def page(page_for, live_server, person, running) -> Page:
    """The examination, whose drafts reach nobody and whose news are those the test tells."""
    page = page_for(person("Technician"))
    page.route("**/events/", lambda route: route.fulfill(status=204))
    page.route("**/drafts/**", lambda route: route.abort())
    page.goto(live_server.url + reverse("worklist:procedure", args=[running.pk]))
    expect(page.locator("#images")).to_contain_text("No images have arrived")  # nothing grows now
    open_step(page, "given")
    return page


def open_step(page: Page, key: str) -> None:
    """Unfold it, if it is not the next one anyway."""
    step = page.locator(f"#step-{key}")
    if step.get_attribute("open") is None:
        step.locator("summary").first.click()
    expect(step).to_have_attribute("open", "")


@pytest.fixture
def held(page) -> list[Route]:
    """The first draft on its way to the server, until the test lets it go. Others go at once."""
    first: list[Route] = []

    def hold(route: Route) -> None:
        if first:
            route.continue_()
        else:
            first.append(route)

    page.route("**/drafts/**", hold)
    return first


def hear_news(page: Page) -> None:
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:resume'))")


def see_images(page: Page, procedure, received: int) -> None:
    """An image arrives, and the page shows it: a refresh went through."""
    services.note_images(procedure.pk, received=received, at=timezone.now())
    hear_news(page)
    expect(page.locator("#step-images .step-words")).to_have_text(f"{received} of {IMAGES}")


def fill_in(page: Page, ml: str = "80"):
    given = page.locator("#step-given")
    given.locator("[name=agent]").select_option(label="Testhexol 350")
    given.locator("[name=volume_ml]").fill(ml)
    return given


def test_a_press_between_two_news_is_sent_at_once(page, running):
    hanging = []
    is_refresh = {"method": "GET", "live": True}

    def hang(route):
        if is_refresh["live"] and route.request.method == "GET":
            hanging.append(route)  # a slow answer, on its way while the button is pressed
        else:
            route.fallback()

    page.route(f"**{reverse('worklist:procedure', args=[running.pk])}", hang)
    given = fill_in(page)
    with page.expect_request(lambda request: request.method == "GET"):
        hear_news(page)
    with page.expect_request(lambda request: request.method == "POST"):
        given.get_by_role("button", name="Note what was given").click()
    for _ in range(2):
        hear_news(page)
    is_refresh["live"] = False
    for route in hanging:
        route.fallback()

    expect(given.locator(".facts")).to_contain_text("Testhexol 350 80.0 ml")
    expect(given.locator("[name=volume_ml]")).to_have_value("")
    assert Administration.objects.count() == 1


def test_what_is_chosen_and_typed_outlasts_news_that_come_before_it_is_saved(page, running):
    given = fill_in(page)
    open_step(page, "note")
    words = page.get_by_label("In a few words")
    words.fill("Moved a lot.")
    page.locator("h1").click()  # the eye and the caret are elsewhere

    for received in (1, 2, 3):
        see_images(page, running, received)

    expect(given.locator("[name=agent] option:checked")).to_have_text("Testhexol 350")
    expect(given.locator("[name=volume_ml]")).to_have_value("80")
    expect(words).to_have_value("Moved a lot.")


def test_the_sentence_beside_a_wrong_field_stays_until_it_is_mended(page, running):
    given = fill_in(page, ml="-5")
    given.get_by_role("button", name="Note what was given").click()
    wrong = given.locator("[aria-invalid=true]")
    expect(wrong).to_have_value("-5")

    for received in (1, 2):
        see_images(page, running, received)
    expect(wrong).to_have_value("-5")
    wrong.fill("80")
    given.get_by_role("button", name="Note what was given").click()

    expect(given.locator(".facts")).to_contain_text("Testhexol 350 80.0 ml")
    expect(wrong).to_have_count(0)
    expect(given.locator("[name=volume_ml]")).to_have_value("")


def test_gloved_fingers_that_press_twice_note_it_once(page, running):
    given = fill_in(page)

    given.get_by_role("button", name="Note what was given").dblclick()

    expect(given.locator(".facts")).to_contain_text("Testhexol 350 80.0 ml")
    see_images(page, running, 1)
    assert Administration.objects.count() == 1


def test_nothing_moves_under_a_finger(page, running):
    button = page.locator("#step-given").get_by_role("button", name="Note what was given")
    button.hover()
    page.mouse.down()
    services.note_images(running.pk, received=1, at=timezone.now())
    hear_news(page)
    services.end_acquisition(running, by=None)
    hear_news(page)
    expect(page.locator(".work")).to_contain_text("In progress")
    page.mouse.up()

    expect(page.locator("#step-images .step-words")).to_have_text(f"1 of {IMAGES}")


def test_what_grows_above_a_finger_waits_until_it_is_lifted(page, running):
    page.route("**/studies/of-procedure/**", lambda route: route.fulfill(body="<p>New.</p>" * 40))
    exposed = page.locator("#step-exposed")
    exposed.locator("summary").first.hover()
    page.mouse.down()
    hear_news(page)
    page.wait_for_timeout(300)  # long enough for an answer to be drawn
    page.mouse.up()

    expect(exposed).to_have_attribute("open", "")
    expect(page.locator("#images")).to_contain_text("New.")


def test_what_is_being_saved_while_it_is_handed_in_does_not_come_back(page, running, held):
    with page.expect_request("**/drafts/given/"):
        given = fill_in(page)
    given.get_by_role("button", name="Note what was given").click()
    expect(given.locator(".facts")).to_contain_text("Testhexol 350 80.0 ml")
    held[0].fulfill(status=409, json={"number": 1, "content": {}, "sentence": "Too late."})
    see_images(page, running, 1)

    expect(given.locator("[name=volume_ml]")).to_have_value("")
    expect(given.get_by_text("Too late.")).to_have_count(0)


def test_one_save_waits_for_the_one_before(page, running, held):
    with page.expect_request("**/drafts/given/"):
        given = fill_in(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    given.locator("[name=lot]").fill("L1")
    page.wait_for_timeout(1500)  # twice as long as a save waits for more words
    assert not [url for url in asked if "/drafts/" in url]

    with page.expect_response(lambda answer: "L1" in (answer.request.post_data or "")) as second:
        held[0].continue_()

    assert second.value.status == 200
    expect(given.locator("[data-draft-state]")).to_contain_text("Saved")


@pytest.mark.parametrize(
    ("pressed", "button"), [("[name=agent]", "left"), (".form-actions button", "right")]
)
def test_a_press_whose_end_may_never_be_told_holds_nothing_still(page, running, pressed, button):
    page.locator(f"#step-given {pressed}").first.hover()
    page.mouse.down(button=button)

    see_images(page, running, 1)
