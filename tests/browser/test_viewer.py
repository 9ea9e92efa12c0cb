"""The viewer in a real browser, on real filed objects, under the strict policy."""

import base64
import io
import re
from collections import Counter

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import generate_uid

from studies.models import Instance
from studies.tests.filing import filed, renamed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOWN = ".pane[data-state=image]"
SECONDS = 15_000
THREE_STEPS = """() => [1, 2, 3].forEach(() => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true })))"""
# Whoever passes by an image does so for the moment that the viewer waits before it asks for it.
STAYING_LONGER = """const soon = window.setTimeout;
window.setTimeout = (what, after, ...more) => soon(what, after === 40 ? 2000 : after, ...more);"""


class Viewer:
    """What a person sees and does in the viewer."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.complaints: list[str] = []
        self.frames: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(f"Error: {error}"))
        page.on("request", lambda asked: self.frames.append(asked.url))

    def open(self, *uids, waits_for=SHOWN):
        self.page.goto(f"{self.address}?StudyInstanceUIDs={','.join(uids)}")
        self.page.locator(waits_for).first.wait_for(timeout=SECONDS)
        return self

    def pane(self, number=0):
        return self.page.locator(".pane").nth(number)

    def corner(self, name, number=0):
        return self.pane(number).locator(f".corner.{name}")

    def shows_sides(self, letters):
        """The letters at the top, right, bottom and left."""
        for side, letter in zip(("top", "right", "bottom", "left"), letters, strict=True):
            expect(self.pane().locator(f".side.{side}")).to_have_text(letter)

    def turned(self, keys, letters):
        self.press("0")
        self.shows_sides("ALPR")
        for key in keys:
            self.press(key)
        self.shows_sides(letters)

    def centre(self, number=0):
        box = self.pane(number).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, x, y, *, start=(0, 0), button="left"):
        left, top = self.centre()
        mouse = self.page.mouse
        mouse.move(left + start[0], top + start[1])
        mouse.down(button=button)
        mouse.move(left + start[0] + x, top + start[1] + y, steps=6)
        mouse.up(button=button)

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)

    def stands_at(self, index, number=0):
        expect(self.pane(number)).to_have_attribute("data-index", str(index), timeout=SECONDS)
        expect(self.pane(number)).to_have_attribute("data-state", "image", timeout=SECONDS)

    def picture(self, number=0):
        """The pixels, without the words over them."""
        canvas = self.pane(number).locator("canvas.cornerstone-canvas")
        return canvas.evaluate("canvas => canvas.toDataURL()")

    def asked_frames(self):
        return [url for url in self.frames if re.search(r"/frames/\d+(/rendered)?$", url)]


def grey_of(data_url):
    """A picture as numbers."""
    picture = Image.open(io.BytesIO(base64.b64decode(data_url.partition(",")[2])))
    return np.asarray(picture.convert("L"), dtype=float)


@pytest.fixture
def head(samples, tmp_path):
    """Twelve slices of the head phantom, and a shorter earlier study of the same patient."""
    slices = sorted(
        (samples / "volume_ct_head_phantom").iterdir(),
        key=lambda path: float(dcmread(path, stop_before_pixels=True).SliceLocation),
    )[8:20]
    patient = {"PatientID": "V1", "PatientName": "Phantom^Ada", "PatientBirthDate": "19700101"}
    now, then = tmp_path / "now", tmp_path / "then"
    now.mkdir(), then.mkdir()
    new = renamed(slices, now, StudyDate="20261120", StudyDescription="Head now", **patient)
    old = renamed(slices[:6], then, StudyDate="20250610", StudyDescription="Head then", **patient)
    instances = filed(*new, *old)
    return instances[0].series.study.study_instance_uid, instances[-1].series.study


@pytest.fixture
def viewer(page_for, person, live_server):
    """A radiologist's viewer. At the end nothing has broken the policy or thrown an error."""
    page = page_for(person("Radiologist"), scheme="dark")
    opened = Viewer(page, live_server.url + reverse("viewer:viewer"))
    yield opened
    bad = [said for said in opened.complaints if "Security Policy" in said or "Error:" in said]
    assert bad == []


