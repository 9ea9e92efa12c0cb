"""Who comes in, and who is told why not."""

import random
import socket
import struct
import threading
from contextlib import ExitStack

import pytest
from django.db import OperationalError, connection
from pynetdicom.transport import AssociationSocket

from audit.models import Entry
from equipment.models import Device
from gateway import listener as listener_module
from gateway.tests.conftest import CT_STORAGE, PERFORMED_STEP, VERIFICATION, WORKLIST
from gateway.tests.sending import association_for, made, send
from worklist.tests.asking import everything
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.usefixtures("test_node", "scanner")
PERMANENT, TRANSIENT = 1, 2


def refusal_of(association):
    answer = association.acceptor.primitive
    return answer.result, answer.result_source, answer.diagnostic


def test_a_registered_machine_is_answered(listener):
    association = listener.call(calling="CT01")

    assert association.send_c_echo().Status == 0x0000
    association.release()
    assert Device.objects.get(ae_title="CT01").last_heard_at is not None


def test_an_unknown_caller_is_refused_with_the_standards_reason_and_leaves_a_trace(listener):
    association = listener.call(calling="STRANGER")

    assert association.is_rejected
    assert refusal_of(association) == (PERMANENT, 1, 3)
    entry = Entry.objects.get(verb="association.refused")
    assert entry.actor_label == "STRANGER"
    assert entry.details == {
        "address": "127.0.0.1",
        "reason_code": "UNKNOWN_CALLER",
    }


def test_a_flood_of_refusals_fills_no_table(listener):
    for number in range(30):
        assert listener.call(calling=f"STRANGER{number}").is_rejected
    for _ in range(3):
        assert listener.call(calling="STRANGER0").is_rejected

    assert Entry.objects.filter(verb="association.refused").count() == 20


def test_a_machine_calling_from_another_address_is_unknown(listener):
    Device.objects.filter(ae_title="CT01").update(address="192.0.2.7")

    assert refusal_of(listener.call(calling="CT01")) == (PERMANENT, 1, 3)


def test_a_wrong_called_title_is_refused(listener):
    assert refusal_of(listener.call(called="SOMEBODY_ELSE")) == (PERMANENT, 1, 7)


def test_the_database_being_away_is_a_passing_trouble(listener, monkeypatch):
    def away(*_):
        raise OperationalError("away")

    monkeypatch.setattr("gateway.dimse.admission.identify_caller", away)
    assert refusal_of(listener.call()) == (TRANSIENT, 3, 1)

    monkeypatch.undo()
    assert listener.call().send_c_echo().Status == 0x0000


def test_too_many_associations_are_told_to_come_back(listener, settings):
    settings.DICOM_MAX_ASSOCIATIONS = 2
    first, second = listener.call(), listener.call()

    assert refusal_of(listener.call()) == (TRANSIENT, 3, 2)

    first.release()
    listener.settle(0.1)
    assert listener.call().is_established
    assert second.send_c_echo().Status == 0x0000


def test_services_that_a_machine_may_not_use_are_refused_one_by_one(listener):
    Device.objects.filter(ae_title="CT01").update(may_store=False, may_query_worklist=False)

    association = listener.call(VERIFICATION, WORKLIST, CT_STORAGE, calling="CT01")

    results = {cx.abstract_syntax: cx.result for cx in association.rejected_contexts}
    assert results == {WORKLIST: 1, CT_STORAGE: 1}
    assert [cx.abstract_syntax for cx in association.accepted_contexts] == [VERIFICATION]


def test_what_nobody_here_offers_is_unknown(listener):
    color_palettes = "1.2.840.10008.5.1.4.39.2"

    association = listener.call(VERIFICATION, color_palettes)

    assert [cx.result for cx in association.rejected_contexts] == [3]


