"""What waits to be read, and in which order."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.tests.factories import AlertFactory
from studies.models import Study
from worklist.models.order import new_uid
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

LIST = reverse("reports:list")

pytestmark = pytest.mark.django_db


def study(priority: str = "ROUTINE", minutes: int = 0, status: str = "READY") -> Study:
    order = OrderFactory.create(priority=priority, clinical_question="Bleeding?")
    ScheduledProcedureFactory.create(order=order, comment="Moved a little")
    return Study.objects.create(
        study_instance_uid=new_uid(),
        patient=order.patient,
        order=order,
        modalities="CT",
        status=status,
        last_image_at=timezone.now() - dt.timedelta(minutes=minutes),
    )


def test_stat_comes_first_then_whoever_waits_longest(client, person):
    client.force_login(person("Radiologist"))
    short, long, stat = study(minutes=5), study(minutes=90), study("STAT")
    study(status="ARRIVING")

    answer = client.get(LIST)

    assert list(answer.context["studies"]) == [stat, long, short]


def test_a_row_opens_the_viewer_and_carries_the_technicians_words(client, person):
    client.force_login(person("Radiologist"))
    waiting = study()
    AlertFactory.create(patient=waiting.patient, text="Pacemaker")

    page = client.get(LIST).content.decode()

    assert f"StudyInstanceUIDs={waiting.study_instance_uid}" in page
    for words in ("Moved a little", "Bleeding?", "Pacemaker"):
        assert words in page


def test_an_empty_list_says_when_it_fills(client, person):
    client.force_login(person("Radiologist"))

    assert "Nothing waits to be read" in client.get(LIST).content.decode()


@pytest.mark.parametrize("role", ["Technician", "Referrer", "Scheduler", "Engineer"])
def test_only_those_who_read_have_a_reading_list(client, person, role):
    client.force_login(person(role))

    assert client.get(LIST).status_code == 403


def test_the_list_asks_a_constant_number_of_questions(
    client, person, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person("Radiologist"))
    study()
    client.get(LIST)
    with django_assert_max_num_queries(16) as few:
        client.get(LIST)
    for _ in range(10):
        study()

    with django_assert_num_queries(len(few)):
        client.get(LIST)