def test_a_study_opens_on_its_first_image_and_says_whose_it_is(viewer, head):
    viewer.open(head[0])

    expect(viewer.corner("top-left")).to_contain_text("Phantom, Ada")
    expect(viewer.corner("top-left")).to_contain_text("V1")
    expect(viewer.corner("top-right")).to_contain_text("2026-11-20")
    expect(viewer.corner("bottom-left")).to_contain_text("Image 1 of 12")
    expect(viewer.page.locator(".identity")).to_contain_text("1970-01-01")
    expect(viewer.page.get_by_text("Not for primary diagnosis")).to_be_visible()
    viewer.shows_sides("ALPR")


def test_wheel_keys_and_slider_scroll_and_the_picture_changes(viewer, head):
    viewer.open(head[0])
    first = viewer.picture()

    viewer.page.mouse.move(*viewer.centre())
    viewer.page.mouse.wheel(0, 120)
    viewer.stands_at(2)
    viewer.press("ArrowDown", 3)
    viewer.stands_at(5)
    assert viewer.picture() != first
    viewer.press("End")
    viewer.stands_at(12)
    viewer.page.get_by_role("slider", name="Image", exact=True).fill("0")
    viewer.stands_at(1)

    assert viewer.picture() == first


def test_quick_scrolling_over_late_images_ends_where_the_person_stopped(viewer, head):
    late = {"count": 0}

    def hold(route):
        late["count"] += 1
        viewer.page.wait_for_timeout(100)
        route.continue_()

    viewer.page.route("**/frames/*", hold)
    viewer.open(head[0])
    viewer.page.mouse.move(*viewer.centre())
    for _ in range(6):
        viewer.page.mouse.wheel(0, 120)
    viewer.press("ArrowUp", 2)

    viewer.stands_at(5)
    viewer.page.wait_for_timeout(300)
    viewer.stands_at(5)
    assert late["count"] <= 12


def test_canvas_and_webgl_draw_the_same_picture(viewer, head):
    """Software rendering uses the canvas, a graphics card WebGL: nobody may see a difference."""
    drawn = {}
    for way in ("webgl", "canvas"):
        viewer.page.add_init_script(f"localStorage.setItem('viewer.drawing', '{way}')")
        viewer.open(head[0])
        viewer.press("3")
        viewer.press("ArrowDown", 4)
        viewer.stands_at(5)
        expect(viewer.corner("bottom-right")).to_contain_text("W 1500 L -600")
        for key in "rhi":
            viewer.press(key)
        expect(viewer.corner("bottom-right")).to_contain_text("Inverted")
        viewer.shows_sides("RPLA")
        viewer.page.wait_for_timeout(500)
        drawn[way] = grey_of(viewer.picture())

    assert drawn["webgl"].shape == drawn["canvas"].shape
    assert np.abs(drawn["webgl"] - drawn["canvas"]).mean() < 2  # of 255


def test_no_frame_is_asked_for_twice(viewer, head):
    viewer.open(head[0])
    expect(viewer.page.get_by_text("12 images loaded")).to_be_visible(timeout=SECONDS)

    viewer.press("End")
    viewer.stands_at(12)
    viewer.press("ArrowUp", 6)
    viewer.stands_at(6)
    viewer.press("x")
    expect(viewer.page.locator(".plane[data-state=image]")).to_have_count(3, timeout=SECONDS)

    asked = Counter(viewer.asked_frames())
    assert len(asked) == 12
    assert set(asked.values()) == {1}


def test_windows_come_by_drag_by_key_and_by_name(viewer, head):
    viewer.open(head[0])
    window = viewer.corner("bottom-right").locator(".strong")
    sent = window.inner_text()

    viewer.drag(80, 30)
    expect(window).not_to_have_text(sent)
    viewer.press("3")
    expect(window).to_contain_text("W 1500 L -600")
    viewer.page.get_by_role("button", name="Window presets").click()
    viewer.page.get_by_role("menuitem", name="Bone").click()
    expect(window).to_contain_text("W 2000 L 500")
    viewer.press("0")
    expect(window).to_have_text(sent)


