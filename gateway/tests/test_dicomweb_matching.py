"""QIDO-RS: which studies, series and instances are found by which value (PS3.4 C.2.2.2)."""

import datetime as dt

import pytest

from gateway.dicomweb.search import people as whom
from gateway.tests.asking import Archive, first, found
from gateway.tests.factories import InstanceFactory, SeriesFactory, StudyFactory
from patients.tests.factories import PatientFactory
from studies.models import Match
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(client, person):
    """A technician's client; `archive("/studies?…")` gives the list that was answered."""
    client.force_login(person("Technician"))

    return Archive(client)


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("PatientID", "AB-12", True),
        ("00100020", "AB-12", True),
        ("PatientID", "ab-12", False),
        ("PatientID", "AB*", True),
        ("PatientID", "*-1?", True),
        ("PatientID", "AB-1", False),
        ("PatientID", "A.-12", False),
        ("PatientID", "", True),
        ("PatientID", "*", True),
        ("AccessionNumber", "ACC.1", True),
        ("AccessionNumber", "ACC?1", True),
        ("AccessionNumber", "ACCX1", False),
        ("StudyID", "S(7", True),
        ("StudyID", "S(*", True),
        ("StudyDescription", "*Schädel*", True),
        ("ModalitiesInStudy", "CT", True),
        ("ModalitiesInStudy", "SR", True),
        ("ModalitiesInStudy", "MR", False),
        ("ModalitiesInStudy", "C?", True),
        ("ModalitiesInStudy", "MR,CT", True),
        ("ModalitiesInStudy", "MR\\SR", True),
        ("ModalitiesInStudy", "T", False),
        ("PatientSex", "F", True),
        ("PatientBirthDate", "19800517", True),
        ("PatientBirthDate", "-19800101", False),
        ("IssuerOfPatientID", "IMAGING_DEPT", True),
        ("ReferringPhysicianName", "curie", True),
        ("ReferringPhysicianName", "Curie^M*", True),
        ("ReferringPhysicianName", "Marie", False),
        ("NumberOfStudyRelatedInstances", "3", True),
        ("StudyDate", "20260314", True),
        ("StudyDate", "2026.03.14", True),
        ("StudyDate", "20260301-20260331", True),
        ("StudyDate", "20260314-", True),
        ("StudyDate", "20260315-", False),
        ("StudyDate", "-20260313", False),
        ("StudyTime", "092653", True),
        ("StudyTime", "0926", True),
        ("StudyTime", "09", True),
        ("StudyTime", "10", False),
        ("StudyTime", "08-0926", True),
        ("StudyTime", "0927-", False),
    ],
)
def test_a_study_is_found_by_what_it_is(archive, name, value, fits):
    patient = PatientFactory.create(patient_id="AB-12")
    study = StudyFactory.create(
        patient=patient,
        accession_number="ACC.1",
        study_id="S(7",
        description="CT des Schädels",
        modalities="CT\\SR",
        instance_count=3,
    )

    results = archive("/studies", **{name: value})

    assert found(results) == ([study.study_instance_uid] if fits else [])


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ("MULLER", True),
        ("müller", True),
        ("Müller^Jörg", True),
        ("muller^j*", True),
        ("mul*", True),
        ("m?ller", True),
        ("*jorg", True),
        ("jorg", False),
        ("Muller^Jorg^X", False),
        ("Mull", False),
        ("Muller^^^", True),
        ("山田^太郎", True),
        ("山田", True),
        ("Muller^Jorg=山田^太郎", True),
        ("Muller=鈴木", False),
        ("=山田", True),
        ("==やまだ*", True),
        ("M*山", False),
        ("[m", False),
        ("m.ller", False),
        ("*=*", True),
    ],
)
def test_a_name_is_found_without_case_and_accents_group_by_group(archive, asked, fits):
    patient = PatientFactory.create(
        name_alphabetic="Müller^Jörg", name_ideographic="山田^太郎", name_phonetic="やまだ^たろう"
    )
    StudyFactory.create(patient=patient)

    assert bool(archive("/studies", PatientName=asked)) is fits


def test_date_and_time_ranges_are_one_stretch_of_time(archive):
    evening = StudyFactory.create(study_date=dt.date(2026, 3, 1), study_time=dt.time(20, 0))
    noon = StudyFactory.create(study_date=dt.date(2026, 3, 2), study_time=dt.time(12, 0))
    StudyFactory.create(study_date=dt.date(2026, 3, 1), study_time=dt.time(12, 0))
    StudyFactory.create(study_date=dt.date(2026, 3, 3), study_time=dt.time(12, 0))
    StudyFactory.create(study_date=dt.date(2026, 3, 2), study_time=None)

    results = archive("/studies", StudyDate="20260301-20260303", StudyTime="1800-0600")

    assert found(results) == [noon.study_instance_uid, evening.study_instance_uid]


def test_a_list_of_uids_finds_each_of_them(archive):
    one, other, _third = StudyFactory.create_batch(3)
    uids = [one.study_instance_uid, other.study_instance_uid]

    for written in (",".join(uids), "\\".join(uids), uids):
        assert set(found(archive("/studies", StudyInstanceUID=written))) == set(uids)


def test_a_series_is_found_by_what_the_department_ordered(archive):
    order = OrderFactory.create()
    study = StudyFactory.create(order=order, patient=order.patient)
    series = SeriesFactory.create(study=study, number=2)
    procedure = ScheduledProcedureFactory.create(order=order)
    Match.objects.create(study=study, procedure=procedure, rule=Match.Rule.STUDY_UID)
    SeriesFactory.create()

    by_step = archive(
        "/series", **{"RequestAttributesSequence.ScheduledProcedureStepID": procedure.step_id}
    )
    by_request = archive("/series", **{"00400275.00401001": order.requested_procedure_id})
    by_both = archive(
        "/series", SeriesNumber="2", Modality="MR,CT", PatientID=order.patient.patient_id
    )

    for results in (by_step, by_request, by_both):
        assert [first(told["0020000E"]) for told in results] == [series.series_instance_uid]


