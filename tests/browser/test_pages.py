"""Every page of the demonstration day, for everybody who may see it: accessible, whole, quiet."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page

from audit.services import _seen_demonstration
from equipment.models import Device
from staff.models import User
from studies.ingest import file_batch
from studies.models import IncomingFile, Study, Upload
from studies.services import receive, start_upload
from studies.thumbnails import draw_batch
from worklist.models import ScheduledProcedure

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def demonstration(transactional_db, monkeypatch, tmp_path):
    """A day with images filed, one object set aside and one refused."""
    from common.files import keep  # noqa: PLC0415

    monkeypatch.setattr("demo.images.objects_of", few_objects_of)
    call_command("load_demo")
    technician = User.objects.get(username="technician")
    receive(keep([b"rubbish"], "objects"), source=IncomingFile.Source.DIMSE, sender="TEST_SCU")
    receive(
        keep([b"a letter"], "objects"),
        source=IncomingFile.Source.UPLOAD,
        sender="technician",
        upload=start_upload(by=technician, label="disc"),
        original_name="disc/letter.txt",
    )
    while file_batch() or draw_batch():
        pass
    yield
    _seen_demonstration.clear()


def few_objects_of(procedure, **_how_many):
    """Three slices instead of eighty: this is about pages."""
    from itertools import islice  # noqa: PLC0415

    from demo.objects import objects_of  # noqa: PLC0415

    return islice(objects_of(procedure), 3)


def pages_of(username: str) -> list[str]:
    """What this person opens in a day."""
    procedure = ScheduledProcedure.objects.filter(status="IN_PROGRESS").first()
    referrer = User.objects.get(username="referrer")  # who sees those of their own orders alone
    study = Study.objects.visible_to(referrer).filter(instance_count=3).order_by("pk").first()
    assert procedure is not None
    assert study is not None
    record = reverse("studies:study", args=[study.study_instance_uid])
    patient = reverse("patients:patient", args=[procedure.order.patient_id])
    device = reverse("equipment:device", args=[Device.objects.get(ae_title="CT01").pk])
    clinical = [
        reverse("worklist:board"),
        reverse("worklist:board") + "?state=all",
        reverse("worklist:procedure", args=[procedure.pk]),
        *(reverse("patients:list"), patient, reverse("patients:list") + "?q=nobody-at-all"),
        *(reverse("studies:list"), record, reverse("equipment:list"), device),
    ]
    scanner = Device.objects.get(pk=procedure.device_id)
    asked = reverse("worklist:asked", args=[scanner.pk])
    aside = IncomingFile.objects.set_aside().latest("pk")
    upload = Upload.objects.latest("pk")
    mending = [
        *(reverse("studies:set_aside_list"), reverse("studies:set_aside", args=[aside.pk])),
        *(reverse("upload:page"), reverse("upload:batch", args=[upload.pk])),
    ]
    return {
        "technician": [*clinical, *mending, asked, f"{asked}?step={procedure.pk}"],
        "radiologist": [reverse("reports:list"), record, patient],
        "referrer": [
            *(reverse("patients:list"), record),
            reverse("patients:patient", args=[study.patient_id]),
        ],
        "scheduler": [
            *(reverse("worklist:board"), reverse("patients:list"), reverse("patients:register")),
            reverse("patients:correct", args=[procedure.order.patient_id]),
            reverse("patients:note_alert", args=[procedure.order.patient_id]) + "?kind=IMPLANT",
        ],
        "engineer": [reverse("equipment:list"), device, asked],
        "admin": [reverse("audit:trail"), reverse("staff:styleguide"), reverse("equipment:list")],
    }[username]


@pytest.mark.timeout(1200)
def test_every_page_is_accessible_and_whole(demonstration, live_server, page_for, flaws):
    wrong: dict[str, list[str]] = {}
    for screen in ("desk", "phone"):
        for username in ("technician", "radiologist", "referrer", "scheduler", "engineer", "admin"):
            page = page_for(User.objects.get(username=username), screen)
            page.route("**/events/", lambda route: route.fulfill(status=204))  # another server's
            for path in pages_of(username):
                found = opened(page, live_server.url + path, flaws)
                if found:
                    wrong[f"{screen} {username} {path}"] = found

    assert wrong == {}


def opened(page: Page, address: str, flaws) -> list[str]:
    """What is wrong with a page, and what the browser complained of."""
    errors: list[str] = []

    def note(message):
        if message.type == "error":
            errors.append(message.text)

    page.on("console", note)
    page.goto(address, wait_until="load")
    page.wait_for_load_state("networkidle")  # slots load themselves
    found = flaws(page) + errors
    page.remove_listener("console", note)
    return found
