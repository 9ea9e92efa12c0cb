"""One step of which every matching key is known."""

import datetime as dt
from collections.abc import Iterator

import pydicom.config
import pytest

from equipment.tests.factories import DeviceFactory, RoomFactory
from patients.models import Patient
from patients.tests.factories import PatientFactory
from worklist.models import Order, ScheduledProcedure
from worklist.tests.asking import at
from worklist.tests.factories import (
    OrderFactory,
    ProcedureTypeFactory,
    ScheduledProcedureFactory,
)


@pytest.fixture
def lenient_pydicom() -> Iterator[None]:
    """Values that break a rule pass without a warning, as in the listener."""
    validation = pydicom.config.settings
    modes = validation.reading_validation_mode, validation.writing_validation_mode
    validation.reading_validation_mode = pydicom.config.IGNORE
    validation.writing_validation_mode = pydicom.config.IGNORE
    yield
    validation.reading_validation_mode, validation.writing_validation_mode = modes


@pytest.fixture
def known(db: None) -> ScheduledProcedure:
    """One step of which every matching key is known."""
    patient = PatientFactory.create(
        patient_id="MRN_1",
        issuer="HOSPITAL",
        name_alphabetic="Müller^Änne",
        name_ideographic="山田^太郎",
        name_phonetic="やまだ^たろう",
        sex=Patient.Sex.FEMALE,
        birth_date=dt.date(1980, 5, 17),
    )
    order = OrderFactory.create(
        patient=patient,
        accession_number="A26000001",
        requested_procedure_id="RP1",
        priority=Order.Priority.STAT,
        study_instance_uid="1.2.3.4",
        ordering_physician="Doe^Jane",
        procedure_type=ProcedureTypeFactory.create(code="CTABD", meaning="CT abdomen"),
    )
    room = RoomFactory.create(code="R1")
    return ScheduledProcedureFactory.create(
        order=order,
        device=DeviceFactory.create(ae_title="CT01", name="CT One", modality="CT", room=room),
        step_id="SPS1",
        scheduled_start=at(5, 10, 30),
    )
