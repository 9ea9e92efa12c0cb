"""Machines ask whether their objects are safe, and are told (PS3.4 Annex J)."""

import contextlib
import datetime as dt
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import DEFAULT_TRANSFER_SYNTAXES, evt

from common.files import absolute
from gateway.calling.undisturbed import Undisturbed
from gateway.periodic import sweep_calls
from gateway.tasks import tell_commitments
from gateway.tests.machines import machine, port_of
from studies import services
from studies.ingest import file_batch
from studies.models import Commitment, CommitmentItem, Instance
from studies.tasks import decide_commitments
from studies.tests.factories import an_object_for, received
from worklist.tests.factories import ScheduledProcedureFactory

PUSH = "1.2.840.10008.1.20.1"
WELL_KNOWN = "1.2.840.10008.1.20.1.1"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4"
Status = Commitment.Status


@dataclass
class Heard:
    """What a machine was told. `status` is what it answers."""

    reports: list[tuple[Any, Dataset]] = field(default_factory=list)
    status: int = 0x0000
    roles: list[Any] = field(default_factory=list)

    def take(self, event: evt.Event) -> tuple[int, None]:
        self.reports.append((event.event_type, event.event_information))
        return self.status, None


@contextlib.contextmanager
def called_back(peer, heard: Heard):
    """The machine listens where it is registered, as the user of the service (role selection)."""
    contexts = [(PUSH, DEFAULT_TRANSFER_SYNTAXES, False, True)]
    handlers = [
        (evt.EVT_N_EVENT_REPORT, heard.take),
        (evt.EVT_ACCEPTED, lambda event: heard.roles.append(event.assoc.requestor.role_selection)),
    ]
    with machine(contexts, handlers, title=peer.ae_title) as server:
        peer.address, peer.port = "127.0.0.1", port_of(server)
        peer.save()
        yield server


def asking(*objects: tuple[str, str], uid: str = "") -> Dataset:
    request = Dataset()
    request.TransactionUID = uid or generate_uid()
    items = []
    for sop_class, sop_uid in objects:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, sop_uid
        items.append(item)
    request.ReferencedSOPSequence = items
    return request


def ask(listener, request: Dataset, *, instance=WELL_KNOWN, action=1, calling="CT01") -> int:
    association = listener.call(PUSH, calling=calling)
    status, _reply = association.send_n_action(request, action, PUSH, instance)
    association.release()
    return int(status.Status)


def an_object(**attributes) -> Instance:
    """Filed, its bytes on disk."""
    row = received(an_object_for(ScheduledProcedureFactory.create(), **attributes))
    while file_batch():
        pass
    row.refresh_from_db()
    assert row.instance is not None, row.reason
    return row.instance


def told(reports) -> dict[str, int]:
    """Failure reasons by object; 0 for what is safe."""
    found = {}
    for _event, information in reports:
        for item in information.get("ReferencedSOPSequence", []):
            found[item.ReferencedSOPInstanceUID] = 0
        for item in information.get("FailedSOPSequence", []):
            found[item.ReferencedSOPInstanceUID] = item.FailureReason
    return found


def test_what_is_safe_is_said_on_an_association_of_our_own_with_our_role(listener, scanner):
    safe, heard = an_object(), Heard()
    request = asking((CT_IMAGE, safe.sop_instance_uid))
    with called_back(scanner, heard):
        assert ask(listener, request) == 0x0000
        decide_commitments()
        tell_commitments()

    ((event, information),) = heard.reports
    assert event == 1
    assert information.TransactionUID == request.TransactionUID
    assert "FailedSOPSequence" not in information
    assert told(heard.reports) == {safe.sop_instance_uid: 0}
    role = heard.roles[0][PUSH]
    assert (role.scu_role, role.scp_role) == (False, True)
    assert Commitment.objects.get().status == Status.REPORTED


