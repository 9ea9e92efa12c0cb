"""C-FIND on the worklist through a real association.

An association for the worklist alone stays with our own upper layer; one that asks for performed
steps as well is pynetdicom's. Whoever asks must not notice.
"""

import struct
from contextlib import ExitStack
from dataclasses import replace

import pytest
from django.db import OperationalError
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from gateway.dimse.association import Call
from gateway.dimse.notebook import Note, Notebook
from gateway.dimse.upper_layer.visit import Visit
from gateway.dimse.upper_layer.wire import Wire
from gateway.tests.conftest import PERFORMED_STEP, WORKLIST
from gateway.tests.raw import (
    ABORT,
    AC,
    C_CANCEL,
    C_FIND,
    DATA,
    NO_DATA,
    RELEASE_RP,
    RELEASE_RQ,
    WITH_DATA,
    Caller,
    command,
    fragment,
    pdu,
    request,
)
from worklist.models import WorklistQuery
from worklist.services import Asked
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.usefixtures("test_node")


def query(**keys) -> Dataset:
    identifier = Dataset()
    identifier.PatientName = ""
    identifier.ScheduledProcedureStepSequence = Sequence([Dataset()])
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    return identifier


WAYS = {"our own": [WORKLIST], "pynetdicom's": [WORKLIST, PERFORMED_STEP]}


@pytest.fixture(params=WAYS.values(), ids=list(WAYS))
def contexts(request):
    """What an association asks for, and so who serves it."""
    return request.param


@pytest.fixture
def ask(listener, contexts):
    """`ask(identifier, calling="CT01")`: the statuses and the data sets of a query."""
    opened = []

    def find(identifier: Dataset, calling: str = "TEST_SCU"):
        association = listener.call(*contexts, calling=calling)
        opened.append(association)
        answers = list(association.send_c_find(identifier, WORKLIST))
        return [status for status, _ in answers], [one for _, one in answers if one is not None]

    yield find
    for association in opened:
        association.release()


def test_who_asks_for_the_worklist_alone_is_served_without_pynetdicom(listener, eventually):
    for contexts, who in zip(WAYS.values(), (Visit, Call), strict=True):
        association = listener.call(*contexts)
        eventually(lambda who=who: [type(one) for one in listener.door.calls] == [who])
        association.release()
        eventually(lambda: not listener.door.calls)


def test_a_scanner_gets_its_own_steps_and_then_success(ask, scanner):
    mine = ScheduledProcedureFactory.create(device=scanner)
    ScheduledProcedureFactory.create()

    statuses, answers = ask(query(), calling="CT01")

    assert [one.Status for one in statuses] == [0xFF00, 0x0000]
    assert [one.PatientName for one in answers] == [mine.patient.name_alphabetic]


def test_what_a_scanner_asks_is_kept_with_what_it_was_answered(ask, scanner, eventually):
    mine = ScheduledProcedureFactory.create(device=scanner)
    ScheduledProcedureFactory.create()

    for _ in range(3):
        ask(query(PatientName="*", EthnicGroup=""), calling="CT01")
    eventually(lambda: WorklistQuery.objects.filter(times=3).exists())

    kept = WorklistQuery.objects.get()
    assert (kept.device, kept.steps, kept.status) == (scanner, [mine.pk], 0)
    step = "ScheduledProcedureStepSequence"
    assert kept.keys == {"PatientName": "*", "EthnicGroup": "", step: ""}
    assert kept.ignored == ["EthnicGroup"]
    assert kept.first_at < kept.last_at


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_without_end_is_written_once(scanner):
    usual, other = (Asked(keys={"PatientName": name}, status=0) for name in ("A*", "B*"))
    notebook = Notebook()
    for asked in (usual, other, *[usual] * 38):
        notebook.put(Note(scanner.pk, asked, 5))

    notebook.start()
    notebook.close()

    kept = {query.keys["PatientName"]: query for query in WorklistQuery.objects.all()}
    assert {name: query.times for name, query in kept.items()} == {"A*": 39, "B*": 1}
    assert kept["A*"].first_at < kept["A*"].last_at


def test_a_query_that_cannot_be_answered_is_kept_with_the_reason(ask, scanner, eventually):
    item = Dataset()
    item.add_new("ScheduledProcedureStepStartDate", "DA", "tomorrow")

    ask(query(ScheduledProcedureStepSequence=Sequence([item])), calling="CT01")
    eventually(WorklistQuery.objects.exists)

    kept = WorklistQuery.objects.get()
    assert (kept.status_code, kept.steps) == ("A900", [])
    assert "date" in kept.error


def test_an_answer_does_not_depend_on_its_being_kept(ask, scanner, monkeypatch):
    mine = ScheduledProcedureFactory.create(device=scanner)

    def away(*_, **__):
        raise OperationalError("away")

    monkeypatch.setattr("gateway.dimse.notebook.note_query", away)

    for _ in range(2):
        statuses, answers = ask(query(), calling="CT01")
        assert [one.Status for one in statuses] == [0xFF00, 0x0000]
        assert answers[0].PatientName == mine.patient.name_alphabetic


