"""QIDO-RS, attribute by attribute: what is told, and what is found (PS3.18 10.6)."""

import datetime as dt
import json
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.dicomweb.search import engine
from gateway.dicomweb.search.attributes import Level
from gateway.tests.asking import ROOT, Archive, first, found
from gateway.tests.factories import InstanceFactory, SeriesFactory, StudyFactory, with_header
from patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(client, person):
    """A technician's client; `archive("/studies?…")` gives the list that was answered."""
    client.force_login(person("Technician"))

    return Archive(client)


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def test_a_study_is_told_with_every_required_attribute(archive):
    patient = PatientFactory.create(
        name_alphabetic="Yamada^Tarou", name_ideographic="山田^太郎", name_phonetic="やまだ^たろう"
    )
    study = StudyFactory.create(
        patient=patient,
        modalities="CT\\SR",
        timezone_offset="+0100",
        series_count=2,
        instance_count=7,
    )

    [told] = archive("/studies")

    assert told == {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00080020": {"vr": "DA", "Value": ["20260314"]},
        "00080030": {"vr": "TM", "Value": ["092653"]},
        "00080050": {"vr": "SH", "Value": [study.accession_number]},
        "00080056": {"vr": "CS", "Value": ["ONLINE"]},
        "00080061": {"vr": "CS", "Value": ["CT", "SR"]},
        "00080090": {"vr": "PN", "Value": [{"Alphabetic": "Curie^Marie"}]},
        "00080201": {"vr": "SH", "Value": ["+0100"]},
        "00081030": {"vr": "LO", "Value": ["CT abdomen"]},
        "00081190": {
            "vr": "UR",
            "Value": [f"http://testserver{ROOT}/studies/{study.study_instance_uid}"],
        },
        "00100010": {
            "vr": "PN",
            "Value": [
                {
                    "Alphabetic": "Yamada^Tarou",
                    "Ideographic": "山田^太郎",
                    "Phonetic": "やまだ^たろう",
                }
            ],
        },
        "00100020": {"vr": "LO", "Value": [patient.patient_id]},
        "00100030": {"vr": "DA", "Value": ["19800517"]},
        "00100040": {"vr": "CS", "Value": ["F"]},
        "0020000D": {"vr": "UI", "Value": [study.study_instance_uid]},
        "00200010": {"vr": "SH", "Value": [study.study_id]},
        "00201206": {"vr": "IS", "Value": [2]},
        "00201208": {"vr": "IS", "Value": [7]},
    }
    assert list(told) == sorted(told)


def test_what_is_unknown_is_told_without_a_value(archive):
    nobody = PatientFactory.create(name_alphabetic="", birth_date=None, sex="")
    StudyFactory.create(
        patient=nobody, study_date=None, study_time=None, referring_physician="", modalities=""
    )

    [told] = archive("/studies")

    for tag, vr in {"00080020": "DA", "00080030": "TM", "00080061": "CS", "00080090": "PN"}.items():
        assert told[tag] == {"vr": vr}
    assert told["00100010"] == {"vr": "PN"}
    assert "00080201" not in told


def test_a_series_is_told_with_every_required_attribute(archive):
    request = {"00400009": {"vr": "SH", "Value": ["STEP1"]}}
    series = SeriesFactory.create(
        number=3,
        instance_count=1,
        body_part="ABDOMEN",
        laterality="L",
        performed_date=dt.date(2026, 3, 14),
        performed_time=dt.time(9, 26),
        requests=[request],
    )

    [told] = archive(f"/studies/{series.study.study_instance_uid}/series")

    uids = f"{series.study.study_instance_uid}/series/{series.series_instance_uid}"
    assert told == {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00080060": {"vr": "CS", "Value": ["CT"]},
        "0008103E": {"vr": "LO", "Value": ["Axial 5 mm"]},
        "00081190": {"vr": "UR", "Value": [f"http://testserver{ROOT}/studies/{uids}"]},
        "00180015": {"vr": "CS", "Value": ["ABDOMEN"]},
        "0020000D": {"vr": "UI", "Value": [series.study.study_instance_uid]},
        "0020000E": {"vr": "UI", "Value": [series.series_instance_uid]},
        "00200011": {"vr": "IS", "Value": [3]},
        "00200060": {"vr": "CS", "Value": ["L"]},
        "00201209": {"vr": "IS", "Value": [1]},
        "00400244": {"vr": "DA", "Value": ["20260314"]},
        "00400245": {"vr": "TM", "Value": ["092600"]},
        "00400275": {"vr": "SQ", "Value": [request]},
    }


