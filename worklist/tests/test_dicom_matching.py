"""Which steps a worklist query finds: states, stations, texts and names."""

import datetime as dt

import pytest
from django.utils import timezone
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from equipment.tests.factories import DeviceFactory
from patients.tests.factories import AlertFactory
from worklist import dicom
from worklist.models import Move, ScheduledProcedure
from worklist.tests.asking import (
    NAMES,
    ask,
    at,
    everything,
    query,
    step_at,
    steps,
)
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lenient_pydicom")]


Status = ScheduledProcedure.Status


# ── which steps ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", list(Status))
def test_only_steps_that_wait_are_on_the_list(status):
    ScheduledProcedureFactory.create(status=status)

    shown = {Status.SCHEDULED, Status.ARRIVED, Status.READY}
    assert len(ask(query(PatientName=""))) == (status in shown)
    assert len(ask(query(PatientName=""), shows_started=True)) == (
        status in shown | {Status.IN_PROGRESS}
    )


@pytest.mark.parametrize(
    ("status", "term"),
    [
        (Status.SCHEDULED, "SCHEDULED"),
        (Status.ARRIVED, "ARRIVED"),
        (Status.READY, "READY"),
        (Status.IN_PROGRESS, "STARTED"),
    ],
)
def test_a_state_is_said_in_the_standards_term_and_can_be_asked_for(status, term):
    for other in (Status.SCHEDULED, Status.ARRIVED, Status.READY, Status.IN_PROGRESS):
        ScheduledProcedureFactory.create(status=other)

    answers = ask(query({"ScheduledProcedureStepStatus": term}), shows_started=True)

    said = [one.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStatus for one in answers]
    assert said == [term]
    assert ScheduledProcedure.objects.filter(status=status).exists()


@pytest.mark.parametrize("before", [Status.SCHEDULED, Status.ARRIVED, Status.READY])
def test_what_is_on_hold_is_shown_where_the_profile_says_so_as_it_stood_before(before):
    held = ScheduledProcedureFactory.create(status=before)
    Move.objects.create(procedure=held, from_status=before, to_status=Status.ON_HOLD)
    ScheduledProcedure.objects.update(status=Status.ON_HOLD)
    asked = query({"ScheduledProcedureStepStatus": before})
    other = query({"ScheduledProcedureStepStatus": "STARTED"})

    assert ask(asked) == []
    (answer,) = ask(asked, shows_on_hold=True)
    assert answer.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStatus == before
    assert ask(other, shows_on_hold=True, shows_started=True) == []


def test_a_station_sees_its_own_steps_even_when_it_does_not_say_who_it_is():
    mine = ScheduledProcedureFactory.create(device=DeviceFactory.create(ae_title="CT01"))
    ScheduledProcedureFactory.create(device=DeviceFactory.create(ae_title="CT02"))

    assert steps(query(), own_station="CT01") == [mine.step_id]
    assert steps(query({"ScheduledStationAETitle": "CT02"}), own_station="CT01") == []
    assert len(steps(query())) == 2


def test_steps_come_soonest_first():
    step_at(at(5, 14), "LATER")
    step_at(at(5, 9), "SOONER")

    assert steps(query()) == ["SOONER", "LATER"]


def test_a_cap_leaves_out_what_is_farthest_from_now(monkeypatch, caplog):
    monkeypatch.setattr(dicom, "MOST_ANSWERS", 2)
    now = timezone.now()
    step_at(now - dt.timedelta(days=90), "FORGOTTEN")
    step_at(now + dt.timedelta(hours=2), "SOON")
    step_at(now - dt.timedelta(hours=1), "NOW")

    assert steps(query()) == ["NOW", "SOON"]
    assert "more than the 2 steps" in caplog.text


def test_the_number_of_queries_does_not_depend_on_the_number_of_answers(
    django_assert_num_queries,
):
    for _ in range(5):
        AlertFactory.create(patient=ScheduledProcedureFactory.create().patient)

    with django_assert_num_queries(2):
        assert len(ask(query({}, PatientID="", Allergies=""))) == 5
    with django_assert_num_queries(3):  # and the patients' other numbers
        assert len(ask(everything())) == 5


# ── matching text ────────────────────────────────────────────────────────────────────────────────


TOP = {
    "RequestedProcedureDescription": ("CT abdomen", "CT abd*", "CT*", "ct*", "abdomen"),
    "PatientID": ("MRN_1", "MRN?1", "MRN*", "mrn_1", "MRNx1", "MRN"),
    "IssuerOfPatientID": ("HOSPITAL", "HOSP????", "*TAL", "hospital", "OTHER"),
    "AccessionNumber": ("A26000001", "A26*", "A2600000?", "a26*", "A26"),
    "RequestedProcedureID": ("RP1", "R?1", "*", "rp1", "RP"),
    "RequestedProcedurePriority": ("STAT", "S*", "????", "HIGH", "stat"),
    "PatientSex": ("F", "?", "*", "M", "f"),
    "StudyInstanceUID": ("1.2.3.4", ["1.9", "1.2.3.4"], "", "1.2.3", "1.2.3.*"),
}
INSIDE = {
    "ScheduledStationAETitle": ("CT01", "CT0?", "C*", "ct01", "CT0"),
    "Modality": ("CT", "C?", ["MR", "CT"], "MR", "ct"),
    "ScheduledProcedureStepID": ("SPS1", "SPS?", "*1", "SPS", "sps1"),
    "ScheduledStationName": ("CT One", "CT*", "*One", "ct one", "CT"),
    "ScheduledProcedureStepLocation": ("R1", "R?", "*", "R", "r1"),
}


