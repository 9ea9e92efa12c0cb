"""One stuck or greedy machine harms nobody else."""

import time
from contextlib import ExitStack, suppress

import pytest

from gateway.tests.raw import (
    ABORT,
    AC,
    DATA,
    ECHO,
    RELEASE_RQ,
    RJ,
    STORE,
    Caller,
    fragment,
    pdu,
    request,
)
from studies.models import IncomingFile

pytestmark = pytest.mark.usefixtures("test_node", "scanner")
LOCAL_LIMIT = (RJ, b"\0\2\3\2")
OBJECT = pdu(DATA, STORE + fragment(1, 2, b"12345678"))


@pytest.fixture
def callers(listener):
    """`callers()`: connections that are closed after the test."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(Caller(listener.port))


def test_a_greedy_machine_gets_its_share_and_others_theirs(callers, settings):
    settings.DICOM_MAX_ASSOCIATIONS, settings.DICOM_MAX_ASSOCIATIONS_EACH = 8, 5

    answers = [callers().says(request()).hears() for _ in range(12)]

    assert [kind for kind, _ in answers] == [AC] * 5 + [RJ] * 7
    assert set(answers[5:]) == {LOCAL_LIMIT}
    other = callers()
    assert other.says(request(calling="CT01")).hears()[0] == AC
    assert other.says(ECHO).status() == 0


def test_a_place_is_free_again_when_its_association_ends(callers, settings):
    settings.DICOM_MAX_ASSOCIATIONS_EACH = 1
    first = callers()
    assert first.says(request()).hears()[0] == AC
    assert callers().says(request()).hears() == LOCAL_LIMIT

    first.says(pdu(RELEASE_RQ)).hears()  # and keeps its connection open

    assert callers().says(request()).hears()[0] == AC


def test_who_only_connects_keeps_no_other_address_out(callers, listener, settings, monkeypatch):
    settings.DICOM_MAX_ASSOCIATIONS = 4
    monkeypatch.setattr("gateway.listener.AT_THE_DOOR", 4)

    silent = [callers() for _ in range(7)]

    assert silent[6].hears() == (0, b"")  # six of eight places are the most for one address
    assert len(listener.door.calls) == 6


def test_a_sender_that_drips_holds_up_nobody_and_is_let_go(
    callers, monkeypatch, listener, data_folder, eventually
):
    monkeypatch.setattr("gateway.dimse.upper_layer.visit.PDU_SECONDS", 1)
    dripping, other = callers(), callers()
    dripping.says(request()).hears()
    dripping.says(OBJECT[:-1])  # its last byte never comes

    other.says(request()).hears()
    other.says(*[OBJECT] * 20)
    assert [other.status() for _ in range(20)] == [0] * 20

    assert dripping.hears() == (ABORT, b"\0\0\0\0")
    eventually(lambda: not [one for one in (data_folder / "tmp").iterdir() if one.is_file()])
    assert IncomingFile.objects.count() == 20


def test_many_that_stand_still_make_the_end_no_longer_than_one(callers, monkeypatch, listener):
    monkeypatch.setattr("gateway.listener.STOP_SECONDS", 1)
    for _ in range(4):
        standing = callers()
        standing.says(request()).hears()
        standing.says(OBJECT[:-1])

    begun = time.monotonic()
    listener.stop()

    assert time.monotonic() - begun < 3


def test_a_sender_that_never_reads_its_answers_is_let_go(
    callers, monkeypatch, listener, eventually
):
    monkeypatch.setattr("gateway.dimse.upper_layer.wire.SEND_SECONDS", 0.5)
    deaf, other = callers(), callers()
    deaf.says(request()).hears()
    deaf.socket.settimeout(0.5)
    with suppress(OSError):  # whichever way it learns that nobody listens any more
        while True:
            deaf.says(ECHO * 2000)

    assert other.says(request()).hears()[0] == AC
    assert other.says(ECHO).status() == 0
    eventually(lambda: len(listener.door.calls) == 1)


def test_silence_in_an_association_ends_it(callers, monkeypatch):
    monkeypatch.setattr("gateway.dimse.upper_layer.visit.IDLE_SECONDS", 0.3)
    silent = callers()
    silent.says(request()).hears()

    assert silent.hears() == (ABORT, b"\0\0\0\0")