@pytest.mark.parametrize("way", ["canvas", "webgl"])
def test_each_image_has_its_own_window_until_one_is_chosen(viewer, samples, tmp_path, way):
    source = samples / "syntax" / "ct_1.2.840.10008.1.2.dcm"
    copies = renamed([source] * 3, tmp_path)
    for copy, width in zip(copies, (80, 400, 2000), strict=True):
        dataset = dcmread(copy)
        dataset.WindowCenter, dataset.WindowWidth = 40, width
        dataset.save_as(copy)
    study = filed(*copies)[0].series.study
    viewer.page.add_init_script(f"localStorage.setItem('viewer.drawing', '{way}')")
    viewer.open(study.study_instance_uid)
    window = viewer.corner("bottom-right").locator(".strong")
    pictures = []

    for index, words in enumerate(("W 80 L 40", "W 400 L 40", "W 2000 L 40"), start=1):
        viewer.stands_at(index)
        expect(window).to_have_text(words)
        pictures.append(viewer.picture())
        viewer.press("ArrowDown")
    viewer.press("3")
    expect(window).to_have_text("W 1500 L -600")
    chosen = viewer.picture()
    viewer.press("Home")
    viewer.stands_at(1)

    expect(window).to_have_text("W 1500 L -600")
    assert viewer.picture() == chosen
    assert len({*pictures, chosen}) == 4
    viewer.press("0")
    expect(window).to_have_text("W 80 L 40")


@pytest.mark.parametrize("way", ["canvas", "webgl"])
def test_a_negative_beside_a_positive_is_shown_as_each_is_meant(viewer, samples, tmp_path, way):
    """The same values as MONOCHROME2 and MONOCHROME1 are each other's negatives."""
    source = samples / "syntax" / "ct_1.2.840.10008.1.2.dcm"
    copies = renamed([source] * 3, tmp_path)
    negative = dcmread(copies[1])
    negative.PhotometricInterpretation = "MONOCHROME1"
    negative.save_as(copies[1])
    study = filed(*copies)[0].series.study
    viewer.page.add_init_script(f"localStorage.setItem('viewer.drawing', '{way}')")
    viewer.open(study.study_instance_uid)
    pictures = []

    for index in (1, 2, 3):
        viewer.stands_at(index)
        viewer.page.wait_for_timeout(300)
        pictures.append(grey_of(viewer.picture()))
        viewer.press("ArrowDown")

    middle = (slice(300, 500), slice(400, 700))
    assert np.abs(pictures[0] - pictures[2]).mean() < 1
    assert np.abs(pictures[0] + pictures[1] - 255)[middle].mean() < 2


def test_fractional_values_keep_their_statistics(viewer, samples, tmp_path):
    """A rescale with fractions must not be rounded away for drawing."""
    copies = renamed([samples / "syntax" / "ct_1.2.840.10008.1.2.dcm"], tmp_path)
    dataset = dcmread(copies[0])
    dataset.PixelData = np.full((dataset.Rows, dataset.Columns), 1000, np.int16).tobytes()
    dataset.RescaleSlope, dataset.RescaleIntercept = "0.0123", "0"
    dataset.save_as(copies[0])
    study = filed(*copies)[0].series.study
    viewer.open(study.study_instance_uid)

    viewer.press("e")
    viewer.drag(60, 40)

    expect(viewer.pane().locator("svg text").filter(has_text="Mean")).to_contain_text("12.3 HU")


@pytest.mark.parametrize("way", ["canvas", "webgl"])
def test_letters_follow_when_the_picture_is_turned_and_mirrored(viewer, head, way):
    viewer.page.add_init_script(f"localStorage.setItem('viewer.drawing', '{way}')")
    viewer.open(head[0])

    for keys, letters in {"": "ALPR", "r": "RALP", "h": "ARPL", "v": "PLAR"}.items():
        viewer.turned(keys, letters)
    for keys, letters in {"rh": "RPLA", "hr": "LARP", "rv": "LARP", "hvr": "LPRA"}.items():
        viewer.turned(keys, letters)


