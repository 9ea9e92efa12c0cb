"""Who it is and which side: somebody made sure, or was refused."""

import pytest
from django.db import InternalError, transaction
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from patients.tests.factories import PatientFactory
from worklist import services
from worklist.models import ScheduledProcedure
from worklist.services.checks import WrongPatient, WrongSide
from worklist.tests.factories import (
    ScheduledProcedureFactory,
)

Status, Screening = ScheduledProcedure.Status, ScheduledProcedure.Screening
OVER = [Status.COMPLETED, Status.DISCONTINUED, Status.CANCELLED, Status.NO_SHOW]

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(person):
    return person("Technician")


@pytest.fixture
def procedure():
    return ScheduledProcedureFactory.create(status=Status.ARRIVED, arrived_at=timezone.now())


# ── who it is ─────────────────────────────────────────────────────────────────────────────────────


def test_two_identifiers_are_a_check_with_who_and_when(procedure, technician):
    check = services.check_identity(procedure, by=technician, compared=["BIRTH_DATE", "NAME"])

    assert check.said == {"compared": ["NAME", "BIRTH_DATE"]}
    assert (check.by, check.at <= timezone.now()) == (technician, True)
    assert Entry.objects.get(verb="identity.checked").patient_id == procedure.patient.pk


@pytest.mark.parametrize("code", ["record", "accession"])
def test_a_scanned_wristband_or_requisition_counts_when_it_is_this_patients(
    procedure, technician, code
):
    codes = {
        "record": f" {procedure.patient.patient_id.lower()} ",
        "accession": procedure.order.accession_number,
    }

    check = services.check_identity(
        procedure, by=technician, compared=["NAME"], scanned=codes[code]
    )

    assert check.said == {"compared": ["NAME", "WRISTBAND"]}


@pytest.mark.parametrize("compared", [[], ["NAME"], ["NAME", "NAME"], ["WRISTBAND", "NAME"], ["x"]])
def test_fewer_than_two_are_refused(procedure, technician, compared):
    with pytest.raises(Refused, match="at least two"):
        services.check_identity(procedure, by=technician, compared=compared)

    assert not procedure.checks.exists()


def test_a_wristband_and_the_number_on_it_are_one_identifier(procedure, technician):
    number = procedure.order.patient.patient_id

    with pytest.raises(Refused, match="at least two"):
        services.check_identity(
            procedure, by=technician, compared=["RECORD_NUMBER"], scanned=number
        )


def test_somebody_elses_wristband_is_refused_however_much_was_ticked(procedure, technician):
    other = PatientFactory.create()

    with pytest.raises(WrongPatient, match="not this patient's"):
        services.check_identity(
            procedure, by=technician, compared=["NAME", "BIRTH_DATE"], scanned=other.patient_id
        )


def test_an_unknown_birth_date_cannot_be_compared(technician):
    procedure = ScheduledProcedureFactory.create(order__patient__birth_date=None)

    with pytest.raises(Refused, match="unknown here"):
        services.check_identity(procedure, by=technician, compared=["NAME", "BIRTH_DATE"])


def test_a_check_is_done_again_and_never_changed(procedure, technician, person):
    first = services.check_identity(procedure, by=technician, compared=["NAME", "BIRTH_DATE"])
    services.check_identity(procedure, by=person("Technician"), compared=["NAME", "RECORD_NUMBER"])

    assert procedure.checks.count() == 2
    with pytest.raises(InternalError), transaction.atomic():
        procedure.checks.filter(pk=first.pk).update(said={})


@pytest.mark.parametrize("over", OVER)
def test_nobody_is_checked_after_the_end(technician, over):
    procedure = ScheduledProcedureFactory.create(status=over)

    with pytest.raises(Refused):
        services.check_identity(procedure, by=technician, compared=["NAME", "BIRTH_DATE"])


# ── which side ────────────────────────────────────────────────────────────────────────────────────


def test_the_side_that_was_ordered_is_confirmed(technician):
    procedure = ScheduledProcedureFactory.create(side="L")

    assert services.confirm_side(procedure, by=technician, side="L").said == {"side": "L"}
    assert Entry.objects.get(verb="side.confirmed").actor == technician


@pytest.mark.parametrize("said", ["R", "B"])
def test_another_side_is_refused_with_what_to_do(technician, said):
    procedure = ScheduledProcedureFactory.create(side="L")

    with pytest.raises(WrongSide, match=r"The order says left.*Wrong side") as refused:
        services.confirm_side(procedure, by=technician, side=said)

    assert refused.value.reason_code == "110512"
    assert not procedure.checks.exists()


@pytest.mark.parametrize(("ordered", "said"), [("", "L"), ("L", ""), ("L", "X")])
def test_a_side_that_makes_no_sense_is_refused(technician, ordered, said):
    procedure = ScheduledProcedureFactory.create(side=ordered)

    with pytest.raises(Refused):
        services.confirm_side(procedure, by=technician, side=said)
