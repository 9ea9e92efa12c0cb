"""Key images and rejecting in the viewer."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from studies import services
from studies.models import ImageReview, Instance, KeyImage
from studies.tests.exposures import exposed
from tests.browser.test_review import shadow
from tests.browser.test_viewer import SHOWN, Viewer
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = os.environ.get("LOOKS", "")


@pytest.fixture
def images(person):
    """Four projections of one series; a referrer ordered them."""
    procedure = ScheduledProcedureFactory.create(
        device__modality="DX", status="IN_PROGRESS", order__ordered_by=person("Referrer")
    )
    views = [("PA", ""), ("LL", ""), ("AP", ""), ("RL", "")]
    return exposed(procedure, *views, with_pictures=True, **shadow())


@pytest.fixture
def viewer_of(page_for, live_server, images):
    """`viewer_of(somebody)`: the viewer open on that study."""

    def open_viewer(somebody):
        page = page_for(somebody, scheme="dark")
        viewer = Viewer(page, live_server.url + reverse("viewer:viewer"))
        return viewer.open(images[0].series.study.study_instance_uid)

    return open_viewer


def test_a_star_is_given_shown_and_found_again(viewer_of, images, person):
    viewer = viewer_of(person("Radiologist"))
    viewer.press("ArrowDown", 2)
    viewer.stands_at(3)

    viewer.press("y")

    expect(viewer.corner("bottom-left")).to_contain_text("★ Key image")
    expect(viewer.page.locator(".card-stars")).to_have_text("★ 1")
    assert KeyImage.objects.get().instance == images[2]
    viewer.press("Home")
    viewer.stands_at(1)
    expect(viewer.corner("bottom-left")).not_to_contain_text("★")
    viewer.press("Shift+Y")
    viewer.stands_at(3)
    if LOOKS:
        viewer.page.screenshot(path=f"{LOOKS}/viewer-star.png")
    viewer.press("y")
    expect(viewer.page.locator(".card-stars")).to_be_hidden()
    assert not KeyImage.objects.exists()


def test_a_rejected_image_leaves_the_viewer(viewer_of, images, person):
    viewer = viewer_of(person("Radiologist"))
    viewer.press("ArrowDown")
    viewer.stands_at(2)

    viewer.press("d")
    menu = viewer.page.get_by_role("menu", name="Reject image")
    if LOOKS:
        viewer.page.screenshot(path=f"{LOOKS}/viewer-reject.png")
    menu.get_by_role("menuitem", name="motion").click()

    expect(viewer.corner("bottom-left")).to_contain_text("of 3")
    expect(viewer.page.locator(".card-count")).to_have_text("3 images")
    assert Instance.objects.rejected().get() == images[1]
    assert ImageReview.objects.get().reason_code == "111210"


def test_a_rejected_image_is_never_loaded(viewer_of, images, person):
    services.reject_image(images[0], by=person("Technician"), reason="111210")

    viewer = viewer_of(person("Radiologist"))

    expect(viewer.page.locator(".card-count")).to_have_text("3 images")
    viewer.press("ArrowDown", 3)
    viewer.stands_at(3)
    assert not [url for url in viewer.frames if images[0].sop_instance_uid in url]


def test_the_last_image_rejected_leaves_an_empty_pane_and_says_so(viewer_of, images, person):
    technician = person("Technician")
    for image in images[1:]:
        services.reject_image(image, by=technician, reason="111210")
    viewer = viewer_of(technician)

    viewer.press("d")
    viewer.page.get_by_role("menuitem", name="positioning").click()

    expect(viewer.page.locator("#viewer-notice")).to_contain_text("Rejected")
    expect(viewer.page.locator(SHOWN)).to_have_count(0)
    assert Instance.objects.rejected().count() == 4


def test_a_referrer_goes_to_key_images_but_stars_and_rejects_nothing(viewer_of, images, person):
    services.mark_key(images[3], by=person("Radiologist"))
    viewer = viewer_of(images[0].series.procedure.order.ordered_by)

    expect(viewer.page.locator("[data-command=star], [data-command=reject]")).to_have_count(0)
    expect(viewer.page.locator(".card-stars")).to_have_text("★ 1")
    viewer.press("Shift+Y")
    viewer.stands_at(4)