def test_an_instance_is_found_by_class_number_and_uid(archive):
    wanted = InstanceFactory.create(number=7)
    InstanceFactory.create(series=wanted.series, number=8)

    for query in (
        {"SOPInstanceUID": wanted.sop_instance_uid},
        {"InstanceNumber": "7", "SOPClassUID": wanted.sop_class_uid},
        {"Rows": "512", "InstanceNumber": "007"},
    ):
        [told] = archive("/instances", **query)
        assert first(told["00080018"]) == wanted.sop_instance_uid


def test_a_series_is_only_found_inside_its_own_study(archive):
    series, other = SeriesFactory.create_batch(2)
    InstanceFactory.create(series=series)

    inside = f"/studies/{other.study.study_instance_uid}/series/{series.series_instance_uid}"

    assert archive(f"{inside}/instances") == []
    assert archive("/studies/1.2.3/series") == []


def test_a_series_is_found_by_what_its_images_say_and_when_it_was_performed(archive):
    said = [
        {"00400009": {"vr": "SH", "Value": ["S-77"]}, "00401001": {"vr": "SH", "Value": ["R7"]}}
    ]
    day, clock = dt.date(2026, 3, 14), dt.time(9, 26)
    series = SeriesFactory.create(requests=said, performed_date=day, performed_time=clock)
    SeriesFactory.create(performed_date=dt.date(2026, 3, 13), performed_time=clock)

    for query in (
        {"RequestAttributesSequence.ScheduledProcedureStepID": "S-77"},
        {"00400275.00401001": "R7"},
        {"PerformedProcedureStepStartDate": "20260314"},
        {"PerformedProcedureStepStartDate": "20260314-", "00400245": "0900-1000"},
    ):
        results = archive("/series", **query)
        assert [first(told["0020000E"]) for told in results] == [series.series_instance_uid], query
    assert archive("/series", **{"00400275.00400009": "S-7"}) == []
    assert found(archive("/studies", **{"00400275.00400009": "S-77"})) == [
        series.study.study_instance_uid
    ]


# ── manners of matching that are asked for ───────────────────────────────────────────────────────


@pytest.fixture
def people():
    """Two studies of people whose names could be mistaken, and one of somebody else."""
    names = {"schroeder": "Schroeder^Anna", "mueller": "Müller^Jörg", "other": "Curie^Marie"}
    return {
        who: StudyFactory.create(
            patient=PatientFactory.create(name_alphabetic=name), referring_physician=name
        ).study_instance_uid
        for who, name in names.items()
    }


@pytest.mark.parametrize("key", ["PatientName", "ReferringPhysicianName"])
@pytest.mark.parametrize(
    ("asked", "whom"),
    [
        ("Schröder", "schroeder"),
        ("Schroder^Ana", "schroeder"),
        ("Anna Schroeder", "schroeder"),
        ("Muler", "mueller"),
        ("MUELLER^JORG", "mueller"),
        ("müll*", "mueller"),
    ],
)
def test_a_misspelt_name_is_found_when_that_is_asked_for(archive, people, key, asked, whom):
    literal = found(archive("/studies", **{key: asked}))
    fuzzy = found(archive("/studies", **{key: asked}, fuzzymatching="true"))

    assert people[whom] in fuzzy
    assert people["other"] not in fuzzy
    assert set(literal) <= set(fuzzy)
    assert "Warning" not in archive.answer


def test_what_has_no_value_is_found_by_two_quotation_marks(archive):
    nobody = PatientFactory.create(name_alphabetic="", birth_date=None, sex="")
    bare = StudyFactory.create(
        patient=nobody,
        study_date=None,
        study_time=None,
        accession_number="",
        referring_physician="",
        modalities="",
    )
    StudyFactory.create()

    for key in (
        "PatientName",
        "PatientBirthDate",
        "PatientSex",
        "StudyDate",
        "StudyTime",
        "AccessionNumber",
        "ReferringPhysicianName",
        "ModalitiesInStudy",
    ):
        asked = archive("/studies", **{key: '""'}, emptyvaluematching="true")
        assert found(asked) == [bare.study_instance_uid], key
    assert archive("/studies", StudyInstanceUID='""', emptyvaluematching="true") == []
    assert archive("/studies", AccessionNumber='""') == []  # a value like any other


def test_all_modalities_of_a_list_are_needed_when_that_is_asked_for(archive):
    both = StudyFactory.create(modalities="CT\\PT\\SR")
    StudyFactory.create(modalities="CT")

    for written in ("PT\\CT", "CT,PT", ["CT", "PT"]):
        asked = archive("/studies", ModalitiesInStudy=written, multiplevaluematching="true")
        assert found(asked) == [both.study_instance_uid]
    assert len(archive("/studies", ModalitiesInStudy="CT,PT")) == 2


def test_a_name_that_very_many_have_is_found_all_the_same(archive, monkeypatch):
    monkeypatch.setattr(whom, "MOST", 2)
    studies = [
        StudyFactory.create(patient=PatientFactory.create(name_alphabetic=f"Kim^{given}"))
        for given in ("Jun", "Seo", "Min")
    ]
    StudyFactory.create()

    for manner in ("false", "true"):
        asked = archive("/studies", PatientName="kim", PatientSex="F", fuzzymatching=manner)
        assert set(found(asked)) == {study.study_instance_uid for study in studies}
