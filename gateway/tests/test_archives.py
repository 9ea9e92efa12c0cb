"""What another archive answers us: what can be asked for is shown, what cannot is passed over."""

import pytest
from pydicom.dataset import Dataset
from pynetdicom import evt

from equipment.tests.factories import NodeFactory
from gateway.calling.archives import STUDY_ROOT_FIND, _there, studies_of
from gateway.tests.machines import machine, port_of
from patients.tests.factories import PatientFactory

LONGEST = "1.2." + "3" * 60
NO_UIDS = [LONGEST + "4", LONGEST + ".5", "1.2.secret", "1..2", "1.2.3.", ["1.2.3", "1.2.4"], ""]


def answering(*uids):
    """A handler that knows a study under each identifier, and says it as it is."""

    def found(_event):
        for uid in uids:
            answer = Dataset()
            answer.QueryRetrieveLevel = "STUDY"
            answer.PatientID, answer.PatientName = "secret-4711", "Secret^Name"
            answer.StudyInstanceUID = uid
            yield 0xFF00, answer

    return [(evt.EVT_C_FIND, found)]


def asked(*uids):
    patient = PatientFactory.build(patient_id="secret-4711")
    with machine([STUDY_ROOT_FIND], answering(*uids)) as other:
        node = NodeFactory.build(ae_title="OTHER", address="127.0.0.1", port=port_of(other))
        return [there.study_uid for there in studies_of(node, patient)]


@pytest.mark.parametrize("no_uid", NO_UIDS)
def test_a_study_whose_identifier_is_none_is_passed_over_and_never_cut(no_uid, caplog):
    assert asked("1.2.3", no_uid, LONGEST) == ["1.2.3", LONGEST]

    [line] = [one.getMessage() for one in caplog.records if one.name == "gateway.calling.archives"]
    assert line == "OTHER: 1 of 3 answers without a valid Study Instance UID are passed over"
    assert "secret" not in caplog.text.lower()


@pytest.mark.parametrize(
    ("written", "read"), [("120", 120), (" 7 ", 7), ("", None), ("many", None)]
)
def test_a_count_is_a_number_or_nothing(written, read):
    answer = Dataset()
    answer.add_new(
        "NumberOfStudyRelatedInstances", "LO", written
    )  # as it came, not as it should be

    assert _there(answer).objects == read


def test_nothing_is_logged_of_answers_that_are_in_order(caplog):
    assert asked("1.2.3", "0.1", LONGEST) == ["1.2.3", "0.1", LONGEST]

    assert "passed over" not in caplog.text
