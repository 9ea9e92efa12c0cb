"""What the patients' pages owe to orders: who may see whom, and search by accession number."""

import pytest
from django.urls import reverse

from patients.tests.factories import PatientFactory
from worklist.tests.factories import OrderFactory

LIST = reverse("patients:list")

pytestmark = pytest.mark.django_db


def test_a_patient_is_found_by_an_accession_number(client, person):
    client.force_login(person("Technician"))
    wanted = OrderFactory.create(accession_number="A2600000001").patient
    OrderFactory.create()

    found = client.get(LIST, {"q": "a2600000001"}).context["search"].patients

    assert [patient.pk for patient in found] == [wanted.pk]


def test_a_referrer_sees_the_patients_they_ordered_for_and_no_others(client, person):
    referrer = person("Referrer")
    client.force_login(referrer)
    own = OrderFactory.create(ordered_by=referrer).patient
    other = PatientFactory.create()

    assert [found.pk for found in client.get(LIST).context["search"].patients] == [own.pk]
    assert client.get(reverse("patients:patient", args=[other.pk])).status_code == 404
