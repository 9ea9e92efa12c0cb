"""Judging images in a real browser: with the finger, with the keyboard, on a phone."""

import os

import numpy as np
import pytest
from django.urls import reverse

from studies import services
from studies.models import ImageReview, Instance, KeyImage
from studies.tests.exposures import exposed
from worklist.models import ExpectedView
from worklist.tests.factories import ProcedureTypeFactory, ScheduledProcedureFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LOOKS = os.environ.get("LOOKS", "")  # a folder: pictures of what was tried are left there
UNDO_AT_ONCE = """() => {
  const look = new MutationObserver(() => {
    const undo = document.querySelector("[data-undo]");
    if (!undo) return;
    look.disconnect();
    setTimeout(() => undo.click());
  });
  look.observe(document.body, { subtree: true, childList: true });
}"""  # nobody could be quicker


@pytest.fixture
def technician(person):
    return person("Technician")


@pytest.fixture
def hand():
    """A left hand: three views expected, two here, one of them of the other side."""
    kind = ProcedureTypeFactory.create(
        modality="DX", meaning="Hand, three views", expected_images=3
    )
    for position, (name, view) in enumerate((("PA", "PA"), ("Oblique", "LLO"), ("Lateral", "LL"))):
        ExpectedView.objects.create(
            procedure_type=kind, position=position, name=name, view_position=view, laterality="L"
        )
    procedure = ScheduledProcedureFactory.create(
        order__procedure_type=kind, device__modality="DX", status="IN_PROGRESS", side="L"
    )
    exposed(procedure, ("PA", "L"), ("LLO", "L"), ("LL", "R"), with_pictures=True, **shadow())
    return procedure


def shadow():
    """Pixels that look like something: a bright disc on a ramp."""
    y, x = np.mgrid[0:192, 0:160]
    disc = ((x - 80) ** 2 + (y - 96) ** 2 < 60**2) * 2000
    pixels = (disc + y * 8).astype("<u2")
    return {
        "Rows": 192,
        "Columns": 160,
        "PixelData": pixels.tobytes(),
        "WindowCenter": 1600,
        "WindowWidth": 3600,
    }


def look(page, name):
    if LOOKS:
        page.screenshot(path=f"{LOOKS}/{name}.png", full_page=True)


def opened(page, live_server, procedure):
    page.goto(live_server.url + reverse("worklist:procedure", args=[procedure.pk]))
    page.wait_for_selector("[data-shot]")


def test_one_tap_and_a_reason_reject_and_undo_brings_back(
    page_for, live_server, technician, hand, axe
):
    page = page_for(technician)
    opened(page, live_server, hand)
    look(page, "strip-desk")
    shot = page.locator("[data-shot]").nth(2)

    shot.get_by_role("button", name="Reject").click()
    assert axe(page) == []
    look(page, "strip-reasons")
    page.get_by_role("button", name="wrong side").click()

    undo = page.get_by_role("button", name="Undo")
    undo.wait_for()
    assert Instance.objects.rejected().get().view_position == "LL"
    assert page.get_by_role("alert").filter(has_text="Ordered").count() == 0
    look(page, "strip-rejected")
    undo.click()
    page.get_by_role("button", name="Undo").wait_for(state="detached")
    assert not Instance.objects.rejected().exists()


def test_the_keyboard_does_it_all(page_for, live_server, technician, hand):
    page = page_for(technician)
    opened(page, live_server, hand)
    first = page.locator("[data-shot-link]").first
    first.focus()

    page.keyboard.press("k")
    page.wait_for_selector("[data-shot].is-kept")
    page.keyboard.press("s")
    page.wait_for_selector(".shot-star")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    page.wait_for_selector("#reject-reasons:popover-open")
    page.keyboard.press("2")
    page.wait_for_selector("[data-shot].is-rejected")

    shots = list(Instance.objects.order_by("number"))
    assert ImageReview.objects.get(decision="KEPT").instance == shots[0]
    assert KeyImage.objects.get().instance == shots[1]
    assert ImageReview.objects.get(decision="REJECTED").instance == shots[2]
    page.keyboard.press("u")
    page.wait_for_selector("[data-shot].is-rejected", state="detached")
    assert not Instance.objects.rejected().exists()


def test_a_button_does_its_work_from_the_moment_it_is_there(
    page_for, live_server, technician, hand
):
    page = page_for(technician)
    opened(page, live_server, hand)
    page.evaluate(UNDO_AT_ONCE)

    page.locator("[data-shot]").nth(2).get_by_role("button", name="Reject").click()
    with page.expect_request(lambda asked: "decision=restore" in (asked.post_data or "")):
        page.get_by_role("button", name="wrong side").click()

    page.wait_for_selector("[data-shot].is-rejected", state="detached")
    assert not Instance.objects.rejected().exists()


def test_a_refresh_leaves_open_reasons_alone(page_for, live_server, technician, hand):
    page = page_for(technician)
    opened(page, live_server, hand)
    page.locator("[data-shot]").first.get_by_role("button", name="Reject").click()

    with page.expect_response(lambda answer: "of-procedure" in answer.url):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('live:resume'))")

    assert page.locator("#reject-reasons").evaluate("one => one.matches(':popover-open')")


def test_it_works_under_a_thumb(page_for, live_server, technician, hand, flaws):
    page = page_for(technician, "phone")
    opened(page, live_server, hand)
    look(page, "strip-phone")

    assert flaws(page) == []
    sizes = page.eval_on_selector_all(
        ".shot-verbs > *", "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    page.locator("[data-reject]").first.click()
    page.wait_for_selector("#reject-reasons:popover-open")
    look(page, "strip-phone-reasons")
    page.locator("[data-reason]").first.click()
    page.wait_for_selector("[data-shot].is-rejected")


@pytest.fixture
def study(hand, technician):
    """The study of that hand, of which everything was rejected."""
    reasons = ("111210", "111210", "WRONG_SIDE")
    for image, reason in zip(Instance.objects.order_by("number"), reasons, strict=True):
        services.reject_image(image, by=technician, reason=reason)
    return image.series.study.study_instance_uid


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_the_rejected_page_is_whole(page_for, live_server, technician, study, flaws, screen):
    page = page_for(technician, screen)

    page.goto(live_server.url + reverse("studies:rejected"))
    assert flaws(page) == []
    look(page, f"rejected-{screen}")
    page.locator(".restore summary").first.click()
    page.get_by_role("button", name="Restore").first.click()
    page.locator("[id^=rejected-]").nth(2).wait_for(state="detached")

    page.goto(live_server.url + reverse("studies:study", args=[study]))
    page.locator(".rejected-here summary").first.click()
    assert flaws(page) == []
    look(page, f"study-{screen}")