@pytest.mark.parametrize(("keyword", "values"), TOP.items(), ids=TOP)
def test_a_key_of_the_order_or_patient_matches_as_the_standard_says(known, keyword, values):
    *good, one_bad, other_bad = values
    good, bad = (good, [one_bad, other_bad]) if len(values) == 5 else (values[:3], values[3:])

    assert [steps(query(**{keyword: value})) for value in good] == [["SPS1"]] * len(good)
    assert [steps(query(**{keyword: value})) for value in bad] == [[]] * len(bad)


@pytest.mark.parametrize(("keyword", "values"), INSIDE.items(), ids=INSIDE)
def test_a_key_of_the_step_matches_as_the_standard_says(known, keyword, values):
    assert [steps(query({keyword: value})) for value in values[:3]] == [["SPS1"]] * 3
    assert [steps(query({keyword: value})) for value in values[3:]] == [[]] * 2


def test_wild_cards_of_the_database_mean_nothing(known):
    assert steps(query(PatientID="MRN%")) == []
    assert steps(query(PatientID="%")) == []
    assert steps(query(PatientID="M\\_*"[0] + "RN_1")) == ["SPS1"]


def test_a_code_is_matched_inside_its_sequence(known):
    right, wrong = Dataset(), Dataset()
    right.CodeValue, wrong.CodeValue = "CTABD", "CTHEAD"

    assert steps(query({"ScheduledProtocolCodeSequence": Sequence([right])})) == ["SPS1"]
    assert steps(query({"ScheduledProtocolCodeSequence": Sequence([wrong])})) == []
    assert steps(query(RequestedProcedureCodeSequence=Sequence([right]))) == ["SPS1"]
    assert steps(query(RequestedProcedureCodeSequence=Sequence([wrong]))) == []


def test_nothing_stored_matches_no_value(known):
    key = "ScheduledPerformingPhysicianName"

    assert steps(query({key: "Doe*"})) == []
    assert steps(query({key: "*"})) == ["SPS1"]
    assert steps(query({key: ""})) == ["SPS1"]


@pytest.mark.parametrize("value", ["MRN_1\0", "MRN_1\0\0 ", "\0MRN_1"])
def test_padding_of_any_kind_is_no_part_of_a_value(known, value):
    assert steps(query(PatientID=value)) == ["SPS1"]


def test_several_keys_must_all_match(known):
    assert steps(query({"Modality": "CT"}, PatientID="MRN_1")) == ["SPS1"]
    assert steps(query({"Modality": "MR"}, PatientID="MRN_1")) == []


# ── matching names ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    [
        "Müller^Änne",
        "MULLER^ANNE",
        "muller^anne",
        "Müller*",
        "mul*",
        "M?LLER^*",
        "*^Anne",
        "Müller^Änne^^^",
        "山田^太郎",
        "山田*",
        "やまだ*",
        "Müller*=山田*",
        "=山田*",
        "==やまだ^*",
        "Müller^Änne=山田^太郎=やまだ^たろう",
        "*=*",
        "*",
        "",
    ],
)
def test_a_name_is_found_whatever_its_case_and_accents(known, name):
    assert steps(query(PatientName=name)) == ["SPS1"]


@pytest.mark.parametrize(
    "name",
    [
        "Muller",
        "Anne",
        "Anne^Muller",
        "Müller=田中*",
        "山田*=Müller*",
        "M%",
        "Müller^Änne^X",
        "=Müller*",
    ],
)
def test_another_name_is_not_found(known, name):
    assert steps(query(PatientName=name)) == []


def test_a_name_without_given_name_is_found_by_an_open_end():
    ScheduledProcedureFactory.create(step_id="ONE", order__patient__name_alphabetic="Madonna")

    assert steps(query(PatientName="MADONNA^*")) == ["ONE"]
    assert steps(query(PatientName="MADONNA")) == ["ONE"]


def test_the_requesting_physician_is_a_name_too(known):
    assert steps(query(RequestingPhysician="DOE^*")) == ["SPS1"]
    assert steps(query(ReferringPhysicianName="doe^jane")) == ["SPS1"]
    assert steps(query(RequestingPhysician="Roe*")) == []


def test_two_keys_about_the_same_person_must_both_match(known):
    assert steps(query(RequestingPhysician="Doe*", ReferringPhysicianName="Doe^J*")) == ["SPS1"]
    assert steps(query(RequestingPhysician="Roe*", ReferringPhysicianName="Doe*")) == []
    assert steps(query(RequestingPhysician="Doe*", ReferringPhysicianName="Roe*")) == []


@pytest.mark.parametrize(("alphabetic", "others"), NAMES.values(), ids=NAMES)
def test_a_name_is_found_in_its_own_script(alphabetic, others):
    ideographic, _, phonetic = others.partition("=")
    ScheduledProcedureFactory.create(
        step_id="ONE",
        order__patient__name_alphabetic=alphabetic,
        order__patient__name_ideographic=ideographic,
        order__patient__name_phonetic=phonetic,
    )

    for group in filter(None, (alphabetic, ideographic, phonetic)):
        assert steps(query(PatientName=group)) == ["ONE"], group
        assert steps(query(PatientName=group.split("^")[0] + "*")) == ["ONE"], group