def test_an_instance_is_told_with_every_required_attribute(archive):
    instance = InstanceFactory.create(number=5, frames=4)
    series = instance.series
    base = f"/studies/{series.study.study_instance_uid}/series/{series.series_instance_uid}"

    [told] = archive(f"{base}/instances")

    assert told == {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.2"]},
        "00080018": {"vr": "UI", "Value": [instance.sop_instance_uid]},
        "00080056": {"vr": "CS", "Value": ["ONLINE"]},
        "00081190": {
            "vr": "UR",
            "Value": [f"http://testserver{ROOT}{base}/instances/{instance.sop_instance_uid}"],
        },
        "00083002": {"vr": "UI", "Value": ["1.2.840.10008.1.2.1"]},
        "0020000D": {"vr": "UI", "Value": [series.study.study_instance_uid]},
        "0020000E": {"vr": "UI", "Value": [series.series_instance_uid]},
        "00200013": {"vr": "IS", "Value": [5]},
        "00280008": {"vr": "IS", "Value": [4]},
        "00280010": {"vr": "US", "Value": [512]},
        "00280011": {"vr": "US", "Value": [512]},
        "00280100": {"vr": "US", "Value": [16]},
    }


def test_an_object_without_pixels_has_no_rows(archive):
    InstanceFactory.create(has_pixels=False, rows=0, columns=0, frames=0, bits_allocated=0)

    [told] = archive("/instances")

    assert not {"00280008", "00280010", "00280011", "00280100"} & set(told)


@pytest.mark.parametrize("path", ["/series", "/instances"])
def test_a_search_in_everything_tells_the_upper_levels_too(archive, path):
    instance = InstanceFactory.create()

    [told] = archive(path)

    assert first(told["00100020"]) == instance.series.study.patient.patient_id
    assert first(told["00080060"]) == "CT"


def test_a_search_in_one_study_does_not_repeat_the_study(archive):
    instance = InstanceFactory.create()

    [told] = archive(f"/studies/{instance.series.study.study_instance_uid}/instances")

    assert "00100020" not in told
    assert first(told["00080060"]) == "CT"


def test_an_asked_attribute_is_told_from_the_column_or_from_the_header(archive):
    study = StudyFactory.create()
    instance = InstanceFactory.create(series__study=study)
    with_header(
        instance,
        t00101010={"vr": "AS", "Value": ["045Y"]},
        t00180050={"vr": "DS", "Value": [2.5]},
    )

    [usual] = archive("/studies")
    [asked] = archive("/studies", includefield="PatientAge,00100021,SliceThickness")
    [of_instance] = archive("/instances", includefield=["00180050", "PatientAge"])

    assert not {"00101010", "00100021"} & set(usual)
    assert first(asked["00101010"]) == "045Y"
    assert first(asked["00100021"]) == "IMAGING_DEPT"
    assert "00180050" not in asked  # an attribute of images, not of studies
    assert first(of_instance["00180050"]) == 2.5


def test_a_path_asks_for_one_attribute_of_a_sequence(archive):
    item = {tag: {"vr": "UI", "Value": [f"1.2.{tag[-2:]}"]} for tag in ("00081150", "00081155")}
    with_header(
        InstanceFactory.create(),
        t00081111={"vr": "SQ", "Value": [item]},
        t00081140={"vr": "SQ", "Value": [{"00081199": {"vr": "SQ", "Value": [item]}}]},
    )

    [told] = archive(
        "/instances",
        includefield="ReferencedPerformedProcedureStepSequence.ReferencedSOPInstanceUID"
        ",00081140.00081199.00081150",
    )
    [whole] = archive("/instances", includefield=["00081111.00081155", "00081111"])

    assert told["00081111"]["Value"] == [{"00081155": item["00081155"]}]
    assert told["00081140"]["Value"] == [
        {"00081199": {"vr": "SQ", "Value": [{"00081150": item["00081150"]}]}}
    ]
    assert whole["00081111"]["Value"] == [item]


def test_everything_known_is_told_on_demand_but_bulk(archive):
    with_header(
        InstanceFactory.create(),
        t00180050={"vr": "DS", "Value": [2.5]},
        t7FE00010={"vr": "OW", "BulkDataURI": "frames"},
    )

    [told] = archive("/instances", includefield="all")

    assert first(told["00180050"]) == 2.5
    assert "7FE00010" not in told


def test_a_matching_key_without_value_is_a_wish_to_be_told(archive):
    StudyFactory.create()

    [told] = archive("/studies?IssuerOfPatientID=&PatientName=*")

    assert first(told["00100021"]) == "IMAGING_DEPT"


# ── how much, in which order, at what cost ───────────────────────────────────────────────────────


def test_pages_follow_each_other_and_miss_nothing(archive):
    days = [dt.date(2026, 3, day) for day in (1, 1, 2, 2, 3)]
    studies = [StudyFactory.create(study_date=day) for day in days]
    newest_first = [study.study_instance_uid for study in reversed(studies)]

    pages = [found(archive("/studies", limit=2, offset=start)) for start in (0, 2, 4, 6)]

    assert [uid for page in pages for uid in page] == newest_first
    assert "Warning" not in archive.answer
    assert archive("/studies", limit=0) == []


