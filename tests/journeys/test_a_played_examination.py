"""A scanner that is none performs an examination, and the board follows it to the end."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from common.tests.ports import port_for_a_server
from demo.tests.small import small_objects_of
from equipment.tests.factories import DeviceFactory
from studies.models import Commitment
from tests.journeys.test_an_examination import PASSWORD, PATIENCE, sign_in
from tests.journeys.visitor import wait_until
from worklist.models import ScheduledProcedure, WorklistQuery
from worklist.tests.factories import ProcedureTypeFactory, ScheduledProcedureFactory

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def booked() -> ScheduledProcedure:
    """A chest radiograph, a minute ago."""
    kind = ProcedureTypeFactory.create(
        code="DX-CHEST", meaning="Chest two views", modality="DX", expected_images=2
    )
    return ScheduledProcedureFactory.create(
        order__procedure_type=kind,
        device=DeviceFactory.create(
            ae_title="DX01",
            name="X-ray 1",
            modality="DX",
            address="127.0.0.1",
            port=port_for_a_server(),  # where it is told of commitment
        ),
        scheduled_start=timezone.now() - dt.timedelta(minutes=1),
        status="ARRIVED",
        arrived_at=timezone.now(),
    )


def play(department, device) -> None:
    department.start("clock")  # images may be filed after the question whether they are safe
    call_command(
        "play_modality",
        device.ae_title,
        host="127.0.0.1",
        port=department.dicom_port,
        listen_port=device.port,
        speed=0,
    )


def test_a_played_examination_is_followed_by_the_board_and_explains_itself(
    department, booked, page: Page, person, capsys, monkeypatch
):
    monkeypatch.setattr("demo.modality.play.objects_of", small_objects_of)
    technician = person("Technician", "technician", PASSWORD)
    sign_in(page, department.url, technician.username)
    page.goto(f"{department.url}/worklist/?state=all")
    row = page.locator("tr[data-row]", has_text=booked.order.accession_number)
    expect(row).to_contain_text("Arrived", timeout=PATIENCE)
    page.evaluate("window.neverReloaded = true")

    play(department, booked.device)

    told = capsys.readouterr().out
    assert "ends: completed – taken" in told
    assert "is told: 2 are safe" in told
    expect(row).to_contain_text("Check images", timeout=PATIENCE)
    expect(row.locator(".cell-images")).to_contain_text("2 of 2", timeout=PATIENCE)
    assert page.evaluate("window.neverReloaded")
    step = booked.performed_steps.get()
    assert (step.status, step.reported_by) == ("COMPLETED", "DX01")

    wait_until(Commitment.objects.filter(status=Commitment.Status.REPORTED).exists)
    commitment = Commitment.objects.get()
    assert (commitment.asker, commitment.status) == ("DX01", Commitment.Status.REPORTED)
    assert commitment.items.safe().count() == 2

    asked = WorklistQuery.objects.get()
    assert asked.steps == [booked.pk]
    page.goto(f"{department.url}/worklist/asked/{booked.device_id}/?step={booked.pk}")
    expect(page.get_by_text("only what has still to be done is on a worklist")).to_be_visible()
    expect(page.get_by_text("was in the answer")).to_be_visible()
