"""C-FIND on what is stored: both roots, every level, and what is asked wrongly."""

import datetime as dt
from unittest.mock import Mock

import pytest
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation

from gateway.dicomweb.search import limits
from gateway.dimse.archive import patients
from gateway.tests.archive import PATIENT_ROOT, STUDY_ROOT, Workstation, identifier
from gateway.tests.factories import InstanceFactory, SeriesFactory, StudyFactory
from patients.tests.factories import PatientFactory
from studies.models import Study

pytestmark = pytest.mark.usefixtures("test_node")
PENDING, IGNORED, DOES_NOT_MATCH = 0xFF00, 0xFF01, 0xA900


@pytest.fixture
def workstation(listener) -> Workstation:
    return Workstation(listener.port)


@pytest.fixture
def study(transactional_db):
    """One study of two series with three images, beside another patient's."""
    patient = PatientFactory.create(
        patient_id="4711", issuer="HOSPITAL", name_alphabetic="Müller^Änne", sex="F"
    )
    study = StudyFactory.create(patient=patient, modalities="CT\\SR")
    ct = SeriesFactory.create(study=study, modality="CT", number=1)
    InstanceFactory.create_batch(3, series=ct)
    SeriesFactory.create(study=study, modality="SR", number=2)
    Study.objects.filter(pk=study.pk).update(series_count=2, instance_count=3)
    StudyFactory.create(study_date=dt.date(2020, 1, 1))
    return study


def test_a_study_is_found_by_its_patient_s_name_in_any_spelling(workstation, study):
    keys = identifier(
        "STUDY", PatientName="MULLER*", StudyInstanceUID="", ModalitiesInStudy="", PatientID=""
    )

    final, [(status, answer)] = workstation.find(keys)

    assert (final.Status, status) == (0x0000, PENDING)
    assert answer.PatientName == "Müller^Änne"
    assert answer.SpecificCharacterSet == "ISO_IR 192"
    assert answer.StudyInstanceUID == study.study_instance_uid
    assert list(answer.ModalitiesInStudy) == ["CT", "SR"]
    assert answer.RetrieveAETitle == "IMAGING_DEPT"


def test_only_what_is_asked_for_is_told(workstation, study):
    _final, [(_status, answer), *_] = workstation.find(identifier("STUDY", StudyID="*"))

    assert {element.keyword for element in answer} == {
        *("QueryRetrieveLevel", "RetrieveAETitle", "StudyID", "SpecificCharacterSet")
    }


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("StudyDate", "20260314", True),
        ("StudyDate", "20260301-20260331", True),
        ("StudyDate", "-20251231", False),
        ("ModalitiesInStudy", "SR", True),
        ("ModalitiesInStudy", "MR", False),
        ("PatientID", "4711", True),
        ("PatientID", "47?1", True),
        ("PatientID", "47", False),
        ("AccessionNumber", "A*", True),
        ("PatientSex", "F", True),
    ],
)
def test_studies_are_matched(workstation, study, key, value, fits):
    keys = identifier("STUDY", StudyInstanceUID="", **{key: value})

    _final, answers = workstation.find(keys)

    found = {answer.StudyInstanceUID for _status, answer in answers}
    assert (study.study_instance_uid in found) is fits


def test_a_list_of_uids_finds_each(workstation, study):
    other = StudyFactory.create()
    uids = [study.study_instance_uid, other.study_instance_uid]

    _final, answers = workstation.find(identifier("STUDY", StudyInstanceUID=uids))

    assert {answer.StudyInstanceUID for _status, answer in answers} == set(uids)


def test_counts_are_told(workstation, study):
    keys = identifier(
        "STUDY",
        StudyInstanceUID=study.study_instance_uid,
        NumberOfStudyRelatedSeries="",
        NumberOfStudyRelatedInstances="",
    )

    _final, [(_status, answer)] = workstation.find(keys)

    assert (answer.NumberOfStudyRelatedSeries, answer.NumberOfStudyRelatedInstances) == (2, 3)


def test_series_and_images_are_found_below_their_study(workstation, study):
    uid = study.study_instance_uid
    _final, series = workstation.find(
        identifier("SERIES", StudyInstanceUID=uid, SeriesInstanceUID="", Modality="CT")
    )
    [(_status, ct)] = series

    _final, images = workstation.find(
        identifier(
            "IMAGE",
            StudyInstanceUID=uid,
            SeriesInstanceUID=ct.SeriesInstanceUID,
            SOPInstanceUID="",
            SOPClassUID="",
        )
    )

    assert len(images) == 3
    assert all(answer.SOPClassUID for _status, answer in images)


def test_patients_are_found_with_what_they_have_here(workstation, study):
    keys = identifier(
        "PATIENT",
        PatientID="4711",
        PatientName="",
        IssuerOfPatientID="",
        PatientBirthDate="",
        NumberOfPatientRelatedStudies="",
        NumberOfPatientRelatedInstances="",
    )

    _final, [(status, answer)] = workstation.find(keys, PATIENT_ROOT)

    assert status == PENDING
    assert (answer.IssuerOfPatientID, answer.PatientName) == ("HOSPITAL", "Müller^Änne")
    assert answer.NumberOfPatientRelatedStudies == 1
    assert answer.NumberOfPatientRelatedInstances == 3


