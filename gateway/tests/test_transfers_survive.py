"""The worker dies in the middle of a transfer (kill -9): the next one goes on where it stood."""

import threading
import time
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from pydicom import dcmread
from pynetdicom import evt

from audit.models import Entry
from equipment.tests.factories import NodeFactory
from gateway.periodic import sweep_transfers
from gateway.tests.archive import EXPLICIT, IMPLICIT, STUDY_ROOT
from gateway.tests.machines import machine, port_of
from patients.tests.factories import PatientFactory
from studies.models import IncomingFile, Instance, SentObject, Transfer
from studies.periodic import sweep_incoming
from studies.services import Elsewhere, fetch_study, send_study
from studies.tests.filing import filed, renamed

pytestmark = [pytest.mark.kills, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CT = "1.2.840.10008.5.1.4.1.1.2"
OBJECTS, DEADLY = 12, 5  # of so many, the worker dies while this one is under way
PATIENCE = 60.0


@pytest.fixture
def study(samples, tmp_path):
    """Filed before the worker starts, which would take the files too."""
    sources = [samples / f"syntax/ct_{IMPLICIT}.dcm"] * OBJECTS
    return filed(*renamed(sources, tmp_path))[0].series.study


class Middle:
    """The place in the middle of a transfer where the other side waits until we have killed."""

    def __init__(self) -> None:
        self.count = 0
        self.is_reached, self.is_over = threading.Event(), threading.Event()

    def passed(self) -> None:
        self.count += 1
        if self.count == DEADLY:
            self.is_reached.set()
            assert self.is_over.wait(PATIENCE)

    def kill(self, worker) -> None:
        """What the supervisor sees: a dead worker, and a new one in its place."""
        assert self.is_reached.wait(PATIENCE)
        worker.kill("worker")
        self.is_over.set()
        worker.start("worker")


def ended(transfer: Transfer) -> Transfer:
    """When it waits no more, with the clock's sweeps meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while transfer.status == Transfer.Status.WAITING:
        assert time.monotonic() < deadline, transfer.reason
        sweep_transfers()
        sweep_incoming()
        connection.close()
        time.sleep(0.2)
        transfer.refresh_from_db()
    return transfer


def test_a_study_arrives_whole_and_only_the_object_under_way_is_sent_again(study, worker, person):
    middle, arrived = Middle(), Counter[str]()

    def keep(event: evt.Event) -> int:
        request: Any = event.request
        arrived[str(request.AffectedSOPInstanceUID)] += 1
        middle.passed()
        return 0x0000

    with machine([(CT, [IMPLICIT, EXPLICIT])], [(evt.EVT_C_STORE, keep)]) as server:
        node = NodeFactory.create(
            ae_title="OTHER", address="127.0.0.1", port=port_of(server), may_receive=True
        )
        transfer = send_study(study, node, by=person("Technician"))
        middle.kill(worker)
        noted = set(SentObject.objects.values_list("instance__sop_instance_uid", flat=True))
        transfer = ended(transfer)

    assert (transfer.status, transfer.done, transfer.total) == ("DONE", OBJECTS, OBJECTS)
    assert set(arrived) == set(Instance.objects.values_list("sop_instance_uid", flat=True))
    assert len(noted) == DEADLY - 1
    assert {uid for uid, times in arrived.items() if times > 1}.isdisjoint(noted)
    assert sorted(arrived.values()) == [1] * (OBJECTS - 1) + [2]
    assert Entry.objects.filter(verb="study.sent").count() == 1


def test_a_study_that_is_fetched_is_here_whole_and_once(worker, samples, tmp_path, person):
    worker.start("listener")
    copies = [
        dcmread(one)
        for one in renamed(
            [samples / f"syntax/ct_{IMPLICIT}.dcm"] * OBJECTS, tmp_path, PatientID="4711"
        )
    ]
    patient = PatientFactory.create(patient_id="4711", name_alphabetic="Phantom^Test")
    middle = Middle()

    def send(_event: evt.Event):
        yield "127.0.0.1", worker.dicom_port
        yield OBJECTS
        for dataset in copies:
            middle.passed()
            yield 0xFF00, dataset

    with machine([f"{STUDY_ROOT}.2"], [(evt.EVT_C_MOVE, send)]) as server:
        server.ae.add_requested_context(CT, IMPLICIT)
        node = NodeFactory.create(
            ae_title="OTHER",
            address="127.0.0.1",
            port=port_of(server),
            is_archive=True,
            may_store=True,
        )
        uid = copies[0].StudyInstanceUID
        transfer = fetch_study(patient, node, Elsewhere(uid, "CT"), by=person("Technician"))
        middle.kill(worker)
        transfer = ended(transfer)

    deadline = time.monotonic() + PATIENCE
    while IncomingFile.objects.waiting().exists():
        assert time.monotonic() < deadline
        sweep_incoming()
        time.sleep(0.2)
    assert (transfer.status, transfer.done, transfer.failed) == ("DONE", OBJECTS, 0)
    here = Instance.objects.values_list("sop_instance_uid", flat=True)
    assert sorted(here) == sorted(one.SOPInstanceUID for one in copies)
    assert not IncomingFile.objects.filter(status="SET_ASIDE").exists()
