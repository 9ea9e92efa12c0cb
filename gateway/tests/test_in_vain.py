"""What a machine proposes and is not given is noted once, and shown where its installer looks."""

import pytest
from django.db import OperationalError
from django.urls import reverse
from pynetdicom import build_role

from audit.models import Entry
from equipment.models import Device, Node
from equipment.tests.factories import DeviceFactory
from gateway.dimse import refusals
from gateway.proposals import in_vain_by_peer, in_vain_of
from gateway.tests.archive import Workstation
from gateway.tests.conftest import CT_STORAGE, PERFORMED_STEP, VERIFICATION, WORKLIST
from gateway.tests.raw import AC, Caller, request

pytestmark = pytest.mark.usefixtures("scanner", "test_node")

PRINT = "1.2.840.10008.5.1.1.9"
COLOUR_PALETTE = "1.2.840.10008.5.1.4.39.2"
GET = "1.2.840.10008.5.1.4.1.2.2.3"
DEFLATED = "1.2.840.10008.1.2.1.99"
JPEG_LS = "1.2.840.10008.1.2.4.80"
BEYOND_THE_UPPER_LAYER = PERFORMED_STEP  # who asks for it is handed over to pynetdicom


@pytest.fixture
def propose(listener):
    """`propose(PRINT, (WORKLIST, DEFLATED))`: an association that ends at once; all is noted."""

    def proposed(*contexts, calling: str = "CT01") -> None:
        association = listener.call(*contexts, calling=calling)
        if association.is_established:
            association.release()
        everything_noted(listener)

    return proposed


def everything_noted(listener) -> None:
    listener.settle()
    listener.door.clerk.ask(lambda: None)  # what was left with the clerk lies before this


def noted() -> list[dict]:
    return [entry.details for entry in Entry.objects.services_refused().in_time_order()]


@pytest.mark.parametrize("also", [VERIFICATION, BEYOND_THE_UPPER_LAYER])
def test_each_service_that_was_refused_is_noted_with_its_reason(propose, also):
    Device.objects.update(may_store=False)

    propose(also, PRINT, (WORKLIST, [DEFLATED, JPEG_LS]), CT_STORAGE)

    [details] = noted()
    assert details["results"] == {PRINT: 3, WORKLIST: 4, CT_STORAGE: 1}
    assert details["syntaxes"][WORKLIST] == f"{DEFLATED} {JPEG_LS}"
    entry = Entry.objects.services_refused().get()
    assert (entry.actor_label, entry.subject_type) == ("CT01", "equipment.device")


def test_the_same_proposal_is_noted_once_and_a_new_one_by_itself(propose):
    for _ in range(3):
        propose(VERIFICATION, PRINT)
    propose(VERIFICATION, PRINT, COLOUR_PALETTE)
    propose(PRINT, calling="TEST_SCU")

    assert [list(one["results"]) for one in noted()] == [[PRINT], [COLOUR_PALETTE], [PRINT]]


def test_it_is_noted_again_after_half_a_day(propose, monkeypatch):
    propose(PRINT)
    monkeypatch.setattr(refusals, "SERVICE_AGAIN_AFTER", 0.0)
    propose(PRINT)

    assert len(noted()) == 2


def test_a_service_that_was_accepted_in_another_context_lacks_nothing(propose):
    propose((WORKLIST, DEFLATED), WORKLIST)

    assert noted() == []


def test_a_workstation_that_may_only_have_images_lacks_nothing(listener):
    Node.objects.update(may_store=False)
    roles = [build_role(CT_STORAGE, scp_role=True)]

    Workstation(listener.port).opened((GET,), (CT_STORAGE,), negotiation=roles).release()
    everything_noted(listener)

    assert noted() == []


def test_one_machine_cannot_fill_the_trail(propose):
    for first in range(0, 400, 100):
        propose(*[(f"1.2.840.10008.5.1.4.39.{n}", DEFLATED) for n in range(first, first + 100)])

    Device.objects.update(may_store=False)
    for first in range(0, 400, 100):
        propose(*[(f"1.2.3.{n}", DEFLATED) for n in range(first, first + 100)])

    assert sum(len(one["results"]) for one in noted()) == refusals.MOST_SERVICES


def test_what_is_no_uid_stays_out_of_the_trail(listener):
    Node.objects.update(may_store=False)
    with Caller(listener.port) as caller:
        assert caller.says(request({1: "no\0uid", 3: VERIFICATION})).hears()[0] == AC
    everything_noted(listener)

    assert noted() == []


def test_what_the_database_could_not_take_is_noted_next_time(propose, monkeypatch):
    def away(*_, **__):
        raise OperationalError("away")

    monkeypatch.setattr(refusals, "record", away)
    propose(PRINT)
    monkeypatch.undo()
    propose(PRINT)

    assert len(noted()) == 1


def test_nothing_new_asks_the_database_nothing(propose, monkeypatch, listener):
    propose(VERIFICATION, PRINT)
    left: list[object] = []
    monkeypatch.setattr(listener.door.clerk, "leave", left.append)

    propose(VERIFICATION, PRINT)
    propose(VERIFICATION)

    assert left == []


def test_the_pages_say_what_was_refused_in_the_names_of_the_standard(propose, client, person):
    propose(PRINT, (WORKLIST, DEFLATED))
    scanner = Device.objects.get()
    client.force_login(person("Engineer"))

    for address in (
        reverse("transfers:machines"),
        reverse("transfers:answering_device", args=[scanner.pk]),
    ):
        page = client.get(address).content.decode()
        assert "Modality Worklist Information Model - FIND" in page
        assert "Deflated Explicit VR Little Endian" in page
        assert "none will do" in page
        assert "Basic Grayscale Print Management Meta SOP Class" in page
        assert "not offered here" in page


def test_what_was_allowed_meanwhile_is_told_apart(propose):
    Device.objects.update(may_query_worklist=False)
    propose(WORKLIST)
    [before] = in_vain_of(Device.objects.get())

    Device.objects.update(may_query_worklist=True)
    [after] = in_vain_of(Device.objects.get())

    assert "do not allow" in str(before.why)
    assert "now it would be accepted" in str(after.why)


def test_each_machine_is_shown_its_own(propose):
    other = DeviceFactory.create()
    propose(PRINT)
    propose(COLOUR_PALETTE, calling="TEST_SCU")

    found = {
        peer.ae_title: [line.service for line in lines]
        for peer, lines in in_vain_by_peer([*Device.objects.all(), *Node.objects.all()])
    }

    assert other.ae_title not in found
    assert set(found) == {"CT01", "TEST_SCU"}
    assert "Print" in found["CT01"][0]
    assert "Color Palette" in found["TEST_SCU"][0]
