"""To which scheduled procedure images belong."""

import datetime as dt

import pytest
from django.utils import timezone

from equipment.tests.factories import DeviceFactory
from worklist.models import ScheduledProcedure
from worklist.services import procedure_for
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status

pytestmark = pytest.mark.django_db


def ask(**facts):
    nothing = {
        "study_uid": "",
        "accession": "",
        "issuer": "",
        "patient_pk": None,
        "modality": "CT",
        "day": None,
    }
    return procedure_for(**(nothing | facts))


def test_the_study_identifier_of_the_worklist_goes_before_everything():
    step, other = ScheduledProcedureFactory.create_batch(2)

    found = ask(study_uid=step.order.study_instance_uid, accession=other.order.accession_number)

    assert found == (step, "STUDY_UID")


def test_an_accession_number_counts_with_its_issuer():
    step = ScheduledProcedureFactory.create()
    number = step.order.accession_number

    assert ask(accession=number) == (step, "ACCESSION")
    assert ask(accession=number, issuer="IMAGING_DEPT") == (step, "ACCESSION")
    assert ask(accession=number, issuer="ELSEWHERE") is None


def test_patient_modality_and_day_count_when_one_procedure_alone_fits():
    step = ScheduledProcedureFactory.create()
    facts = {"patient_pk": step.patient.pk, "day": timezone.localdate()}

    assert ask(**facts) == (step, "PATIENT_DAY")
    assert ask(**facts | {"modality": "MR"}) is None
    assert ask(**facts | {"day": timezone.localdate() + dt.timedelta(days=1)}) is None


def test_two_procedures_that_fit_are_none_at_all():
    order = OrderFactory.create()
    ScheduledProcedureFactory.create_batch(2, order=order)

    assert ask(patient_pk=order.patient.pk, day=timezone.localdate()) is None


def test_a_cancelled_procedure_does_not_make_the_other_one_ambiguous():
    order = OrderFactory.create()
    step = ScheduledProcedureFactory.create(order=order)
    ScheduledProcedureFactory.create(order=order, status=Status.CANCELLED)

    assert ask(patient_pk=order.patient.pk, day=timezone.localdate()) == (step, "PATIENT_DAY")


@pytest.mark.parametrize(("device", "images"), [("CR", "DX"), ("DX", "CR"), ("DX", "DX")])
def test_computed_and_digital_radiography_are_one_kind_of_work(device, images):
    step = ScheduledProcedureFactory.create(device=DeviceFactory.create(modality=device))

    found = ask(patient_pk=step.patient.pk, day=timezone.localdate(), modality=images)

    assert found == (step, "PATIENT_DAY")


def test_of_several_steps_the_same_modality_and_the_open_one_are_meant():
    order = OrderFactory.create()
    done = ScheduledProcedureFactory.create(order=order, status=Status.COMPLETED)
    running = ScheduledProcedureFactory.create(order=order, status=Status.IN_PROGRESS)
    mr = ScheduledProcedureFactory.create(order=order, device=DeviceFactory.create(modality="MR"))

    uid = order.study_instance_uid
    assert ask(study_uid=uid) == (running, "STUDY_UID")
    assert ask(study_uid=uid, modality="MR") == (mr, "STUDY_UID")
    assert ask(study_uid=uid, modality="SR")[0] == running
    assert done.pk != running.pk


def test_even_a_cancelled_step_is_found_by_its_own_study_identifier():
    step = ScheduledProcedureFactory.create(status=Status.CANCELLED)

    assert ask(study_uid=step.order.study_instance_uid) == (step, "STUDY_UID")