def test_every_failure_has_the_standards_reason(listener, scanner):
    safe, other_class, gone, shadowed = (an_object() for _ in range(4))
    assert shadowed.series.procedure is not None
    absolute(gone.path).unlink()
    twin = an_object_for(
        shadowed.series.procedure,
        SOPInstanceUID=shadowed.sop_instance_uid,
        StudyInstanceUID=shadowed.series.study.study_instance_uid,
        SeriesInstanceUID=shadowed.series.series_instance_uid,
        ImageComments="Another object under the same name",
    )
    row = received(twin)
    row.sop_instance_uid = shadowed.sop_instance_uid  # as the network announces it
    row.save()
    while file_batch():
        pass
    expected = {
        (CT_IMAGE, safe.sop_instance_uid): 0,
        (CT_IMAGE, "1.2.3.4"): 0x0112,
        (MR_IMAGE, other_class.sop_instance_uid): 0x0119,
        ("1.2.840.10008.1.1", "1.2.3.5"): 0x0122,
        (CT_IMAGE, gone.sop_instance_uid): 0x0110,
        (CT_IMAGE, shadowed.sop_instance_uid): 0x0110,
    }
    heard = Heard()
    with called_back(scanner, heard):
        ask(listener, asking(*expected))
        decide_commitments()
        tell_commitments()

    assert heard.reports[0][0] == 2
    assert told(heard.reports) == {uid: reason for (_class, uid), reason in expected.items()}


def test_what_is_on_its_way_is_waited_for(listener, scanner):
    row = received(an_object_for(ScheduledProcedureFactory.create(), SOPInstanceUID="1.2.7"))
    row.sop_instance_uid = "1.2.7"
    row.save()
    ask(listener, asking((CT_IMAGE, "1.2.7")))

    decide_commitments()
    assert Commitment.objects.get().status == Status.WAITING

    while file_batch():
        pass
    decide_commitments()
    assert CommitmentItem.objects.get().outcome == "SAFE"


def test_what_is_not_filed_in_time_is_not_promised(listener, scanner):
    row = received(an_object_for(ScheduledProcedureFactory.create(), SOPInstanceUID="1.2.7"))
    row.sop_instance_uid = "1.2.7"
    row.save()
    ask(listener, asking((CT_IMAGE, "1.2.7")))
    Commitment.objects.update(asked_at=timezone.now() - dt.timedelta(hours=1))

    decide_commitments()

    assert CommitmentItem.objects.get().reason == 0x0213


def test_the_same_request_twice_is_one_and_is_told_again(listener, scanner):
    safe, heard = an_object(), Heard()
    request = asking((CT_IMAGE, safe.sop_instance_uid))
    with called_back(scanner, heard):
        for _turn in range(2):
            assert ask(listener, request) == 0x0000
            decide_commitments()
            tell_commitments()

    assert Commitment.objects.count() == 1
    assert len(heard.reports) == 2


def test_other_objects_under_the_same_name_are_not_promised(listener, scanner):
    safe, heard = an_object(), Heard()
    with called_back(scanner, heard):
        ask(listener, asking((CT_IMAGE, "1.2.3"), uid="1.2.9"))
        ask(listener, asking((CT_IMAGE, safe.sop_instance_uid), uid="1.2.9"))
        decide_commitments()
        tell_commitments()

    assert told(heard.reports) == {"1.2.3": 0x0112, safe.sop_instance_uid: 0x0131}


def test_what_makes_no_sense_is_refused(listener, scanner):
    nameless = asking((CT_IMAGE, "1.2.3"))
    del nameless.TransactionUID
    answers = [
        ask(listener, asking((CT_IMAGE, "1.2.3")), instance="1.2.3"),
        ask(listener, asking((CT_IMAGE, "1.2.3")), action=2),
        ask(listener, nameless),
        ask(listener, asking()),
        ask(listener, asking((CT_IMAGE, "not a UID"))),
    ]

    assert answers == [0x0112, 0x0123, 0x0114, 0x0114, 0x0115]
    assert not Commitment.objects.exists()


