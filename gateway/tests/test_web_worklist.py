"""The worklist by web (PS3.18 section 14): the network's rules, in JSON and XML."""

import datetime as dt
import json
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipment.tests.factories import DeviceFactory
from gateway.dicomweb.xml_model import model_of
from gateway.tests.asking import ROOT, ask, first, parts_of
from patients.tests.factories import PatientFactory
from worklist.models import ScheduledProcedure
from worklist.tests.asking import query, steps
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

ADDRESS = f"{ROOT}/modality-scheduled-procedure-steps"
STEP = "ScheduledProcedureStepSequence"
Status = ScheduledProcedure.Status


@pytest.fixture
def technician(client, person):
    client.force_login(person("Technician"))
    return client


def listed(client, **keys):
    """Step ids of the answer, in order; none for 204."""
    answer = client.get(ADDRESS, keys)
    assert answer.status_code in {200, 204}, answer.content
    return [step_of(told) for told in answer.json()] if answer.status_code == 200 else []


def step_of(told):
    return first(first(told["00400100"])["00400009"])


def at(hour):
    return dt.datetime(2026, 7, 5, hour, tzinfo=dt.UTC)


@pytest.fixture
def two():
    """A CT in the morning and an MR in the afternoon, of two patients."""
    head = PatientFactory.create(name_alphabetic="Müller^Jörg", name_ideographic="山田^太郎")
    scanner, magnet = (DeviceFactory.create(ae_title=title) for title in ("CT01", "MR01"))
    magnet.modality = "MR"
    magnet.save()
    return [
        ScheduledProcedureFactory.create(
            order=OrderFactory.create(patient=head), device=scanner, scheduled_start=at(8)
        ),
        ScheduledProcedureFactory.create(device=magnet, scheduled_start=at(14)),
    ]


def test_without_a_question_every_station_is_listed_with_all_that_is_known(technician, two):
    [first_told, _second] = technician.get(ADDRESS).json()

    step = first(first_told["00400100"])
    assert first(first_told["00080005"]) == "ISO_IR 192"
    assert first(first_told["00100010"]) == {
        "Alphabetic": "Müller^Jörg",
        "Ideographic": "山田^太郎",
    }
    assert first(first_told["0020000D"]) == two[0].order.study_instance_uid
    assert first(step["00400001"]) == "CT01"
    assert first(step["00400002"]) == "20260705"
    assert "Value" not in first_told["00380010"]  # asked for, and nobody knows it
    assert listed(technician) == [one.step_id for one in two]


def test_only_what_is_asked_for_is_told_and_what_was_matched(technician, two):
    [told] = technician.get(
        ADDRESS,
        {
            "includefield": f"PatientID,{STEP}.ScheduledProcedureStepID",
            f"{STEP}.Modality": "MR",
            "AccessionNumber": "",
        },
    ).json()

    assert set(told) == {"00080005", "00100020", "00400100", "00080050"}
    assert set(first(told["00400100"])) == {"00400009", "00080060"}


def test_a_sequence_that_is_asked_for_comes_whole(technician, two):
    keys = {"includefield": STEP, f"{STEP}.Modality": "CT"}

    [told] = technician.get(ADDRESS, keys).json()

    assert {"00400001", "00400002", "00400003", "00400009"} <= set(first(told["00400100"]))
    assert "00100010" not in told


def test_a_sequence_that_is_always_empty_here_is_told_without_items(technician, two):
    [told, _other] = technician.get(ADDRESS, {"includefield": "ReferencedStudySequence"}).json()

    assert told["00081110"]["vr"] == "SQ"
    assert not told["00081110"].get("Value")


@pytest.mark.parametrize(
    ("keys", "places"),
    [
        ({f"{STEP}.Modality": "CT"}, [0]),
        ({"00400100.00080060": "MR"}, [1]),
        ({f"{STEP}.ScheduledStationAETitle": "CT*"}, [0]),
        ({f"{STEP}.ScheduledProcedureStepStartDate": "20260705"}, [0, 1]),
        (
            {
                f"{STEP}.ScheduledProcedureStepStartDate": "20260705",
                f"{STEP}.ScheduledProcedureStepStartTime": "1200-1800",
            },
            [1],
        ),
        ({"PatientName": "muller*"}, [0]),
        ({"PatientName": "山田*"}, [0]),
        ({"PatientName": "*"}, [0, 1]),
        ({"PatientID": "nobody"}, []),
        ({"limit": "1"}, [0]),
        ({"offset": "1"}, [1]),
        ({"limit": "5", "offset": "2"}, []),
        ({"limit": "0"}, []),
    ],
)
def test_the_keys_of_the_network_find_the_same_steps(technician, two, keys, places):
    assert listed(technician, **keys) == [two[place].step_id for place in places]