def test_fifty_machines_at_once_are_all_answered(listener, settings):
    settings.DICOM_MAX_ASSOCIATIONS = settings.DICOM_MAX_ASSOCIATIONS_EACH = 96
    answers = []

    def echo():
        association = listener.call()
        if association.is_established:
            answers.append(association.send_c_echo().Status)
            association.release()

    callers = [threading.Thread(target=echo) for _ in range(50)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()

    assert answers == [0] * 50


def connections_to_the_database() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("contexts", [(VERIFICATION,), (VERIFICATION, PERFORMED_STEP)])
def test_no_thread_and_no_database_connection_outlives_its_association(
    listener, eventually, contexts
):
    listener.call(*contexts).release()  # the door's own connections are there from the first caller
    eventually(lambda: not listener.door.calls)
    before = connections_to_the_database()

    for _ in range(10):
        association = listener.call(*contexts)
        association.send_c_echo()
        association.release()

    eventually(lambda: not listener.door.calls)
    eventually(lambda: connections_to_the_database() <= before)


# ── strangers ────────────────────────────────────────────────────────────────────────────────────


def still_answers(listener) -> bool:
    association = listener.call()
    status = association.send_c_echo().Status
    association.release()
    return bool(status == 0)


def test_a_health_check_that_connects_and_hangs_up_leaves_nothing_behind(listener, eventually):
    for _ in range(20):
        socket.create_connection(("127.0.0.1", listener.port)).close()

    eventually(lambda: not listener.door.calls)
    assert still_answers(listener)


GARBAGE = {
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "zeros": b"\0" * 100,
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x01" * 500,
    "absurd length": b"\x01\x00\xff\xff\xff\xff",
    "data before any association": b"\x04\x00\x00\x00\x00\x06\x00\x00\x00\x02\x01\x03",
    "release before any association": b"\x05\x00\x00\x00\x00\x04\x00\x00\x00\x00",
    "abort before any association": b"\x07\x00\x00\x00\x00\x04\x00\x00\x00\x00",
    "request that ends early": b"\x01\x00\x00\x00\x00\x44\x00\x01\x00\x00" + b" " * 64,
    "request of nonsense": b"\x01\x00\x00\x00\x02\x00" + b"\xff" * 512,
    "request with control characters": b"\x01\x00\x00\x00\x00\x44\x00\x01\x00\x00"
    + b"\x07" * 32
    + b"\0" * 32,
}


@pytest.mark.parametrize("bytes_sent", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_ends_its_own_connection_and_nothing_else(listener, eventually, bytes_sent):
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as stranger:
        stranger.sendall(bytes_sent)
        stranger.shutdown(socket.SHUT_WR)
        try:
            while stranger.recv(4096):
                pass
        except ConnectionResetError:
            pass

    eventually(lambda: not listener.door.calls)
    assert still_answers(listener)


@pytest.fixture
def strangers(listener):
    """`strangers(5)`: connections that say nothing."""
    with ExitStack() as open_sockets:

        def connect(count: int) -> list[socket.socket]:
            address = ("127.0.0.1", listener.port)
            return [
                open_sockets.enter_context(socket.create_connection(address, timeout=5))
                for _ in range(count)
            ]

        yield connect


def test_half_open_connections_are_closed_after_a_while(
    listener, strangers, monkeypatch, eventually
):
    monkeypatch.setattr("gateway.dimse.upper_layer.visit.ARTIM_SECONDS", 4)
    strangers(10)[0].sendall(b"\x01\x00")  # and never another byte

    eventually(lambda: len(listener.door.calls) == 10)
    assert still_answers(listener)
    eventually(lambda: not listener.door.calls)


def test_more_connections_than_the_door_holds_are_closed_at_once(
    listener, strangers, settings, monkeypatch, eventually
):
    settings.DICOM_MAX_ASSOCIATIONS = 1
    monkeypatch.setattr(listener_module, "AT_THE_DOOR", 2)

    strangers(3)
    eventually(lambda: len(listener.door.calls) == 3)

    assert [one.recv(1) for one in strangers(2)] == [b"", b""]


def pdata(context: int, header: int, payload: bytes) -> bytes:
    """One P-DATA-TF with one fragment (PS3.8 9.3.5)."""
    item = struct.pack(">LBB", len(payload) + 2, context, header) + payload
    return struct.pack(">BxL", 4, len(item)) + item


HOSTILE_MESSAGES = {
    "a command without end": [pdata(1, 1, b"\0" * 16000)] * 3,
    "a command of nonsense": [pdata(1, 3, b"\xff" * 100)],
    "an unknown command": [
        pdata(1, 3, struct.pack("<HHLHHHLH", 0, 0x0100, 2, 0x7777, 0, 0x0800, 2, 0x0101))
    ],
    "a fragment of a context that was never accepted": [pdata(99, 3, b"\0\0")],
    "an empty fragment": [struct.pack(">BxLLB", 4, 5, 1, 1)],
    "a fragment longer than its PDU": [struct.pack(">BxLLBB", 4, 6, 500, 1, 3)],
}


@pytest.mark.parametrize("sent", HOSTILE_MESSAGES.values(), ids=HOSTILE_MESSAGES.keys())
def test_a_peer_that_breaks_the_protocol_loses_its_association_alone(listener, eventually, sent):
    other = listener.call()
    association = listener.call()
    wire = association.dul.socket.socket

    for piece in sent:
        wire.sendall(piece)

    eventually(lambda: association.is_aborted or not association.is_alive())
    eventually(lambda: len(listener.door.calls) == 1)
    assert other.send_c_echo().Status == 0
    other.release()


def test_a_fault_of_ours_ends_the_association_in_good_order(listener, monkeypatch, eventually):
    def stumble(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr("gateway.dimse.admission.identify_caller", stumble)
    assert not listener.call().is_established
    eventually(lambda: not listener.door.calls)

    monkeypatch.undo()
    assert still_answers(listener)


@pytest.fixture
def conversations(listener, monkeypatch) -> list[bytes]:
    """All that a well-behaved sender says, and all that a well-behaved asker does."""
    said: list[bytearray] = []
    honest = AssociationSocket.send

    def recorded(self, bytestream):
        if self.assoc.is_requestor:
            said[-1].extend(bytestream)
        honest(self, bytestream)

    with monkeypatch.context() as tapping:
        tapping.setattr(AssociationSocket, "send", recorded)
        said.append(bytearray())
        association = association_for(listener.port, [made()])
        assert send(association, made()) == 0
        association.release()
        said.append(bytearray())
        association = listener.call(WORKLIST)
        *_, (status, _) = association.send_c_find(everything(), WORKLIST)
        assert status.Status == 0
        association.release()
    return [bytes(one) for one in said]


def mutated(honest: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, doubled or cut off."""
    spoiled = bytearray(honest)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(spoiled))
        end = min(len(spoiled), start + chance.randint(1, 40))
        match chance.randrange(4):
            case 0:
                spoiled[start] = chance.randrange(256)
            case 1:
                del spoiled[start:end]
            case 2:
                spoiled[start:start] = spoiled[start:end]
            case _:
                spoiled = spoiled[: max(start, 1)]
    return bytes(spoiled)


@pytest.mark.slow
def test_hundreds_of_spoiled_conversations_harm_nobody(
    listener, conversations, eventually, data_folder
):
    ScheduledProcedureFactory.create_batch(30)
    chance = random.Random(2026)  # noqa: S311 - the same mischief every time
    threads = threading.active_count()

    for number in range(400):
        honest = conversations[number % 2]
        with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as stranger:
            try:
                stranger.sendall(mutated(honest, chance))
                stranger.shutdown(socket.SHUT_WR)
                while stranger.recv(65536):
                    pass
            except (ConnectionResetError, BrokenPipeError):
                pass

    eventually(lambda: not listener.door.calls)
    eventually(lambda: threading.active_count() <= threads)
    assert not [one for one in (data_folder / "tmp").iterdir() if one.is_file()]
    assert still_answers(listener)


def test_stopping_lets_everybody_go(listener, eventually):
    association = listener.call()

    listener.stop()

    eventually(lambda: association.is_aborted)
