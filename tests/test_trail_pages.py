"""The trail with real records on it: who looked at a patient, what a person opened, a day."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.kinds import KINDS, address_of, find_records
from audit.models import Entry
from audit.services import record
from patients.tests.factories import PatientFactory
from studies.tests.factories import IncomingFileFactory, StudyFactory
from worklist.tests.factories import ScheduledProcedureFactory

PATIENT = "patients.patient"

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, person):
    administrator = person("Administrator", username="ada")
    client.force_login(administrator)
    return administrator


def who_looked(client, record, **params):
    page = client.get(reverse("audit:record", args=[record._meta.label_lower, record.pk]), params)
    assert page.status_code == 200
    return page.context["report"]


def test_a_patients_report_says_who_looked_in_which_role_how_often(client, administrator, person):
    patient = PatientFactory.create()
    study = StudyFactory.create(patient=patient)
    technician, radiologist = person("Technician"), person("Radiologist")
    with time_machine.travel("2026-03-05T10:00:00Z"):
        record("patient.viewed", patient, by=technician, patient=patient)
    with time_machine.travel("2026-03-06T10:00:00Z"):
        record("study.viewed", study, by=technician, patient=patient)
        record("study.viewed", study, by=radiologist, patient=patient)
        record("patient.corrected", patient, by=radiologist, patient=patient)
    record("patient.viewed", PatientFactory.create(), by=technician)

    report = who_looked(client, patient)
    lines = [(line.person, line.roles, line.openings, line.others) for line in report.looked]

    assert lines[:2] == [
        (technician, ("Technician",), 2, 0),
        (radiologist, ("Radiologist",), 1, 1),
    ]
    assert report.looked[0].first.day == 5
    assert report.looked[0].last.day == 6
    assert who_looked(client, patient, until="2026-03-05").openings == 1
    assert who_looked(client, study).looked[0].count == 1


def test_the_report_is_of_the_roles_of_that_time(client, administrator, person):
    patient, somebody = PatientFactory.create(), person("Technician")
    record("patient.viewed", patient, by=somebody, patient=patient)
    somebody.groups.set([])

    assert who_looked(client, patient).looked[0].roles == ("Technician",)


def test_looking_at_a_report_is_itself_recorded(client, administrator, person):
    patient, technician = PatientFactory.create(), person("Technician")

    who_looked(client, patient)
    client.get(reverse("audit:person", args=[technician.pk]))

    looks = Entry.objects.of_verb("trail.viewed").in_time_order()
    assert [(look.subject_type, look.patient_id) for look in looks] == [
        (PATIENT, patient.pk),
        ("staff.user", None),
    ]


def test_a_person_page_counts_deeds_and_patients_of_thirty_days(client, administrator, person):
    technician = person("Technician")
    seen, before = PatientFactory.create(), PatientFactory.create()
    for _ in range(3):
        record("patient.viewed", seen, by=technician, patient=seen)
    with time_machine.travel(timezone.now() - dt.timedelta(days=40)):
        record("patient.viewed", before, by=technician, patient=before)
    address = reverse("audit:person", args=[technician.pk])

    report = client.get(address).context["report"]
    ever = client.get(address, {"since": "2020-01-01"}).context["report"]

    assert [(line.verb, line.count) for line in report.verbs] == [("patient.viewed", 3)]
    assert [line.record.found for line in report.patients] == [seen]
    assert {line.record.found for line in ever.patients} == {seen, before}


def test_a_days_page_puts_confidential_patients_first(client, administrator, person):
    famous = PatientFactory.create(is_confidential=True)
    usual = PatientFactory.create()
    with time_machine.travel("2026-03-05T10:00:00Z", tick=False):
        for _ in range(3):
            record("patient.viewed", usual, by=person("Technician"), patient=usual)
        record("patient.viewed", famous, by=person("Radiologist"), patient=famous)
        record("person.failed_to_sign_in", None, by=None)

    page = client.get(reverse("audit:day", args=[dt.date(2026, 3, 5)]))
    report = page.context["report"]

    opened = [(line.record.found, line.openings, line.people) for line in report.patients]
    assert opened == [(famous, 1, 1), (usual, 3, 3)]
    assert (report.count, report.failed) == (5, 1)
    assert [bar.hour for bar in report.hours if bar.count] == [10]
    assert "1 sign-in failed" in page.content.decode()


@pytest.mark.parametrize("day", ["2026-13-01", "2999-01-01", "0001-01-01"])
def test_a_day_that_never_was_has_no_page(client, administrator, day):
    assert client.get(f"/audit/days/{day}/").status_code == 404


@pytest.mark.parametrize(
    "record_of",
    ["patients.patient/99999", "patients.patient/x", "no.such/1", "patients/1", "a.b.c/1"],
)
def test_a_record_that_never_was_has_no_page(client, administrator, record_of):
    assert client.get(f"/audit/records/{record_of}/").status_code == 404


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


def test_a_patient_is_found_by_what_was_typed_and_the_address_holds_a_key(client, administrator):
    patient = PatientFactory.create(name_alphabetic="Quixote^Alonso")

    found = client.post(reverse("audit:find"), {"q": "quixote"})

    assert found.status_code == 302
    assert found["Location"] == reverse("audit:record", args=[PATIENT, patient.pk])


def test_several_patients_are_a_choice_and_none_is_said(client, administrator):
    pair = PatientFactory.create_batch(2, name_alphabetic="Quixote^Alonso")

    several = client.post(reverse("audit:find"), {"q": "quixote"})
    none = client.post(reverse("audit:find"), {"q": "nobody\0at all"})
    again = client.get(reverse("audit:find"))

    for patient in pair:
        assert reverse("audit:record", args=[PATIENT, patient.pk]) in several.content.decode()
    assert "No patient fits" in none.content.decode()
    assert again["Location"] == reverse("audit:trail")


# ── records and their addresses ──────────────────────────────────────────────────────────────────


def test_entries_lead_to_the_pages_of_their_records(client, administrator):
    procedure = ScheduledProcedureFactory.create()
    study, incoming = StudyFactory.create(), IncomingFileFactory.create(status="SET_ASIDE")
    for subject in (procedure, study, incoming, procedure.device, procedure.order.patient):
        record("patient.viewed", subject, by=administrator)

    page = client.get(reverse("audit:trail")).content.decode()

    for address in (
        reverse("worklist:procedure", args=[procedure.pk]),
        reverse("studies:study", args=[study.study_instance_uid]),
        reverse("studies:set_aside", args=[incoming.pk]),
        reverse("equipment:device", args=[procedure.device.pk]),
        reverse("patients:patient", args=[procedure.order.patient.pk]),
    ):
        assert f'href="{address}"' in page


@pytest.mark.parametrize("kind", sorted(kind for kind in KINDS if KINDS[kind].page))
def test_every_page_that_is_named_for_a_kind_of_record_exists(kind):
    anybody: Any = SimpleNamespace(has_perm=lambda _: True)
    study = SimpleNamespace(study_instance_uid="1.2.3")
    one: Any = SimpleNamespace(pk=1, study=study, study_instance_uid="1.2.3")

    assert address_of(one, kind, anybody)


def test_names_are_told_only_to_whom_the_record_is_visible(person):
    patient = PatientFactory.create()

    def told(role):
        return find_records([(PATIENT, str(patient.pk))], person(role))[PATIENT, str(patient.pk)]

    assert told("Technician").name == patient.display_name
    assert (told("Referrer").name, told("Referrer").url) == (str(patient.pk), "")
    assert told("Engineer").found is None


def test_people_are_named_to_themselves_and_to_auditors_alone(person):
    me, other = person("Technician"), person("Engineer")
    keys = [("staff.user", str(me.pk)), ("staff.user", str(other.pk))]

    assert [find_records(keys, me)[key].found for key in keys] == [me, None]
    assert [find_records(keys, person("Administrator"))[key].found for key in keys] == [me, other]


def test_a_page_of_many_kinds_asks_once_for_each(
    client, administrator, django_assert_num_queries, django_assert_max_num_queries
):
    def open_some(number):
        for procedure in ScheduledProcedureFactory.create_batch(number):
            patient = procedure.order.patient
            record("procedure.viewed", procedure, by=administrator, patient=patient)
            record("patient.viewed", patient, by=administrator, patient=patient)

    open_some(2)
    with django_assert_max_num_queries(24) as few:
        client.get(reverse("audit:trail"))
    open_some(20)

    with django_assert_num_queries(len(few)):
        client.get(reverse("audit:trail"))
