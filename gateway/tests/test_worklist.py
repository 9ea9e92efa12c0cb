"""C-FIND on the worklist through a real association."""

import pytest
from django.db import OperationalError
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from equipment.models import Device
from gateway.tests.conftest import WORKLIST
from worklist.models import WorklistQuery
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.usefixtures("test_node")


def query(**keys) -> Dataset:
    identifier = Dataset()
    identifier.PatientName = ""
    identifier.ScheduledProcedureStepSequence = Sequence([Dataset()])
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    return identifier


@pytest.fixture
def ask(listener):
    """`ask(identifier, calling="CT01")`: the statuses and the data sets of a query."""
    opened = []

    def find(identifier: Dataset, calling: str = "TEST_SCU"):
        association = listener.call(WORKLIST, calling=calling)
        opened.append(association)
        answers = list(association.send_c_find(identifier, WORKLIST))
        return [status for status, _ in answers], [one for _, one in answers if one is not None]

    yield find
    for association in opened:
        association.release()


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

    monkeypatch.setattr("gateway.dimse.worklist.note_query", away)

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


def test_a_machine_that_lost_the_right_is_not_answered(listener, scanner):
    association = listener.call(WORKLIST, calling="CT01")
    call = listener.door.calls[0]
    Device.objects.update(may_query_worklist=False)
    call.caller = type("Caller", (), {"may_query_worklist": False})()

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


def test_a_query_can_be_cancelled(listener):
    for _ in range(60):
        ScheduledProcedureFactory.create()
    association = listener.call(WORKLIST)
    answers = association.send_c_find(query(), WORKLIST, msg_id=7)

    first, _ = next(answers)
    association.send_c_cancel(7, query_model=WORKLIST)
    rest = [status.Status for status, _ in answers]

    assert first.Status == 0xFF00
    assert rest[-1] == 0xFE00
    assert len(rest) < 60
    association.release()


def test_several_queries_on_one_association_are_answered_each(listener):
    ScheduledProcedureFactory.create()
    association = listener.call(WORKLIST)

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