def test_an_empty_list_is_a_success(ask):
    statuses, answers = ask(query())

    assert [one.Status for one in statuses] == [0x0000]
    assert answers == []


def test_optional_keys_that_are_not_supported_are_confessed(ask):
    ScheduledProcedureFactory.create()

    statuses, _ = ask(query(EthnicGroup=""))

    assert [one.Status for one in statuses] == [0xFF01, 0x0000]


def test_a_date_that_is_none_is_named_in_the_refusal(ask):
    ScheduledProcedureFactory.create()
    item = Dataset()
    item.add_new("ScheduledProcedureStepStartDate", "DA", "tomorrow")

    (status,), answers = ask(query(ScheduledProcedureStepSequence=Sequence([item])))

    assert status.Status == 0xA900
    assert status.OffendingElement == 0x00400100
    assert "date" in status.ErrorComment
    assert answers == []


def test_a_machine_that_lost_the_right_is_not_answered(listener, scanner, contexts, eventually):
    association = listener.call(*contexts, calling="CT01")
    eventually(lambda: len(listener.door.calls) == 1)  # the visit that handed it over has gone
    (guest,) = listener.door.calls
    holder = guest if isinstance(guest, Call) else guest._serving
    name = "caller" if isinstance(guest, Call) else "_caller"
    setattr(holder, name, replace(getattr(holder, name), may_query_worklist=False))

    ((status, _),) = association.send_c_find(query(), WORKLIST)

    assert status.Status == 0x0124
    association.release()


def test_while_the_database_is_away_there_is_an_answer_all_the_same(ask, monkeypatch):
    def away(*_, **__):
        raise OperationalError("away")

    monkeypatch.setattr("gateway.dimse.worklist.find_steps", away)
    (status,), _ = ask(query())
    assert status.Status == 0xA700

    monkeypatch.undo()
    assert ask(query())[0][0].Status == 0x0000


def test_a_fault_of_ours_is_a_failure_not_a_silence(ask, monkeypatch):
    def stumble(*_, **__):
        raise RuntimeError("a bug")

    monkeypatch.setattr("gateway.dimse.worklist.find_steps", stumble)

    assert ask(query())[0][0].Status == 0xC000


def test_a_query_can_be_cancelled(listener, monkeypatch):
    monkeypatch.setattr("gateway.dimse.worklist.BREATH", 1)
    ScheduledProcedureFactory.create_batch(60)
    association = listener.call(*WAYS["pynetdicom's"])
    answers = association.send_c_find(query(), WORKLIST, msg_id=7)

    first, _ = next(answers)
    association.send_c_cancel(7, query_model=WORKLIST)
    rest = [status.Status for status, _ in answers]

    assert first.Status == 0xFF00
    assert rest[-1] == 0xFE00
    assert len(rest) < 60
    association.release()


def test_several_queries_on_one_association_are_answered_each(listener, contexts):
    ScheduledProcedureFactory.create()
    association = listener.call(*contexts)

    for _ in range(3):
        statuses = [status.Status for status, _ in association.send_c_find(query(), WORKLIST)]
        assert statuses == [0xFF00, 0x0000]
    association.release()


@pytest.mark.parametrize(
    "transfer_syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"]
)
def test_every_uncompressed_syntax_is_spoken(listener, transfer_syntax):
    step = ScheduledProcedureFactory.create(order__patient__name_alphabetic="Müller^Änne")
    association = listener.call((WORKLIST, transfer_syntax))

    answers = list(association.send_c_find(query(PatientName="MULLER*"), WORKLIST))

    assert answers[0][1].PatientName == "Müller^Änne"
    item = answers[0][1].ScheduledProcedureStepSequence[0]
    assert item.ScheduledProcedureStepID == step.step_id
    association.release()


def test_a_compressed_syntax_makes_no_sense_for_a_worklist(listener):
    association = listener.call((WORKLIST, "1.2.840.10008.1.2.4.50"), "1.2.840.10008.1.1")

    assert [cx.result for cx in association.rejected_contexts] == [4]
    association.release()


# ── the same, byte by byte ───────────────────────────────────────────────────────────────────────

EMPTY_NAME = bytes.fromhex("10001000 00000000")  # (0010,0010), implicit VR little endian
FIND = fragment(1, 3, command(C_FIND, WITH_DATA, sop_class=WORKLIST)) + fragment(1, 2, EMPTY_NAME)
FINAL, CANCELLED, NOT_UNDERSTOOD = 0x0000, 0xFE00, 0xA900


@pytest.fixture
def raw(listener):
    """`raw()`, `raw(largest=200)`: a caller with an association for the worklist."""
    with ExitStack() as opened:

        def call(largest: int = 16384) -> Caller:
            caller = opened.enter_context(Caller(listener.port))
            said = request({1: WORKLIST})
            said = said.replace(struct.pack(">HL", 4, 16384), struct.pack(">HL", 4, largest))
            assert caller.says(said).hears()[0] == AC
            return caller

        yield call


