"""Our own upper layer, state by state and byte by byte (PS3.8 9.2, 9.3)."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynetdicom import fsm

from audit.models import Entry
from gateway.dimse.upper_layer import pdus
from gateway.dimse.upper_layer.commands import read_command
from gateway.dimse.upper_layer.machine import MOVES, Action, Mishap, State
from gateway.dimse.upper_layer.messages import Inbox, Unacceptable
from gateway.dimse.upper_layer.pdus import Invalid, Kind
from gateway.tests.raw import (
    ABORT,
    AC,
    C_CANCEL,
    C_ECHO,
    C_STORE,
    DATA,
    ECHO,
    NO_DATA,
    RELEASE_RP,
    RELEASE_RQ,
    RJ,
    RQ,
    STORE,
    WITH_DATA,
    Caller,
    command,
    fragment,
    item,
    pdu,
    request,
)
from gateway.tests.sending import CT
from studies.models import IncomingFile

# ── the table, against one that somebody else wrote ──────────────────────────────────────────────

EVENTS: dict[Kind | Mishap, str] = {
    **{kind: f"Evt{number}" for kind, number in zip(Kind, (6, 3, 4, 10, 12, 13, 16), strict=True)},
    Mishap.INVALID: "Evt19",
    Mishap.HUNG_UP: "Evt17",
}
# For us who closes and how we are told makes no difference.
SAME = dict.fromkeys(("AA-2", "AA-3", "AA-4", "AA-5", "AR-5"), "AA-2")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
@pytest.mark.parametrize("state", MOVES, ids=lambda state: state.name)
def test_every_move_is_that_of_table_9_10(state, event):
    standard = fsm.TRANSITION_TABLE[(EVENTS[event], state.value)]

    assert MOVES[state][event].value == SAME.get(standard, standard)


@pytest.mark.parametrize("state", MOVES, ids=lambda state: state.name)
def test_whatever_happens_there_is_a_move(state):
    assert set(MOVES[state]) == {*Kind, *Mishap}


def test_every_state_but_the_last_has_moves():
    assert set(MOVES) == set(State) - {State.IDLE}
    assert {action for moves in MOVES.values() for action in moves.values()} == set(Action)


# ── the same over a real connection ──────────────────────────────────────────────────────────────

USER_ABORTS, UNEXPECTED, UNKNOWN_PDU, BAD_PARAMETER = (
    b"\0\0\0\0",
    b"\0\0\2\2",
    b"\0\0\2\1",
    b"\0\0\2\6",
)


# One door for each of these tests, and many callers: a table to be emptied costs more than a call.


@pytest.fixture
def caller(listener, test_node):
    with Caller(listener.port) as connected:
        yield connected


@pytest.fixture
def accepted(caller):
    """A caller with an association for storage and verification."""
    assert caller.says(request()).hears()[0] == AC
    return caller


@pytest.fixture
def answer(listener, test_node):
    """`answer(*pdus)`: what a fresh caller hears who says this."""

    def hear(*said: bytes) -> tuple[int, bytes]:
        with Caller(listener.port) as fresh:
            if said[0] == REQUEST:
                assert fresh.says(REQUEST).hears()[0] == AC
                said = said[1:]
            return fresh.says(*said).hears()

    return hear


REQUEST = request()


def test_before_an_association_anything_else_is_aborted(answer):
    for kind in (AC, RJ, DATA, RELEASE_RQ, RELEASE_RP):
        assert answer(pdu(kind)) == (ABORT, USER_ABORTS)


def test_in_an_association_a_pdu_out_of_its_place_is_unexpected(answer):
    for kind in (RQ, AC, RJ, RELEASE_RP):
        assert answer(REQUEST, pdu(kind)) == (ABORT, UNEXPECTED)


def test_an_unknown_pdu_is_called_so(answer):
    assert answer(REQUEST, pdu(0x47)) == (ABORT, UNKNOWN_PDU)


def test_lengths_that_cannot_be_are_bad_parameters(answer):
    too_short = struct.pack(">LBB", 1, 1, 3)
    cut_header, cut_value = fragment(1, 3)[:5], STORE[:40]
    for body in (b"", b"\0\0\0", cut_header, too_short, cut_value, STORE + b"\1"):
        assert answer(REQUEST, pdu(DATA, body)) == (ABORT, BAD_PARAMETER), body


def test_a_release_is_answered_and_the_caller_may_close(accepted, listener, eventually):
    assert accepted.says(pdu(RELEASE_RQ)).hears() == (RELEASE_RP, b"\0\0\0\0")

    accepted.says(pdu(DATA, STORE), pdu(RELEASE_RQ))  # too late: nobody listens any more
    accepted.socket.close()
    eventually(lambda: not listener.door.calls)


def test_after_the_end_another_request_is_aborted_again(accepted):
    accepted.says(pdu(RELEASE_RQ)).hears()

    assert accepted.says(request()).hears() == (ABORT, UNEXPECTED)


def test_an_abort_closes_the_connection_in_every_state(answer, listener, eventually):
    for before in ([], [REQUEST]):
        assert answer(*before, pdu(ABORT)) == (0, b"")

    eventually(lambda: not listener.door.calls)


def test_requests_that_cannot_be_met_are_refused_with_the_standards_numbers(answer):
    odd = REQUEST.replace(b"1.2.840.10008.3.1.1.1", b"1.2.840.10008.3.1.1.2")

    assert answer(request(version=2)) == (RJ, b"\0\1\2\2")
    assert answer(odd) == (RJ, b"\0\1\1\2")
    assert answer(request(version=3))[0] == AC  # ours is among them
    for number in (0, 2):  # contexts have odd numbers
        assert answer(request({number: CT})) == (ABORT, USER_ABORTS)


def test_the_answer_repeats_the_titles_and_offers_a_large_pdu(caller):
    kind, body = caller.says(request({1: CT, 5: "1.2.840.10008.5.1.4.34.6.1"})).hears()

    assert kind == AC
    assert body[4:36] == b"IMAGING_DEPT".ljust(16) + b"TEST_SCU".ljust(16)
    assert item(0x51, struct.pack(">L", 131072)) in body
    assert struct.pack(">BxHBxBx", 0x21, 4 + 4 + 17, 1, 0) in body  # storage: accepted
    assert struct.pack(">BxHBxBx", 0x21, 4 + 4 + 17, 5, 3) in body  # the other: unknown here


# ── messages in pieces of every shape ────────────────────────────────────────────────────────────

WHOLE = [STORE, fragment(1, 2, b"12345678")]
SHAPES = {
    "one PDU for all": [b"".join(WHOLE)],
    "one PDU for each": WHOLE,
    "a command in pieces": [
        fragment(1, 1, command(C_STORE, WITH_DATA)[:11]),
        fragment(1, 1) + fragment(1, 3, command(C_STORE, WITH_DATA)[11:]),
        fragment(1, 2, b"12345678"),
    ],
    "empty fragments": [STORE, fragment(1, 0), fragment(1, 0, b"12345678") + fragment(1, 2)],
    "byte by byte": [
        STORE + b"".join(fragment(1, 2 * (byte == 0x38), bytes([byte])) for byte in b"12345678")
    ],
}


def test_a_message_is_the_same_in_every_shape(accepted, data_folder):
    for name, bodies in SHAPES.items():
        accepted.says(*(pdu(DATA, body) for body in bodies))
        assert accepted.status() == 0x0000, name

    sizes = set()
    for incoming in IncomingFile.objects.all():
        content = (data_folder / incoming.path).read_bytes()
        assert content.endswith(b"12345678")
        sizes |= {incoming.size, len(content)}
    assert IncomingFile.objects.count() == len(SHAPES)
    assert len(sizes) == 1


def test_a_caller_who_does_not_wait_for_answers_gets_them_all_in_order(accepted):
    accepted.says(*[pdu(DATA, b"".join(WHOLE)), ECHO] * 3)

    assert [accepted.status() for _ in range(6)] == [0] * 6
    assert IncomingFile.objects.count() == 3


def test_a_connection_that_trickles_is_understood_all_the_same(accepted):
    for byte in pdu(DATA, b"".join(WHOLE)):
        accepted.says(bytes([byte]))

    assert accepted.status() == 0x0000


DISORDER = {
    "a data set before its command": [fragment(1, 2, b"1234")],
    "a command within a data set": [STORE, fragment(1, 1, b"1234")],
    "a message in two contexts": [STORE, fragment(3, 2, b"1234")],
    "a context that was not agreed on": [fragment(9, 3, command(C_STORE, WITH_DATA))],
    "a command of nonsense": [fragment(1, 3, b"\xff" * 40)],
    "a command without end": [fragment(1, 1, b"\0" * 9000)] * 2,
    "an echo with a data set": [fragment(3, 3, command(C_ECHO, WITH_DATA))],
    "an answer that nobody asked for": [fragment(1, 3, command(0x8001, NO_DATA))],
    "a query": [fragment(1, 3, command(0x0020, NO_DATA))],
}


def test_messages_out_of_order_are_aborted_and_leave_nothing(
    answer, data_folder, listener, eventually
):
    for name, bodies in DISORDER.items():
        said = [pdu(DATA, body) for body in bodies]
        assert answer(REQUEST, *said) == (ABORT, USER_ABORTS), name

    eventually(lambda: not listener.door.calls)
    assert not [one for one in (data_folder / "tmp").iterdir() if one.is_file()]
    assert not IncomingFile.objects.exists()


def test_a_cancel_is_not_answered_because_there_is_nothing_to_cancel(accepted):
    accepted.says(pdu(DATA, fragment(1, 3, command(C_CANCEL, NO_DATA))), ECHO)

    assert accepted.status() == 0x0000
    accepted.says(pdu(RELEASE_RQ))
    assert accepted.hears()[0] == RELEASE_RP


def test_storing_in_a_context_of_verification_is_refused_and_let_fall(accepted):
    accepted.says(
        pdu(DATA, fragment(3, 3, command(C_STORE, WITH_DATA)) + fragment(3, 2, b"1234")), ECHO
    )

    assert [accepted.status(), accepted.status()] == [0x0122, 0x0000]
    assert not IncomingFile.objects.exists()


# ── any bytes at all ─────────────────────────────────────────────────────────────────────────────


class Nowhere:
    """A data set that goes nowhere."""

    def write(self, piece: memoryview, /) -> None:
        pass

    def finish(self) -> int:
        return 0

    def abandon(self) -> None:
        pass


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_invalid(body):
    with contextlib.suppress(Invalid):
        pdus.read_request(body)


@given(st.data())
def test_a_request_with_a_few_other_bytes_is_a_request_or_invalid(data):
    honest = bytearray(request()[6:])
    for _ in range(data.draw(st.integers(1, 8))):
        honest[data.draw(st.integers(0, len(honest) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(honest)))

    with contextlib.suppress(Invalid):
        found = pdus.read_request(bytes(honest[:cut]))
        assert len(found.contexts) <= 128


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 255), st.binary(max_size=80))))
def test_any_fragments_are_messages_or_not_acceptable(pieces):
    inbox = Inbox({1, 3}, lambda *_: Nowhere())

    with contextlib.suppress(Unacceptable, Invalid):
        for piece in pieces:
            for message in inbox.take(memoryview(fragment(*piece))):
                assert message.context_id in {1, 3}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_command_or_invalid(encoded):
    with contextlib.suppress(Invalid):
        assert 0 <= read_command(encoded).field <= 0xFFFF


def test_what_the_caller_is_called_is_printable(caller, listener):
    caller.says(request(calling="A\0B\x1bC")).hears()

    assert Entry.objects.get(verb="association.refused").actor_label == "A?B?C"
    with Caller(listener.port) as other:
        assert other.says(request()).hears()[0] == AC
