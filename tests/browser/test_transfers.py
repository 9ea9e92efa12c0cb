"""Pages about images that travel: accessible and whole, with everything that can stand on them."""

import pytest
from django.urls import reverse
from pynetdicom import evt

from audit.services import record
from equipment.models import Device
from equipment.services import note_call
from equipment.tests.factories import DeviceFactory, NodeFactory
from gateway.calling import NoAnswer
from gateway.calling.archives import There
from gateway.tests.machines import machine, port_of
from patients.tests.factories import PatientFactory
from studies.models import Transfer
from studies.services import Elsewhere, fetch_study, send_study
from studies.tests.factories import InstanceFactory, SeriesFactory, StudyFactory
from tests.browser.conftest import COLOURS_HAVE_CHANGED
from tests.browser.test_pages import opened

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LONG = "Nothing listens at 10.0.0.17 port 104, and nobody has said when it will be there again."


@pytest.fixture
def travelling(transactional_db, person):
    """A study with transfers in every state, an archive, machines that answer and that do not."""
    technician = person("Technician")
    patient = PatientFactory.create(name_alphabetic="Maier^Anna")
    study = StudyFactory.create(patient=patient, description="CT thorax with contrast")
    InstanceFactory.create_batch(3, series=SeriesFactory.create(study=study, modality="CT"))
    type(study).objects.filter(pk=study.pk).update(instance_count=3, series_count=1)
    study.refresh_from_db()
    facts = {"address": "127.0.0.1", "port": 104, "may_receive": True, "is_archive": True}
    nodes = [NodeFactory.create(name=f"Archive {place}", **facts) for place in "ABCD"]
    for node, status in zip(nodes, Transfer.Status, strict=True):
        transfer = send_study(study, node, by=technician)
        Transfer.objects.filter(pk=transfer.pk).update(status=status, done=1, total=3, reason=LONG)
    fetch_study(patient, nodes[0], Elsewhere("1.2.3", "MR head · 20240101"), by=technician)
    note_call(nodes[0])
    note_call(nodes[1], LONG)
    scanner = DeviceFactory.create(name="Scanner", address="127.0.0.1", port=104)
    for machine_known, count in ((scanner, 3), (nodes[0], 20)):
        proposed = [f"1.2.840.10008.5.1.1.{n}" for n in range(9, 9 + count)]
        record(
            "service.refused",
            machine_known,
            by=None,
            sender=machine_known.ae_title,
            results=dict.fromkeys(proposed, 3),
            syntaxes=dict.fromkeys(proposed, "1.2.840.10008.1.2 1.2.840.10008.1.2.1"),
        )
    return study


def found_there(study) -> list[There]:
    patient = study.patient
    facts = (patient.patient_id, "", "Maier^Anna", "19700101", "F", "20240101")
    return [
        There("1.2.9", *facts, "MR head", "MR", "A17", 120),
        There(study.study_instance_uid, *facts, "CT thorax", "CT", "", 3),
    ]


def test_pages_of_transfers_are_accessible_and_whole(
    travelling, live_server, page_for, flaws, person, monkeypatch
):
    monkeypatch.setattr("gateway.elsewhere.studies_of", lambda *_: found_there(travelling))
    study, technician, administrator = travelling, person("Technician"), person("Administrator")
    pages = [
        (technician, reverse("transfers:list")),
        (technician, reverse("transfers:list") + "?show=all"),
        (technician, reverse("studies:study", args=[study.study_instance_uid])),
        (technician, reverse("transfers:elsewhere", args=[study.patient_id])),
        (administrator, reverse("transfers:machines")),
        (administrator, reverse("equipment:device", args=[Device.objects.get().pk])),
    ]
    wrong = {}
    for screen in ("desk", "phone"):
        for somebody, path in pages:
            page = page_for(somebody, screen)
            page.route("**/events/", lambda route: route.fulfill(status=204))
            found = opened(page, live_server.url + path, flaws)
            if "elsewhere" in path:
                page.get_by_role("button", name="Ask Archive A").click()
                page.get_by_role("checkbox", name="Fetch MR head").wait_for()
                page.locator("button:disabled").wait_for(state="detached")
                page.evaluate(COLOURS_HAVE_CHANGED)
                found += flaws(page)
            if found:
                wrong[f"{screen} {path}"] = found

    assert wrong == {}


def test_a_study_is_sent_and_a_machine_is_called_with_a_click(
    travelling, live_server, page_for, person
):
    page = page_for(person("Administrator"))
    page.route("**/events/", lambda route: route.fulfill(status=204))
    with machine(handlers=[(evt.EVT_C_STORE, lambda _event: 0)]) as server:
        NodeFactory.create(
            name="Workstation 7",
            ae_title="OTHER",
            address="127.0.0.1",
            port=port_of(server),
            may_receive=True,
        )
        page.goto(live_server.url + reverse("transfers:machines"))
        row = page.get_by_role("row").filter(has_text="Workstation 7")
        row.get_by_role("button", name="Does it answer?").click()
        row.get_by_text("answered").wait_for()

    page.goto(live_server.url + reverse("studies:study", args=[travelling.study_instance_uid]))
    page.get_by_label("To").select_option(label="Workstation 7")
    page.get_by_role("button", name="Send").click()
    page.locator("#send li").filter(has_text="Workstation 7").get_by_text("Under way").wait_for()

    assert Transfer.objects.latest("pk").node.name == "Workstation 7"


def test_all_archives_are_asked_at_once_and_each_answers_when_it_does(
    travelling, live_server, page_for, person, monkeypatch
):
    def answer(node, _patient):
        if node.name.endswith("A"):
            return found_there(travelling)
        if node.name.endswith("B"):
            raise NoAnswer(LONG)
        return []

    monkeypatch.setattr("gateway.elsewhere.studies_of", answer)
    page = page_for(person("Technician"), "phone")
    page.route("**/events/", lambda route: route.fulfill(status=204))
    page.goto(live_server.url + reverse("transfers:elsewhere", args=[travelling.patient_id]))

    page.get_by_role("button", name="Ask them all").click()
    page.get_by_role("status").filter(has_text="Asked 4 / 4").wait_for()
    said = page.get_by_role("status").filter(has_text="Asked").inner_text()
    page.get_by_label("Only archives that have something").check()

    assert ("found 2" in said, "not answer 1" in said) == (True, True)
    assert page.locator(".archive:visible h2").all_inner_texts() == ["Archive A"]
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
