"""Pages of what machines report and ask: open steps, performed steps, commitments, completeness."""

import pytest
from django.urls import reverse

from equipment.tests.factories import DeviceFactory
from patients.tests.factories import PatientFactory
from studies.models import Commitment, CommitmentItem
from studies.services import Asker, Wanted, ask_commitment
from studies.tests.test_completeness import CT_IMAGE, arrive, made, promise
from tests.browser.test_pages import opened
from worklist.services import place_performed
from worklist.tests.factories import ScheduledProcedureFactory
from worklist.tests.test_performed_pages import reported

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LONGEST_NAME = "Wolfeschlegelsteinhausenbergerdorff^Hubert Blaine Alexander"
WHY = "Nothing listens at 10.0.0.17 port 104. It is called again in an hour, and then once more."


@pytest.fixture
def pages(transactional_db, person):
    """Something of every kind on each page, with a name and a device of the longest sort."""
    scanner = DeviceFactory.create(name="Computed tomography scanner in the emergency department")
    patient = PatientFactory.create(name_alphabetic=LONGEST_NAME)
    facts = {"order__patient": patient, "device": scanner, "status": "ARRIVED"}
    examined, other = ScheduledProcedureFactory.create_batch(2, **facts)
    unplaced = reported(patient, uid="1.2.3.1", status="COMPLETED")
    reported(uid="1.2.3.2", status="DISCONTINUED")
    placed = place_performed(reported(uid="1.2.3.3"), other, by=person("Technician"))
    made(examined, "1.2.1", "1.2.2")
    promise(*arrive(examined, "1.2.1"))
    for status in Commitment.Status:
        wanted = Wanted({f"1.2.5.{number}": CT_IMAGE for number in range(3)})
        one = ask_commitment(Asker("CT01", "DIMSE", scanner.pk), f"1.2.9.{status}", wanted)
        Commitment.objects.filter(pk=one.pk).update(status=status, trouble=WHY, attempts=3)
    CommitmentItem.objects.filter(sop_instance_uid="1.2.5.1").update(outcome="SAFE")
    CommitmentItem.objects.filter(sop_instance_uid="1.2.5.2").update(
        outcome="FAILED", reason=0x0112
    )
    untold = Commitment.objects.undelivered().get()
    return [
        reverse("worklist:open_steps"),
        *(reverse("worklist:performed", args=[one.pk]) for one in (unplaced, placed)),
        reverse("worklist:procedure", args=[examined.pk]),
        reverse("studies:commitments"),
        reverse("studies:commitment", args=[untold.pk]),
    ]


def test_pages_of_what_machines_report_and_ask_are_accessible_and_whole(
    pages, live_server, page_for, flaws, person
):
    technician, wrong = person("Technician"), {}
    for screen in ("desk", "phone"):
        page = page_for(technician, screen)
        page.route("**/events/", lambda route: route.fulfill(status=204))
        for path in pages:
            if found := opened(page, live_server.url + path, flaws):
                wrong[f"{screen} {path}"] = found

    assert wrong == {}


def test_nothing_of_a_row_lies_over_another_part_of_it_on_a_phone(
    pages, live_server, page_for, person
):
    page = page_for(person("Technician"), "phone")
    page.route("**/events/", lambda route: route.fulfill(status=204))

    page.goto(live_server.url + reverse("studies:commitments"))

    assert page.evaluate(OVERLAPPING) == []


OVERLAPPING = """() => [...document.querySelectorAll('.table-stack tbody > tr')].flatMap((row) => {
  const boxes = [...row.children].map((cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return [cell.textContent.trim(), range.getBoundingClientRect()];
  });
  return boxes.flatMap(([one, a], place) => boxes.slice(place + 1)
    .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1
                    && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    .map(([other]) => `${one} / ${other}`));
})"""
