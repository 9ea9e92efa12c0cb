"""The upload page in a real browser: choosing, sending, going on after a break."""

import io
import zipfile

import pytest
from playwright.sync_api import expect

from studies.archives import unpack_next
from studies.ingest import file_batch
from studies.models import IncomingFile, Upload
from tests.journeys.modality import Study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICK_FILES = "[data-pick]:not([webkitdirectory])"


@pytest.fixture
def page(page_for, person, live_server, broker):
    """The upload page, with a technician before it."""
    page = page_for(person("Technician"))
    page.route("**/events/", lambda route: route.fulfill(status=204))  # another server's part
    page.goto(f"{live_server.url}/upload/")
    return page


@pytest.fixture
def disc(tmp_path):
    """What lies on a disc from another hospital: images, an archive, a letter."""
    folder = tmp_path / "disc"
    folder.mkdir()
    slices = Study(patient_id="DISC-1").ct_slices(30)
    for number, dataset in enumerate(slices[:28]):
        dataset.save_as(folder / f"IM{number:03d}", enforce_file_format=True)
    with zipfile.ZipFile(folder / "more.zip", "w") as parcel:
        for number, dataset in enumerate(slices[28:]):
            content = io.BytesIO()
            dataset.save_as(content, enforce_file_format=True)
            parcel.writestr(f"more/IM{number}", content.getvalue())
    (folder / "letter.txt").write_text("Dear colleague")
    return folder


def settle_everything():
    while unpack_next() or file_batch():
        pass


def test_a_folder_is_sent_filed_and_each_odd_file_explained(page, disc):
    page.locator("[data-pick][webkitdirectory]").set_input_files(disc)
    expect(page.locator("#sending-words")).to_contain_text("All 30 files sent", timeout=20_000)
    settle_everything()

    upload = Upload.objects.get()
    expect(page.locator(f"#outcomes-{upload.pk}")).to_contain_text("30 Filed", timeout=10_000)
    expect(page.get_by_text("disc/letter.txt")).to_be_visible()
    assert page.url.endswith(f"/upload/{upload.pk}/")
    assert upload.finished_at is not None
    assert upload.files.counts() == {"FILED": 30, "REFUSED": 1}


def await_some(page) -> int:
    """How many have been taken in, once there are any."""
    for _ in range(100):
        if there := IncomingFile.objects.count():
            return there
        page.wait_for_timeout(100)
    pytest.fail("Nothing was taken in.")


def test_after_a_broken_connection_only_the_missing_files_are_sent(page, disc):
    files = sorted(disc.glob("IM*"))
    sent: list[int] = []

    def break_after_the_first(route):
        sent.append(1)
        if len(sent) == 1:
            route.continue_()
        else:
            route.abort("connectionfailed")

    page.route("**/files/", break_after_the_first)
    page.locator(PICK_FILES).set_input_files(files)
    expect(page.locator("#sending-trouble")).to_contain_text("Trying again", timeout=10_000)
    expect(page.locator("#sending-trouble")).to_be_visible()
    there = await_some(page)
    page.unroute("**/files/")

    expect(page.locator("#sending-words")).to_contain_text("All 28 files sent", timeout=20_000)

    assert 0 < there < len(files)
    assert IncomingFile.objects.count() == len(files)


def test_a_closed_tab_goes_on_where_it_was(page, disc, live_server):
    files = sorted(disc.glob("IM*"))
    page.route("**/finish/", lambda route: route.abort())
    page.locator(PICK_FILES).set_input_files(files[:10])
    expect(page.locator("#sending-trouble")).to_be_visible(timeout=10_000)
    upload = Upload.objects.get()
    page.unroute("**/finish/")

    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{live_server.url}/upload/{upload.pk}/")
    page.locator(PICK_FILES).set_input_files(files)

    expect(page.locator("#sending-words")).to_contain_text("10 were here already", timeout=20_000)
    expect(page.locator("#sending-words")).to_contain_text("All 18 files sent", timeout=20_000)
    assert Upload.objects.count() == 1
    assert upload.files.count() == len(files)