def test_a_list_that_we_cut_says_that_there_is_more(archive, monkeypatch):
    monkeypatch.setitem(engine.MOST, Level.STUDY, 2)
    StudyFactory.create_batch(3)

    assert len(archive("/studies", limit=50)) == 2
    assert "additional results" in archive.answer["Warning"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"SeriesDescription": "Axial"}, "SeriesDescription"),
        ({"RecordKey": "AAAA"}, "RecordKey"),
    ],
)
def test_what_is_not_done_is_said_in_a_warning(archive, query, said):
    StudyFactory.create()

    assert len(archive("/studies", **query)) == 1
    assert archive.answer["Warning"].startswith("299 ")
    assert said in archive.answer["Warning"]


@pytest.mark.parametrize(
    "path", ["/studies", "/series", "/instances", "/instances?includefield=all"]
)
def test_the_number_of_queries_does_not_grow_with_the_answer(archive, path):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            archive(path)
        return len(captured)

    with_header(InstanceFactory.create(), t00400244={"vr": "DA", "Value": ["20260101"]})
    archive(path)
    few = queries()
    for instance in InstanceFactory.create_batch(8):
        with_header(instance, t00400244={"vr": "DA", "Value": ["20260101"]})

    assert queries() == few <= 9  # two of them the savepoint that only tests have


# ── bad questions ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("nonsense=1", "nonsense"),
        ("StudyDate=yesterday", "StudyDate"),
        ("StudyDate=20261399", "StudyDate"),
        ("StudyTime=2575", "StudyTime"),
        ("StudyInstanceUID=1.2.x", "StudyInstanceUID"),
        ("StudyInstanceUID=1.2.*", "StudyInstanceUID"),
        ("NumberOfStudyRelatedSeries=two", "NumberOfStudyRelatedSeries"),
        ("limit=-1", "limit"),
        ("limit=1e9", "limit"),
        ("offset=x", "offset"),
        ("offset=99999999999999999999", "offset"),
        ("offset=100001", "Record Key"),
        ("PriorRecordKey=AAAA", "PriorRecordKey"),
        ("PriorRecordKey=%2A%2A", "PriorRecordKey"),
        ("PriorRecordKey=AQAAAAAAAAAB", "PriorRecordKey"),
        ("PriorRecordKey=A/////////8=", "PriorRecordKey"),
        ("PatientID=a&00100020=b", "00100020"),
        ("ModalitiesInStudy=C*,MR&multiplevaluematching=true", "ModalitiesInStudy"),
        ("fuzzymatching=perhaps", "fuzzymatching"),
        ("includefield=Nonsense", "includefield"),
        ("PatientName=%00", "PatientName"),
        ("PatientID=a&PatientID=b", "PatientID"),
        ("PatientName=A=B=C=D", "PatientName"),
        ("PatientName=" + "*a" * 30, "PatientName"),
        ("PatientID=" + "x" * 9000, "PatientID"),
        ("00100020.Nonsense=1", "00100020.Nonsense"),
    ],
)
def test_a_bad_question_is_answered_with_the_reason(archive, query, word):
    answer = archive.client.get(f"{ROOT}/studies?{query}")

    assert answer.status_code == 400
    assert word in answer.json()["detail"]


KEYS = ["PatientName", "PatientID", "StudyDate", "StudyTime", "ModalitiesInStudy", "StudyID"]
KEYS += ["ReferringPhysicianName", "StudyInstanceUID", "limit", "offset", "includefield"]
KEYS += ["NumberOfStudyRelatedInstances", "00400275.00400009", "accept", "SeriesNumber"]
KEYS += ["PriorRecordKey", "PerformedProcedureStepStartTime", "fuzzymatching"]
MANNERS = ["", "?fuzzymatching=true", "?emptyvaluematching=true", "?multiplevaluematching=true"]
HOSTILE = st.text(max_size=40) | st.text("*?^=\\-,.[](){}|+$0123456789:'\";%_", max_size=24)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/studies", "/series"]),
    manner=st.sampled_from(MANNERS),
    key=st.sampled_from(KEYS),
    value=HOSTILE,
)
def test_no_value_brings_the_search_down(archive, path, manner, key, value):
    query = urlencode({key: value})
    answer = archive.client.get(f"{ROOT}{path}{manner or '?'}&{query}")

    assert answer.status_code in {200, 400, 406}
    if answer["Content-Type"].startswith("multipart"):
        return
    assert isinstance(json.loads(answer.content), list if answer.status_code == 200 else dict)
