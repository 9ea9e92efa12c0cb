"""OHIF, a viewer that others wrote, works on our DICOMweb: from a list to a saved measurement."""

import re

import pytest
from playwright.sync_api import expect
from pydicom import dcmread

from common.files import absolute
from gateway.tests import ohif
from studies.ingest import file_batch
from studies.models import Instance
from studies.tests.filing import filed, renamed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("gateway.tests.ohif"),
    pytest.mark.timeout(900),
]

PATIENCE = 120_000  # milliseconds; software draws here
SLICES = 24
FRAMES_SEEN = """() => {
  window.seen = window.seen || new Set();
  window.asked = (window.asked || 0) + 1;
  const corner = document.querySelector('[data-cy=viewport-overlay-bottom-right]');
  if (corner) window.seen.add(corner.innerText);
  const play = document.querySelector('[data-cy=cine-player-play-pause]');
  if (play && window.asked % 40 === 0 && window.seen.size < 3) play.click();
  return window.seen.size >= 4;
}"""


@pytest.fixture(scope="module")
def others_viewer():
    return ohif.fetched()


@pytest.fixture
def studies(samples, tmp_path):
    """A head, an older one of the same patient, and a loop of an ultrasound."""
    slices = sorted((samples / "volume_ct_head_phantom").iterdir())[:SLICES]
    loop = [samples / "made" / "us" / "frame_time_vector.dcm"]
    found = []
    for sources, day, words in (
        (slices, "20240506", "Head today"),
        (slices[:3], "20200102", "Head before"),
        (loop, "20230203", "Loop"),
    ):
        folder = tmp_path / day
        folder.mkdir()
        instances = filed(*renamed(sources, folder, StudyDate=day, StudyDescription=words))
        found.append(instances[0].series.study)
    return found


class Ohif:
    """What a person sees and does in it."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        self.failures = []
        page.set_default_timeout(PATIENCE)
        page.on("response", self.note)

    def note(self, answer):
        if "/dicom-web/" in answer.url and not answer.ok:
            self.failures.append(f"{answer.status} {answer.url}")

    def part(self, name):
        return self.page.locator(f"[data-cy={name}]").first

    def open(self, study, more=""):
        self.page.goto(f"{self.url}/viewer?StudyInstanceUIDs={study.study_instance_uid}{more}")
        self.part("viewport-pane").wait_for()
        return self

    def shows(self, words):
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)

    def skip_the_tour(self):
        """Shown once to everybody who is new."""
        self.page.get_by_text("Skip all").click()

    def middle(self):
        box = self.page.locator(".cornerstone-canvas").first.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def measure(self):
        """Draw a length across the image, and let it be tracked."""
        self.part("MeasurementTools-split-button-primary").click()
        across, down = self.middle()
        self.page.mouse.move(across - 100, down)
        self.page.mouse.down()
        self.page.mouse.move(across + 100, down - 80, steps=8)
        self.page.mouse.up()
        self.part("prompt-begin-tracking-yes-btn").click()
        self.part("trackedMeasurements-btn").click()
        self.shows("Measurements (1)")

    def save(self):
        """As a structured report, by STOW-RS."""
        self.page.get_by_text("Create SR", exact=True).click()
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as stored:
            self.part("input-dialog-save-button").click()
        return stored.value


@pytest.fixture
def viewer(page_for, person, live_server, others_viewer):
    return Ohif(page_for(person("Radiologist")), live_server.url)


def test_a_radiologist_works_with_it(viewer, studies):
    head, _prior, loop = studies

    viewer.page.goto(viewer.url)
    for study in studies:
        viewer.shows(study.description)

    viewer.open(head).shows(f"(1/{SLICES})")
    viewer.skip_the_tour()
    viewer.page.mouse.move(*viewer.middle())
    viewer.page.mouse.wheel(0, 120)
    viewer.shows(re.compile(rf"\([2-9]/{SLICES}\)"))
    viewer.shows("Head before")  # what came before is offered beside it

    viewer.measure()
    assert viewer.save().status == 200
    while file_batch():
        pass
    report = Instance.objects.get(series__modality="SR")
    said = dcmread(absolute(report.path))
    assert report.series.study == head
    assert "Length" in str(said.ContentSequence)

    viewer.open(head)
    viewer.part("study-browser-thumbnail-no-image").dblclick()
    viewer.part("yes-hydrate-btn").click()
    viewer.part("trackedMeasurements-btn").click()
    viewer.shows("Measurements (1)")

    viewer.open(head, "&hangingProtocolId=mpr")
    expect(viewer.page.locator("[data-cy=viewport-pane]")).to_have_count(3, timeout=PATIENCE)
    viewer.shows(re.compile(r"\d+/512"))  # planes across the slices exist

    viewer.open(loop).shows(re.compile(r"\(\d+/12\)"))
    viewer.page.wait_for_function(FRAMES_SEEN, polling=50)
    assert viewer.failures == []
