"""What the notices say of the machines."""

import pytest

from equipment.frame import devices_out_of_service
from equipment.models import Device
from equipment.tests.factories import DeviceFactory

pytestmark = pytest.mark.django_db


def test_a_machine_that_takes_no_patient_is_told_with_the_reason(person):
    down = DeviceFactory.create(status=Device.Status.DOWN, status_reason="Tube cooling.")
    DeviceFactory.create(status=Device.Status.AVAILABLE)
    DeviceFactory.create(status=Device.Status.RETIRED)

    (notice,) = devices_out_of_service(person("Technician"))

    assert down.name in notice.sentence
    assert "Tube cooling." in notice.sentence
    assert notice.url.endswith(f"/{down.pk}/")
    assert devices_out_of_service(person()) == []