def test_zoom_is_on_the_right_button(viewer, head):
    viewer.open(head[0])
    before = viewer.corner("bottom-right").inner_text()

    viewer.drag(0, 60, button="right")

    expect(viewer.corner("bottom-right")).not_to_have_text(before)


def test_measurements_say_millimetres_and_hounsfield_units(viewer, head):
    viewer.open(head[0])

    viewer.press("l")
    viewer.drag(120, 0, start=(-60, -40))
    expect(viewer.pane().locator("svg text").filter(has_text="mm")).to_have_count(1)
    viewer.press("e")
    viewer.drag(50, 40, start=(0, 60))
    expect(viewer.pane().locator("svg text").filter(has_text="Mean")).to_contain_text("HU")
    viewer.press("m")
    expect(viewer.pane().locator("svg text:visible")).to_have_count(0)
    viewer.press("m")
    viewer.press("Delete", 2)

    expect(viewer.pane().locator("svg text")).to_have_count(0)
    expect(viewer.page.get_by_role("button", name="Remove measurement")).to_have_attribute(
        "aria-disabled", "true"
    )


def test_a_volume_is_cut_in_three_planes(viewer, head):
    viewer.open(head[0])

    viewer.page.get_by_role("button", name="Planes of the volume").click()

    expect(viewer.page.locator(".plane[data-state=image]")).to_have_count(3, timeout=SECONDS)
    coronal = viewer.page.locator(".plane.coronal")
    expect(coronal.locator(".side.top")).to_have_text("H")
    expect(coronal.locator(".side.right")).to_have_text("L")
    slice_before = coronal.locator(".corner.bottom-left").inner_text()
    box = coronal.bounding_box()
    viewer.page.mouse.move(box["x"] + 40, box["y"] + 60)
    viewer.page.mouse.wheel(0, 120)
    expect(coronal.locator(".corner.bottom-left")).not_to_have_text(slice_before)
    viewer.press("x")
    viewer.stands_at(1)


def test_planes_that_would_lie_are_refused_with_the_reason(viewer, samples, tmp_path):
    """Slices with a gap in the middle: distances across it would be wrong."""
    slices = sorted((samples / "volume_ct_head_phantom").iterdir())[:4]
    copies = renamed(slices, tmp_path)
    for place, copy in zip([0, 5, 20, 25], copies, strict=True):
        dataset = dcmread(copy)
        dataset.ImagePositionPatient = [0, 0, place]
        dataset.save_as(copy)
    study = filed(*copies)[0].series.study

    viewer.open(study.study_instance_uid)
    viewer.press("x")

    expect(viewer.page.get_by_role("status").filter(has_text="gaps")).to_contain_text(
        "The gaps between the slices differ: 5.0 to 15.0 mm."
    )
    expect(viewer.page.locator(".plane")).to_have_count(0)


def test_one_broken_image_says_so_and_the_rest_is_shown(viewer, samples, tmp_path):
    """Also: a decoder must not hand out the picture before it in its place."""
    source = samples / "syntax" / "ct_1.2.840.10008.1.2.4.90.dcm"
    copies = renamed([source] * 5, tmp_path)
    broken = dcmread(copies[2])
    broken.PixelData = encapsulate([bytes(2000)])
    broken.save_as(copies[2])
    study = filed(*copies)[0].series.study

    viewer.open(study.study_instance_uid)
    viewer.press("ArrowDown", 2)

    expect(viewer.pane()).to_have_attribute("data-state", "fault", timeout=SECONDS)
    expect(viewer.pane().get_by_role("heading")).to_have_text("This image cannot be shown")
    expect(viewer.pane().get_by_role("button", name="Try again")).to_be_visible()
    expect(viewer.page.locator(".card-note")).to_have_text("1 cannot be shown")
    viewer.press("ArrowDown")
    viewer.stands_at(4)
    viewer.press("ArrowUp")
    expect(viewer.pane()).to_have_attribute("data-state", "fault")
    assert max(Counter(viewer.asked_frames()).values()) == 1