def test_a_machine_without_the_right_may_not_ask(listener, scanner):
    scanner.may_ask_commitment = False
    scanner.save()

    association = listener.call(PUSH, calling="CT01")

    assert association.rejected_contexts[0].result == 0x01
    association.abort()


def test_a_machine_that_nobody_can_call_is_told_while_it_stays(listener, scanner):
    safe, heard = an_object(), Heard()
    entity = Undisturbed(ae_title="CT01")
    entity.add_requested_context(PUSH)
    association = entity.associate(
        "127.0.0.1",
        listener.port,
        ae_title="IMAGING_DEPT",
        evt_handlers=[(evt.EVT_N_EVENT_REPORT, heard.take)],
    )

    association.send_n_action(asking((CT_IMAGE, safe.sop_instance_uid)), 1, PUSH, WELL_KNOWN)

    until = time.monotonic() + 20
    while Commitment.objects.get().status != Status.REPORTED and time.monotonic() < until:
        time.sleep(0.05)
    association.release()
    assert told(heard.reports) == {safe.sop_instance_uid: 0}


def test_a_machine_that_does_not_answer_is_tried_again_and_given_up_after_a_day(
    listener, scanner, person, client
):
    scanner.address, scanner.port = "127.0.0.1", 1
    scanner.save()
    ask(listener, asking((CT_IMAGE, "1.2.3")))
    decide_commitments()
    tell_commitments()
    commitment = Commitment.objects.get()
    assert (commitment.status, commitment.attempts) == (Status.DECIDED, 1)
    assert commitment.trouble
    assert commitment.next_attempt_at > timezone.now()

    Commitment.objects.update(
        decided_at=timezone.now() - dt.timedelta(days=2), next_attempt_at=timezone.now()
    )
    tell_commitments()
    commitment.refresh_from_db()
    assert commitment.status == Status.UNDELIVERED

    heard = Heard()
    with called_back(scanner, heard):
        services.retry_commitment(commitment, by=person("Administrator"))
        tell_commitments()
    assert len(heard.reports) == 1


def test_a_machine_that_says_no_is_told_again(listener, scanner):
    heard = Heard(status=0x0110)
    with called_back(scanner, heard):
        ask(listener, asking((CT_IMAGE, "1.2.3")))
        decide_commitments()
        tell_commitments()
        assert Commitment.objects.get().status == Status.DECIDED
        heard.status = 0
        Commitment.objects.update(next_attempt_at=timezone.now())
        tell_commitments()

    assert Commitment.objects.get().status == Status.REPORTED


@pytest.mark.slow
@pytest.mark.kills
def test_a_worker_that_is_killed_while_it_tells_tells_again(worker, listener, scanner):
    reached, gate = threading.Event(), threading.Event()
    heard = Heard()

    def take(event: evt.Event) -> tuple[int, None]:
        reached.set()
        gate.wait(60)
        return heard.take(event)

    contexts = [(PUSH, DEFAULT_TRANSFER_SYNTAXES, False, True)]
    with machine(contexts, [(evt.EVT_N_EVENT_REPORT, take)], title="CT01") as server:
        scanner.address, scanner.port = "127.0.0.1", port_of(server)
        scanner.save()
        ask(listener, asking((CT_IMAGE, "1.2.3")))
        assert reached.wait(60)
        worker.kill("worker")
        gate.set()
        assert Commitment.objects.get().status == Status.DECIDED
        Commitment.objects.update(next_attempt_at=timezone.now())  # its lease has run out
        worker.start("worker")
        sweep_calls()

        until = time.monotonic() + 60
        while Commitment.objects.get().status != Status.REPORTED:
            assert time.monotonic() < until
            connection.close()
            time.sleep(0.1)
    assert len(heard.reports) >= 1