def test_patients_without_images_are_not_here(workstation, study):
    PatientFactory.create(patient_id="EMPTY")

    assert workstation.find(identifier("PATIENT", PatientID="EMPTY"), PATIENT_ROOT)[1] == []


def test_what_is_rejected_is_not_found(workstation, study):
    Study.objects.filter(pk=study.pk).update(rejected_count=3)

    final, answers = workstation.find(
        identifier("STUDY", StudyInstanceUID=study.study_instance_uid)
    )

    assert (final.Status, answers) == (0x0000, [])


def test_a_key_that_nobody_matches_is_said(workstation, study):
    keys = identifier("STUDY", StudyInstanceUID="", PatientComments="loud")

    _final, [(status, _answer), *_] = workstation.find(keys)

    assert status == IGNORED


@pytest.mark.parametrize(
    ("keys", "root", "comment"),
    [
        ({"level": "PATIENT"}, STUDY_ROOT, "not a level"),
        ({"level": "FLOOR"}, STUDY_ROOT, "not a level"),
        ({"level": "SERIES"}, STUDY_ROOT, "StudyInstanceUID: one value"),
        ({"level": "SERIES", "StudyInstanceUID": ["1.2", "1.3"]}, STUDY_ROOT, "one value"),
        ({"level": "STUDY", "PatientID": "A*"}, PATIENT_ROOT, "PatientID: one value"),
        ({"level": "STUDY", "StudyDate": "tomorrow"}, STUDY_ROOT, "StudyDate"),
        ({"level": "STUDY", "StudyInstanceUID": "not one"}, STUDY_ROOT, "StudyInstanceUID"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(workstation, study, keys, root, comment):
    final, answers = workstation.find(identifier(**keys), root)

    assert (final.Status, answers) == (DOES_NOT_MATCH, [])
    assert comment in final.ErrorComment


def negotiated(sop_class: str, asked: bytes) -> SOPClassExtendedNegotiation:
    item = SOPClassExtendedNegotiation()
    item.sop_class_uid = sop_class
    item.service_class_application_information = asked
    return item


def test_relational_queries_are_answered_where_they_were_negotiated(workstation, study):
    item = negotiated(f"{STUDY_ROOT}.1", b"\x01\x01\x01\x01")
    association = workstation.opened((f"{STUDY_ROOT}.1",), negotiation=[item])
    granted = association.acceptor.sop_class_extended[f"{STUDY_ROOT}.1"]
    association.release()

    final, answers = workstation.find(
        identifier("SERIES", PatientID="4711", SeriesInstanceUID=""), negotiation=[item]
    )

    assert granted == b"\x01\x01\x00\x00"
    assert (final.Status, len(answers)) == (0x0000, 2)


def test_more_than_is_answered_is_said(workstation, study, monkeypatch):
    monkeypatch.setattr("gateway.dicomweb.search.engine.MOST", {1: 1, 2: 1, 3: 1})
    monkeypatch.setattr("gateway.dimse.archive.asking.MOST", {1: 1, 2: 1, 3: 1})

    final, answers = workstation.find(identifier("STUDY", StudyInstanceUID=""))

    assert (final.Status, len(answers)) == (0xA700, 1)
    assert final.ErrorComment == "More than 1 matches; ask for less."


def test_a_machine_that_may_not_is_told_at_the_door(workstation, study, test_node):
    test_node.may_retrieve = False
    test_node.save()

    assert not workstation.opened((f"{STUDY_ROOT}.1",)).accepted_contexts


def test_the_character_set_of_the_asker_is_used_when_it_has_the_letters(
    workstation, study, test_node
):
    test_node.character_set = "ISO_IR 100"
    test_node.save()
    _final, [(_status, latin), *_] = workstation.find(identifier("STUDY", PatientName="MULLER*"))
    study.patient.name_ideographic = "山田^太郎"
    study.patient.save()
    _final, [(_status, more), *_] = workstation.find(identifier("STUDY", PatientName="MULLER*"))

    assert latin.SpecificCharacterSet == "ISO_IR 100"
    assert latin.PatientName == "Müller^Änne"
    assert more.SpecificCharacterSet == "ISO_IR 192"
    assert more.PatientName == "Müller^Änne=山田^太郎"


def test_a_search_can_be_cancelled(workstation, study, monkeypatch):
    monkeypatch.setattr("gateway.dimse.archive.finding.BREATH", 1)
    StudyFactory.create_batch(30)
    association = workstation.opened((f"{STUDY_ROOT}.1",))
    statuses = []

    for number, (status, _answer) in enumerate(
        association.send_c_find(identifier("STUDY", StudyInstanceUID=""), f"{STUDY_ROOT}.1")
    ):
        statuses.append(status.Status)
        if number == 0:
            association.send_c_cancel(1, query_model=f"{STUDY_ROOT}.1")
    association.release()

    assert statuses[-1] == 0xFE00
    assert len(statuses) < 30


def test_a_search_for_patients_ends_after_a_while(workstation, study, monkeypatch):
    monkeypatch.setattr(limits, "LONGEST_MILLISECONDS", 20)
    monkeypatch.setattr(patients, "Study", slow := Mock(wraps=Study))
    waits = RawSQL("pg_sleep(1) IS NOT NULL", [], output_field=BooleanField())
    slow.objects.clinical.return_value = Study.objects.filter(waits)

    final, answers = workstation.find(identifier("PATIENT", PatientID="4711"), PATIENT_ROOT)

    assert (final.Status, answers) == (0xA700, [])
