"""Many senders at once: each is answered when its own object is safe, and nobody before."""

import contextlib
import errno
import threading
from itertools import count

import pytest
from django.db import DataError, OperationalError

from common.files import absolute
from gateway.dimse import scribe as scribe_module
from gateway.dimse.scribe import Scribe
from gateway.tests.raw import AC, DATA, STORE, Caller, fragment, pdu, request
from gateway.tests.sending import association_for, made, send
from studies.models import IncomingFile
from studies.services import Announced, MachineArrival, receive_all
from studies.tests.factories import kept

OBJECT = pdu(DATA, STORE + fragment(1, 2, b"12345678"))


def arrival(content: bytes = b"bytes", sender: str = "CT01") -> MachineArrival:
    return MachineArrival(kept(content), sender, Announced("1.2.3", "1.2.4", "1.2.5"))


@pytest.mark.django_db
def test_a_row_written_for_many_is_like_one_that_django_writes():
    receive_all([arrival()])

    row = IncomingFile.objects.get()
    usual = IncomingFile(size=1, sha256="", source="DIMSE")
    for field in IncomingFile._meta.concrete_fields:
        given = ("id", "path", "size", "sha256", "sender", "received_at", "next_attempt_at")
        if field.name not in (*given, "sop_class_uid", "sop_instance_uid", "transfer_syntax"):
            assert getattr(row, field.attname) == getattr(usual, field.attname), field.name
    assert (row.sender, row.transfer_syntax, row.size) == ("CT01", "1.2.5", 5)


@pytest.fixture
def scribe(transactional_db):
    writing = Scribe()
    writing.start()
    yield writing
    writing.close()


def synced() -> None:
    """The disk has it."""


def entered(scribe: Scribe, arrivals: list[MachineArrival], sync=None) -> list[Exception | None]:
    """What each of many senders who come at once is told."""
    told: list[Exception | None] = [None] * len(arrivals)

    def hand_in(number: int) -> None:
        try:
            scribe.enter(arrivals[number], sync or synced)
        except Exception as why:
            told[number] = why

    senders = [threading.Thread(target=hand_in, args=(number,)) for number in range(len(arrivals))]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    return told


def test_those_who_wait_share_one_statement(scribe, monkeypatch):
    groups, first_is_in, go_on = [], threading.Event(), threading.Event()

    def slowly(arrivals):
        groups.append(len(arrivals))
        first_is_in.set()
        assert go_on.wait(10)
        receive_all(arrivals)

    monkeypatch.setattr(scribe_module, "receive_all", slowly)
    first = threading.Thread(target=scribe.enter, args=(arrival(), synced))
    first.start()
    assert first_is_in.wait(10)
    waiting = threading.Thread(target=lambda: entered(scribe, [arrival() for _ in range(5)]))
    waiting.start()
    while scribe._waiting.qsize() < 5:
        threading.Event().wait(0.01)
    assert not IncomingFile.objects.exists()  # and nobody was told anything

    go_on.set()
    first.join()
    waiting.join()

    assert groups == [1, 5]
    assert IncomingFile.objects.count() == 6


def test_what_one_object_does_to_the_statement_is_not_the_others_trouble(scribe, monkeypatch):
    def choosy(arrivals):
        if any(one.sender == "BAD" for one in arrivals):
            raise DataError("that one cannot be said")
        receive_all(arrivals)

    monkeypatch.setattr(scribe_module, "receive_all", choosy)
    arrivals = [arrival(sender="BAD" if number == 2 else "CT01") for number in range(4)]

    told = entered(scribe, arrivals)

    assert [type(why) for why in told] == [type(None), type(None), DataError, type(None)]
    assert IncomingFile.objects.count() == 3
    assert [absolute(one.kept.path).exists() for one in arrivals] == [True, True, False, True]


@pytest.mark.parametrize("longest", [10, 1])  # together with the row, or before it
def test_an_object_whose_bytes_the_disk_does_not_take_gets_no_row_and_the_others_do(
    scribe, monkeypatch, longest
):
    monkeypatch.setattr(scribe_module, "LONG_TO_SYNC", longest)
    turn = count()

    def sync():
        if next(turn) == 1:
            raise OSError(errno.EIO, "the disk is ill")

    arrivals = [arrival() for _ in range(4)]

    told = entered(scribe, arrivals, sync)

    assert sorted(type(why).__name__ for why in told) == ["NoneType"] * 3 + ["OSError"]
    safe = {one.kept.path for one, why in zip(arrivals, told, strict=True) if why is None}
    assert {one.path for one in IncomingFile.objects.all()} == safe
    assert {one.kept.path for one in arrivals if absolute(one.kept.path).exists()} == safe


def test_nobody_is_told_before_the_bytes_are_safe(scribe):
    go_on = threading.Event()
    sender = threading.Thread(target=scribe.enter, args=(arrival(), lambda: go_on.wait(10)))
    sender.start()
    sender.join(0.3)

    assert sender.is_alive()
    assert not IncomingFile.objects.exists()

    go_on.set()
    sender.join()
    assert IncomingFile.objects.count() == 1


def test_while_the_database_is_away_nothing_is_left_on_the_disk(scribe, monkeypatch):
    def away():
        raise OperationalError("away")

    monkeypatch.setattr(scribe_module, "ensure_connection", away)
    arrivals = [arrival() for _ in range(3)]

    told = entered(scribe, arrivals)

    assert all(isinstance(why, OperationalError) for why in told)
    assert not any(absolute(one.kept.path).exists() for one in arrivals)


def test_a_database_that_does_not_answer_keeps_no_sender_waiting_for_ever(scribe, monkeypatch):
    go_on = threading.Event()

    def stuck(arrivals):
        assert go_on.wait(10)
        receive_all(arrivals)

    monkeypatch.setattr(scribe_module, "receive_all", stuck)
    monkeypatch.setattr(scribe_module, "PATIENCE_SECONDS", 0.1)
    object_sent = arrival()

    with pytest.raises(OperationalError, match="does not answer"):
        scribe.enter(object_sent, synced)

    go_on.set()  # it comes to itself: the object is there, and the sender's second try will be too
    scribe.close()
    assert IncomingFile.objects.get().path == object_sent.kept.path
    assert absolute(object_sent.kept.path).exists()


@pytest.mark.kills
@pytest.mark.slow
def test_killed_in_the_middle_of_its_writing_the_listener_loses_nothing_it_has_acknowledged(
    real_programs, transactional_db, test_node
):
    real_programs.start("listener")
    acknowledged, lock = [], threading.Lock()
    enough = threading.Event()

    def keep_sending() -> None:
        with contextlib.suppress(OSError, AssertionError), Caller(real_programs.dicom_port) as one:
            assert one.says(request()).hears()[0] == AC
            while True:
                one.says(OBJECT)
                status = one.status()
                with lock:
                    acknowledged.append(status)
                    if len(acknowledged) >= 40:
                        enough.set()

    senders = [threading.Thread(target=keep_sending) for _ in range(4)]
    for sender in senders:
        sender.start()
    assert enough.wait(60)

    real_programs.kill("listener")
    for sender in senders:
        sender.join()

    rows = list(IncomingFile.objects.all())
    assert set(acknowledged) == {0}
    assert len(rows) >= len(acknowledged)
    for row in rows:
        content = absolute(row.path).read_bytes()
        assert (len(content), content[-8:]) == (row.size, b"12345678")

    real_programs.start("listener")  # as the supervisor does
    association = association_for(real_programs.dicom_port, [made()])
    assert send(association, made()) == 0
    association.release()
    real_programs.halt()