def heard(caller: Caller) -> list[tuple[int, bytes]]:
    """Each answer to one query: its status and its data set, put together from their fragments."""
    answers, told = [], {1: b"", 0: b""}
    while True:
        kind, body = caller.hears()
        assert kind == DATA, (kind, body)
        header = body[5]
        told[header & 1] += body[6:]
        if header & 2 and (header == 2 or b"\0\0\0\x08\2\0\0\0\1\1" in told[1]):
            place = told[1].index(b"\0\0\0\x09\2\0\0\0") + 8
            status = int.from_bytes(told[1][place : place + 2], "little")
            answers.append((status, told[0]))
            told = {1: b"", 0: b""}
            if status not in {0xFF00, 0xFF01}:
                return answers


CANCEL = pdu(
    DATA,
    fragment(1, 3, command(C_CANCEL, NO_DATA) + struct.pack("<HHLH", 0, 0x0120, 2, 7)),
)


def test_a_cancel_that_comes_during_the_search_spares_every_answer(raw):
    ScheduledProcedureFactory.create_batch(25)

    caller = raw().says(pdu(DATA, FIND) + CANCEL)

    assert [status for status, _ in heard(caller)] == [CANCELLED]
    caller.says(pdu(DATA, FIND))  # and the association goes on
    assert [status for status, _ in heard(caller)][-1] == FINAL


def test_a_cancel_stops_what_has_not_been_sent(raw, monkeypatch):
    ScheduledProcedureFactory.create_batch(25)
    caller, send, cancels = raw(), Wire.send, [CANCEL]

    def send_and_be_cancelled(wire, content):
        send(wire, content)
        if content and cancels:
            caller.says(cancels.pop())  # it arrives between the first answers and the next

    monkeypatch.setattr(Wire, "send", send_and_be_cancelled)
    caller.says(pdu(DATA, FIND))

    assert [status for status, _ in heard(caller)] == [0xFF00] * 10 + [CANCELLED]
    caller.says(pdu(DATA, FIND))  # and the association goes on
    assert [status for status, _ in heard(caller)][-1] == FINAL


def test_a_cancel_of_another_query_stops_nothing(raw):
    ScheduledProcedureFactory.create_batch(15)
    cancel = command(C_CANCEL, NO_DATA) + struct.pack("<HHLH", 0, 0x0120, 2, 8)

    caller = raw().says(pdu(DATA, FIND) + pdu(DATA, fragment(1, 3, cancel)))

    assert [status for status, _ in heard(caller)] == [0xFF00] * 15 + [FINAL]


def test_queries_that_do_not_wait_are_answered_in_order_but_not_without_end(raw):
    ScheduledProcedureFactory.create()

    caller = raw().says(pdu(DATA, FIND * 3), pdu(DATA, FIND))
    for _ in range(4):
        assert [status for status, _ in heard(caller)] == [0xFF00, FINAL]

    assert raw().says(pdu(DATA, FIND * 17)).hears()[0] == ABORT


@pytest.mark.parametrize("largest", [64, 0])
def test_no_pdu_is_longer_than_the_caller_reads(raw, largest):
    step = ScheduledProcedureFactory.create(order__patient__name_alphabetic="A" * 60)

    caller = raw(largest=largest).says(pdu(DATA, FIND))

    (_, answer), _ = heard(caller)
    assert answer.endswith(EMPTY_NAME[:4] + struct.pack("<L", 60) + b"A" * 60)
    assert step.patient.name_alphabetic == "A" * 60


def test_a_caller_who_can_be_told_nothing_is_no_caller(listener):
    said = request({1: WORKLIST}).replace(struct.pack(">HL", 4, 16384), struct.pack(">HL", 4, 7))

    with Caller(listener.port) as caller:
        assert caller.says(said).hears()[0] == ABORT


def test_an_identifier_is_read_only_so_far(raw):
    endless = pdu(DATA, fragment(1, 0, b"\0" * 16000))
    no_data = fragment(1, 3, command(C_FIND, NO_DATA, sop_class=WORKLIST))

    assert raw().says(pdu(DATA, FIND[:-14]), *[endless] * 17).hears()[0] == ABORT
    assert raw().says(pdu(DATA, no_data)).hears()[0] == ABORT


def test_an_identifier_of_nonsense_is_refused_in_words(raw):
    asked = fragment(1, 3, command(C_FIND, WITH_DATA, sop_class=WORKLIST))

    born = bytes.fromhex("10003000 08000000") + b"tomorrow"
    caller = raw().says(pdu(DATA, asked + fragment(1, 2, born)))

    assert heard(caller) == [(NOT_UNDERSTOOD, b"")]
    assert caller.says(pdu(RELEASE_RQ)).hears()[0] == RELEASE_RP


def test_who_leaves_in_the_middle_leaves_nothing_behind(raw, listener, eventually):
    ScheduledProcedureFactory.create_batch(25)

    caller = raw().says(pdu(DATA, FIND), pdu(ABORT))
    caller.hears()

    eventually(lambda: not listener.door.calls)