def test_images_of_different_sizes_in_one_series_are_all_shown(viewer, samples, tmp_path):
    sources = [
        samples / "volume_mr_coronal" / "MR01.dcm",
        samples / "highdicom" / "dx_image.dcm",
        samples / "syntax" / "ct_1.2.840.10008.1.2.dcm",
    ]
    series = generate_uid()
    common = {"PatientID": "V2", "PatientName": "Mixed^Sizes", "SeriesInstanceUID": series}
    study = filed(*renamed(sources, tmp_path, Modality="OT", **common))[0].series.study

    viewer.open(study.study_instance_uid)
    pictures = []
    for index in (1, 2, 3):
        viewer.stands_at(index)
        pictures.append(viewer.picture())
        viewer.press("ArrowDown")

    assert len(set(pictures)) == 3


def test_a_report_is_shown_as_text(viewer, samples):
    study = filed(samples / "made" / "derived" / "sr_tid1500.dcm")[0].series.study

    viewer.open(study.study_instance_uid, waits_for=".pane[data-state=document]")

    expect(viewer.pane().get_by_role("heading", name="Structured report")).to_be_visible()
    expect(viewer.pane()).to_contain_text("Nodule")


def test_a_document_is_given_to_keep(viewer, samples):
    document = samples / "made" / "document" / "pdf_2_pages.dcm"
    study = filed(document, with_pictures=True)[0].series.study
    viewer.open(study.study_instance_uid, waits_for=".pane[data-state=document]")

    with viewer.page.expect_download() as kept:
        viewer.pane().get_by_role("link", name="Download the document").click()

    assert kept.value.path().read_bytes().startswith(b"%PDF-")


def test_a_video_has_a_player(viewer, samples):
    study = filed(samples / "made" / "video" / "h264.dcm")[0].series.study
    viewer.open(study.study_instance_uid, waits_for=".pane[data-state=document]")

    player = viewer.pane().locator("video")
    expect(player).to_have_js_property("error", None)
    length = player.evaluate(
        "film => new Promise(done => (film.readyState ? done(film.duration)"
        " : film.addEventListener('loadedmetadata', () => done(film.duration))))"
    )
    assert length > 0


def test_what_the_browser_cannot_decode_is_drawn_by_the_archive(viewer, samples):
    study = filed(samples / "us" / "palette_rle_no_spacing.dcm")[0].series.study

    viewer.open(study.study_instance_uid)

    expect(viewer.corner("bottom-right")).to_contain_text("Drawn by the archive")


def test_a_film_plays_and_stops(viewer, samples):
    study = filed(samples / "us" / "cine_8f_jpeg_fragmented.dcm")[0].series.study
    viewer.open(study.study_instance_uid)

    viewer.press("Space")

    expect(viewer.page.get_by_role("button", name="Stop the film")).to_be_visible()
    expect(viewer.pane()).not_to_have_attribute("data-index", "1", timeout=SECONDS)
    viewer.press("Space")
    expect(viewer.page.locator(".cine-play")).to_have_attribute("aria-label", "Play as a film")


def test_an_earlier_study_comes_beside_and_scrolls_along(viewer, head):
    viewer.open(head[0])

    viewer.page.get_by_role("button", name="Compare with another study").click()
    viewer.page.get_by_role("menuitemradio", name="2025-06-10").click()
    viewer.stands_at(1, number=1)
    expect(viewer.corner("top-right", 1)).to_contain_text("Head then")
    viewer.press("k")
    viewer.press("ArrowDown", 3)

    viewer.stands_at(4)
    viewer.stands_at(4, number=1)


def test_whichever_pane_is_scrolled_by_the_mouse_the_other_follows(viewer, head):
    viewer.open(head[0], head[1].study_instance_uid)
    viewer.stands_at(1, number=1)
    viewer.press("k")
    viewer.press("ArrowDown")
    viewer.stands_at(2, number=1)

    for number, loaded in enumerate(("12 images loaded", "6 images loaded")):
        viewer.pane(number).click()
        expect(viewer.page.get_by_text(loaded)).to_be_visible(timeout=SECONDS)

    viewer.press("s")
    came_to = 2
    for number, way in ((1, 300), (0, -300)):
        left, top = viewer.centre(number)
        viewer.page.mouse.move(left, top)
        viewer.page.mouse.down()
        viewer.page.mouse.move(left, top + way, steps=8)
        viewer.page.mouse.up()
        expect(viewer.pane(number)).not_to_have_attribute("data-index", str(came_to))
        viewer.page.wait_for_timeout(300)
        came_to = int(viewer.pane(number).get_attribute("data-index"))
        viewer.stands_at(came_to, number=1 - number)
    viewer.press("ArrowDown")

    viewer.stands_at(came_to + 1)
    viewer.stands_at(came_to + 1, number=1)