def test_the_web_and_the_network_answer_alike(technician, two):
    by_net = steps(query({"Modality": "CT"}))

    assert listed(technician, **{f"{STEP}.Modality": "CT"}) == by_net


def test_a_list_of_studies_may_be_given_with_commas(technician, two):
    uids = ",".join(one.order.study_instance_uid for one in two)

    assert len(listed(technician, StudyInstanceUID=uids)) == 2


def test_what_has_begun_is_listed_for_the_station_whose_profile_says_so(technician):
    device = DeviceFactory.create(ae_title="CT07", shows_started=True)
    begun = ScheduledProcedureFactory.create(device=device, status=Status.IN_PROGRESS)

    assert listed(technician) == []
    assert listed(technician, **{f"{STEP}.ScheduledStationAETitle": "CT07"}) == [begun.step_id]


def test_nothing_found_is_204(technician):
    answer = technician.get(ADDRESS)

    assert (answer.status_code, answer.content) == (204, b"")


def test_in_xml_every_step_is_a_part_that_says_the_same(technician, two):
    in_json = technician.get(ADDRESS).json()

    answer, body = ask(technician, ADDRESS, 'multipart/related; type="application/dicom+xml"')

    read = [model_of(data) for _head, data in parts_of(answer, body)]
    assert [step_of(told) for told in read] == [step_of(told) for told in in_json]
    assert [told["00100010"] for told in read] == [told["00100010"] for told in in_json]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"fuzzymatching": "true"}, "fuzzymatching"),
        ({"PatientComments": "tall"}, "PatientComments"),
        ({"PixelData": "abc", "FrameIncrementPointer": "abc", "RecordKey": "AAAA"}, "PixelData"),
    ],
)
def test_what_is_not_done_is_said_in_a_warning(technician, two, keys, said):
    answer = technician.get(ADDRESS, keys)

    assert len(answer.json()) == 2
    assert answer["Warning"].startswith("299 ")
    assert said in answer["Warning"]


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ({"Nonsense": "1"}, "Nonsense"),
        ({f"{STEP}.ScheduledProcedureStepStartDate": "soon"}, "date"),
        ({"00091001": "private"}, "00091001"),
        ({"limit": "many"}, "limit"),
        ({"TimezoneOffsetFromUTC": "late"}, "offset"),
    ],
)
def test_a_bad_question_is_answered_with_the_reason(technician, keys, word):
    answer = technician.get(ADDRESS, keys)

    assert answer.status_code == 400
    assert word in answer.json()["detail"]


def test_who_may_not_see_the_worklist_is_told_so(client, person):
    assert client.get(ADDRESS).status_code == 401
    client.force_login(person("Referrer"))
    assert client.get(ADDRESS).status_code == 403
    client.force_login(person("Technician"))
    assert client.post(ADDRESS).status_code == 405


def test_a_form_that_cannot_be_given_is_406(technician, two):
    assert technician.get(ADDRESS, headers={"Accept": "text/csv"}).status_code == 406


@pytest.mark.parametrize("number", [1, 6])
def test_the_number_of_queries_does_not_grow(technician, number, django_assert_max_num_queries):
    ScheduledProcedureFactory.create_batch(number)

    with django_assert_max_num_queries(7):
        assert len(listed(technician)) == number


KEYS = ["PatientName", "PatientID", "StudyInstanceUID", f"{STEP}.Modality", STEP, "limit"]
KEYS += [f"{STEP}.ScheduledProcedureStepStartDate", f"{STEP}.ScheduledProcedureStepStartTime"]
KEYS += ["includefield", "TimezoneOffsetFromUTC", "PatientBirthDate", "PatientWeight", "accept"]
KEYS += ["PregnancyStatus", "ReferencedStudySequence", "SpecificCharacterSet", "PatientName.Rows"]
KEYS += ["PixelData", "FrameIncrementPointer", "PriorRecordKey", "SelectorSVValue"]
HOSTILE = st.text(max_size=30) | st.text("*?^=\\-,.[](){}|+$0123456789:'\";%_", max_size=20)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.sampled_from(KEYS), value=HOSTILE)
def test_no_value_brings_the_worklist_down(technician, key, value):
    answer = technician.get(f"{ADDRESS}?{urlencode({key: value})}")

    assert answer.status_code in {200, 204, 400, 406}
    if answer.status_code in {400, 406}:
        assert isinstance(json.loads(answer.content), dict)
