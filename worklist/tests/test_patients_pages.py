"""What the patients' pages owe to orders: who may see whom, and search by accession number."""

import pytest
from django.urls import reverse

from patients.models import Identifier
from patients.search import Search
from patients.tests.factories import PatientFactory
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

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


def test_every_number_of_a_patient_finds_them(person):
    technician = person("Technician")
    order = OrderFactory.create(accession_number="A26000077")
    Identifier.objects.create(patient=order.patient, kind="INSURANCE", value="K-9911")
    PatientFactory.create()

    for words in ("a26000077", "k-99", "K-9911", order.patient.patient_id.lower()):
        assert Search(technician, words).patients == [order.patient]


def test_the_box_finds_procedures_by_accession_number_and_todays_by_name(client, person):
    client.force_login(person("Technician"))
    procedure = ScheduledProcedureFactory.create()
    page = reverse("worklist:procedure", args=[procedure.pk])
    headers = {"HX-Request": "true", "HX-Target": "found-procedures"}

    for words in (procedure.order.accession_number.lower(), procedure.procedure_type.meaning):
        answer = client.post(reverse("worklist:found"), {"q": words}, headers=headers)
        assert page in answer.content.decode()


def test_a_referrer_finds_only_the_patients_they_ordered_for(client, person):
    referrer = person("Referrer")
    client.force_login(referrer)
    own = OrderFactory.create(ordered_by=referrer, patient__name_alphabetic="Kim^A").patient
    other = OrderFactory.create(patient__name_alphabetic="Kim^B").patient

    found = client.post(reverse("patients:list"), {"q": "kim"}).context["search"].patients

    assert found == [own]
    assert client.get(reverse("patients:patient", args=[other.pk])).status_code == 404