def test_quick_keys_are_not_taken_back_by_the_pane_that_follows(viewer, head):
    held = []
    studies = head[0], head[1].study_instance_uid
    late = [
        one.sop_instance_uid
        for uid in studies
        for one in Instance.objects.of_study(uid).in_order()[2:]
    ]

    def hold(route):
        is_late = any(uid in route.request.url for uid in late)
        held.append(route) if is_late else route.continue_()

    viewer.page.add_init_script(STAYING_LONGER)
    viewer.page.route("**/frames/*", hold)
    viewer.open(*studies)
    for pane in (1, 0):  # two images of each are here
        viewer.page.mouse.click(*viewer.centre(pane))
        viewer.stands_at(1, number=pane)
        viewer.press("ArrowDown")
        viewer.stands_at(2, number=pane)
        viewer.press("ArrowUp")
        viewer.stands_at(1, number=pane)

    viewer.press("k")
    viewer.page.evaluate(THREE_STEPS)
    viewer.stands_at(2, number=1)  # the other pane has come as far as it can
    viewer.page.wait_for_timeout(300)
    late.clear()
    for route in held:
        route.continue_()

    viewer.stands_at(4)
    viewer.stands_at(4, number=1)


def test_two_studies_of_an_address_open_side_by_side(viewer, head):
    viewer.open(head[0], head[1].study_instance_uid)

    viewer.stands_at(1, number=1)
    expect(viewer.corner("top-right", 1)).to_contain_text("Head then")


def test_attributes_are_found_by_name_tag_and_value(viewer, head):
    viewer.open(head[0])

    viewer.press("t")
    search = viewer.page.get_by_role("searchbox")
    search.fill("window center")
    expect(viewer.page.locator("table.tags tbody tr").first).to_contain_text("(0028,1050)")
    search.fill("phantom^ada")
    expect(viewer.page.locator("table.tags tbody tr")).to_have_count(1)


def test_an_ended_session_is_said_in_one_sentence_and_work_goes_on_after(viewer, head):
    cookies = viewer.page.context.cookies()
    refused = {"status": 401, "content_type": "application/json", "body": '{"detail": "Sign in."}'}
    viewer.page.route("**/dicom-web/**", lambda route: route.fulfill(**refused))
    viewer.page.goto(f"{viewer.address}?StudyInstanceUIDs={head[0]}")
    notice = viewer.page.locator("#viewer-notice")
    expect(notice).to_contain_text("You are no longer signed in.")

    viewer.page.unroute("**/dicom-web/**")
    viewer.page.context.add_cookies(cookies)
    notice.get_by_role("button", name="Try again").click()

    viewer.stands_at(1)
    viewer.complaints.clear()


def test_every_key_stands_on_the_sheet(viewer, head):
    viewer.open(head[0])

    viewer.press("?")

    sheet = viewer.page.get_by_role("dialog", name="Keys and pointer")
    expect(sheet).to_contain_text("Ellipse with statistics")
    viewer.press("Escape")
    expect(sheet).not_to_be_visible()


@pytest.mark.parametrize("screen", ["desk", "tablet", "phone"])
def test_nobody_is_shut_out_of_the_viewer(page_for, person, live_server, head, axe, screen):
    page = page_for(person("Radiologist"), screen, "dark")
    viewer = Viewer(page, live_server.url + reverse("viewer:viewer")).open(*head[:1])
    assert axe(page) == []

    viewer.press("t")
    expect(page.locator(".panel table")).to_be_visible()
    assert axe(page) == []
    width = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0
