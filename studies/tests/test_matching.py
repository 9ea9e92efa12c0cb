"""Saying by hand where a study belongs, and what is proposed."""

import pytest
from django.utils import timezone
from pydicom.uid import generate_uid

from audit.models import Entry
from common.refusals import Refused
from patients.tests.factories import PatientFactory
from studies import ingest
from studies.candidates import candidates_for
from studies.models import IncomingFile, Match, Study
from studies.services import match_by_hand, view_study
from studies.tests.factories import SMALL, StudyFactory, an_object_for, received
from studies.tests.made_objects import an_image
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db


def a_strangers_study(**attributes):
    """Filed images that nobody ordered."""
    named = {"PatientID": "7", "PatientName": "Exmaple^Patient", "PatientBirthDate": "19800517"}
    received(an_image(SMALL, **{**named, **attributes}))
    ingest.file_batch()
    return Study.objects.get()


def test_a_strangers_study_goes_to_the_orders_patient_with_its_match(person):
    technician = person("Technician")
    study = a_strangers_study()
    provisional = study.patient
    procedure = ScheduledProcedureFactory.create()

    match = match_by_hand(study, procedure, by=technician)

    study.refresh_from_db()
    procedure.refresh_from_db()
    assert (match.rule, match.matched_by) == (Match.Rule.MANUAL, technician)
    assert (study.patient, study.order) == (procedure.patient, procedure.order)
    assert procedure.images_received == 1
    moved = Entry.objects.get(verb="study.moved")
    assert (moved.actor, moved.details["from_patient"]) == (technician, provisional.pk)


def test_later_images_of_a_study_matched_by_hand_stay_with_it(person):
    image = an_image(SMALL, PatientID="7", PatientName="Exmaple^Patient")
    received(image)
    ingest.file_batch()
    procedure = ScheduledProcedureFactory.create()
    match_by_hand(Study.objects.get(), procedure, by=person("Technician"))
    image.SOPInstanceUID, image.SeriesInstanceUID = generate_uid(), generate_uid()

    incoming = received(image)
    ingest.file_batch()

    incoming.refresh_from_db()
    procedure.refresh_from_db()
    assert incoming.status == IncomingFile.Status.FILED
    assert (incoming.procedure, procedure.images_received) == (procedure, 2)


def test_choosing_another_procedure_takes_the_images_from_the_first(person):
    wrong = ScheduledProcedureFactory.create()
    received(an_object_for(wrong))
    ingest.file_batch()
    right = ScheduledProcedureFactory.create(order__patient=wrong.patient)

    match_by_hand(Study.objects.get(), right, by=person("Technician"))

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert Match.objects.get().procedure == right
    assert (wrong.images_received, right.images_received) == (0, 1)


def test_matching_twice_equals_matching_once(person):
    procedure = ScheduledProcedureFactory.create()
    study = StudyFactory.create(patient=procedure.patient)

    match_by_hand(study, procedure, by=person("Technician"))
    match_by_hand(study, procedure, by=person("Technician"))

    assert Match.objects.count() == 1


def test_a_known_patients_study_does_not_move_to_another_patient(person):
    study = StudyFactory.create()
    procedure = ScheduledProcedureFactory.create()

    with pytest.raises(Refused, match="another patient"):
        match_by_hand(study, procedure, by=person("Technician"))

    assert not Match.objects.exists()


def test_the_likeliest_procedure_is_proposed_first_with_what_speaks_for_it(person):
    today = f"{timezone.localdate():%Y%m%d}"
    study = a_strangers_study(PatientName="Example^Patient", StudyDate=today)
    patient = PatientFactory.create(name_alphabetic="Example^Patient")
    likely = ScheduledProcedureFactory.create(order__patient=patient)
    ScheduledProcedureFactory.create(order__patient__name_alphabetic="Nobody^Else")

    found = candidates_for(study, person("Technician"))

    assert found[0].procedure == likely
    assert {"same name", "same birth date", "same day"} <= set(found[0].reasons)
    assert found[0].is_other_patient


def test_a_known_patients_study_is_never_offered_other_peoples_procedures(person):
    study = StudyFactory.create(study_date=timezone.localdate())
    own = ScheduledProcedureFactory.create(order__patient=study.patient)
    ScheduledProcedureFactory.create()

    found = candidates_for(study, person("Technician"))

    assert [candidate.procedure for candidate in found] == [own]


def test_a_look_at_a_study_is_recorded_once_for_each_person(person):
    study = StudyFactory.create()
    ada, bob = person("Technician"), person("Radiologist")

    for _ in range(3):
        view_study(study, by=ada)
    view_study(study, by=bob)

    entries = Entry.objects.filter(verb="study.viewed", patient_id=study.patient.pk)
    assert {entry.actor for entry in entries} == {ada, bob}
    assert entries.count() == 2
