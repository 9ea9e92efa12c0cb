"""The examination under a technician's hands: steps that follow, words that are kept."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from worklist import services
from worklist.models import ScheduledProcedure
from worklist.tests.factories import (
    ProcedureTypeFactory,
    QuestionFactory,
    ScheduledProcedureFactory,
)

Status = ScheduledProcedure.Status

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting():
    """Somebody waits for a radiograph, with one question to be asked."""
    kind = ProcedureTypeFactory.create(modality="DX", expected_images=2)
    question = QuestionFactory.create(text="Pregnant?", explanation="Stop and ask.", concern="RED")
    kind.questionnaires.add(question.questionnaire)
    return ScheduledProcedureFactory.create(
        order__procedure_type=kind,
        device__modality="DX",
        status=Status.ARRIVED,
        arrived_at=timezone.now(),
        screening="OPEN",
    )


@pytest.fixture
def open_at(page_for, live_server):
    """`open_at(procedure, somebody)`: the examination on their screen, without live news."""

    def show(procedure, somebody, screen="desk"):
        page = page_for(somebody, screen)
        page.route("**/events/", lambda route: route.fulfill(status=204))
        page.goto(live_server.url + reverse("worklist:procedure", args=[procedure.pk]))
        return page

    return show


def step(page, key):
    return page.locator(f"#step-{key}")


def test_one_step_leads_to_the_next_and_what_is_done_folds(open_at, waiting, person):
    page = open_at(waiting, person("Technician"))

    expect(step(page, "identity")).to_have_attribute("open", "")
    page.get_by_label("Birth date").check()
    page.get_by_label("Record number").check()
    page.get_by_role("button", name="This is the patient").click()
    expect(step(page, "identity")).not_to_have_attribute("open", "")
    expect(step(page, "screening").locator("summary").first).to_be_focused()

    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_role("button", name="Hand in the answers").click()
    expect(step(page, "screening")).not_to_have_attribute("open", "")

    page.locator(".work-actions").get_by_role("button", name="Start").click()
    expect(page.locator(".work")).to_contain_text("In progress")
    expect(step(page, "images")).to_have_attribute("open", "")
    expect(step(page, "start")).not_to_have_attribute("open", "")


def test_the_whole_examination_is_done_by_the_keyboard(open_at, waiting, person):
    page = open_at(waiting, person("Technician"))

    page.keyboard.press("n")
    expect(step(page, "identity").locator("summary").first).to_be_focused()
    for key in ("Tab", "Space", "Tab", "Space", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(step(page, "screening").locator("summary").first).to_be_focused()
    for key in ("Tab", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()


def test_a_worrying_answer_is_explained_before_it_is_handed_in(open_at, waiting, person):
    page = open_at(waiting, person("Technician"))
    step(page, "screening").locator("summary").first.click()

    expect(page.get_by_text("Stop and ask.")).to_be_hidden()
    page.get_by_role("radio", name="Yes").check()
    expect(page.get_by_text("Stop and ask.")).to_be_visible()


def test_a_scanner_that_ends_with_enter_hands_in_only_with_something_compared(
    open_at, waiting, person
):
    page = open_at(waiting, person("Technician"))
    scan = page.get_by_label("Wristband")

    scan.fill(waiting.patient.patient_id)
    scan.press("Enter")
    expect(page.locator("input[name=compared]").first).to_be_focused()
    page.keyboard.press("Space")
    scan.press("Enter")

    expect(step(page, "identity").locator(".step-words")).to_contain_text("wristband compared")


def test_what_is_typed_is_saved_and_goes_on_at_another_computer(open_at, waiting, person):
    services.start_procedure(waiting, by=None, source="MPPS")
    page = open_at(waiting, person("Technician"))
    page.locator(".work-actions").get_by_role("link", name="Complete").click()
    page.get_by_label("Comment for the radiologist").fill("Moved a lot.")
    expect(step(page, "finish")).to_contain_text("Saved")

    another = person("Technician")
    page.context.clear_cookies()
    page = open_at(waiting, another)

    expect(page.get_by_label("Comment for the radiologist")).to_have_value("Moved a lot.")
    expect(step(page, "finish")).to_contain_text("Begun by")


@pytest.mark.parametrize(("choice", "kept"), [("Keep mine", "Mine."), ("Take theirs", "Theirs.")])
def test_two_who_write_at_once_overwrite_nothing_and_choose(open_at, waiting, person, choice, kept):
    services.start_procedure(waiting, by=None, source="MPPS")
    page = open_at(waiting, person("Technician"))
    page.locator(".work-actions").get_by_role("link", name="Complete").click()
    services.save_draft(
        waiting, "finish", {"comment": "Theirs."}, by=person("Technician"), number=0
    )

    comment = page.get_by_label("Comment for the radiologist")
    comment.fill("Mine.")
    page.evaluate("htmx.trigger('#work', 'live:resume')")  # says the new number, after the typing
    expect(step(page, "finish")).to_contain_text("Nothing was overwritten")
    assert waiting.drafts.get(part="finish").content["comment"] == "Theirs."
    page.get_by_role("button", name=choice).click()

    expect(comment).to_have_value(kept)
    expect(step(page, "finish").locator("[data-draft-state]")).to_contain_text("Saved")
    assert waiting.drafts.get(part="finish").content["comment"] == kept


def test_words_are_saved_by_the_wards_clock(open_at, waiting, person, elsewhere):
    services.start_procedure(waiting, by=None, source="MPPS")
    page = open_at(waiting, person("Technician"))
    elsewhere(page)
    page.locator(".work-actions").get_by_role("link", name="Complete").click()

    with page.expect_response("**/drafts/finish/"):
        page.get_by_label("Comment for the radiologist").fill("Moved.")

    saved_at = timezone.localtime(waiting.drafts.get().saved_at)
    state = step(page, "finish").locator("[data-draft-state]")
    expect(state).to_have_text(f"Saved {saved_at:%H:%M}")


def test_a_refresh_leaves_alone_what_somebody_is_typing(open_at, waiting, person):
    services.start_procedure(waiting, by=None, source="MPPS")
    page = open_at(waiting, person("Technician"))
    step(page, "exposed").locator("summary").first.click()
    step(page, "exposed").locator("[name=kv]").fill("120")
    step(page, "exposed").locator("[name=mas]").fill("4")
    expect(step(page, "exposed")).to_contain_text("Saved")

    services.note_images(waiting.pk, received=1, at=timezone.now())
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:resume'))")

    expect(step(page, "images").locator(".step-words")).to_have_text("1 of 2")
    expect(step(page, "exposed").locator("[name=kv]")).to_have_value("120")
    expect(step(page, "exposed").locator("[name=mas]")).to_have_value("4")
    expect(step(page, "exposed")).to_have_attribute("open", "")


@pytest.mark.parametrize("screen", ["tablet", "phone"])
def test_everything_that_is_tapped_is_large_enough(open_at, waiting, person, screen):
    services.check_identity(waiting, by=person("Technician"), compared=["NAME", "BIRTH_DATE"])
    page = open_at(waiting, person("Technician"), screen)

    small = page.evaluate(
        """() => [...document.querySelectorAll(
                "#work :is(.step > summary, .segments-big label, .btn-primary, .who-line)")]
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
            .map((e) => e.outerHTML.slice(0, 80))"""
    )

    assert small == []
