"""The page of commitments: who asked, for what, how it stands."""

import pytest
from django.urls import reverse

from audit.models import Entry
from equipment.tests.factories import DeviceFactory
from studies.models import Commitment, CommitmentItem
from studies.services import Asker, Wanted, ask_commitment, note_untold

pytestmark = pytest.mark.django_db
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


@pytest.fixture
def untold():
    device = DeviceFactory.create(name="The scanner")
    wanted = Wanted({"1.2.3": CT_IMAGE})
    commitment = ask_commitment(Asker("CT01", "DIMSE", device.pk), "1.2.9", wanted)
    CommitmentItem.objects.update(outcome="FAILED", reason=0x0112)
    Commitment.objects.update(status="DECIDED")
    return note_untold(commitment, "The scanner does not answer.", is_hopeless=True)


def test_it_says_who_asked_and_why_they_could_not_be_told(client, person, untold):
    client.force_login(person("Technician"))

    page = client.get(reverse("studies:commitments")).content.decode()
    shown = client.get(reverse("studies:commitment", args=[untold.pk])).content.decode()

    assert "The scanner does not answer." in page
    assert "0 of 1 safe" in page
    assert "never came here" in shown


def test_a_person_lets_it_be_called_again_and_a_trace_stays(client, person, untold):
    client.force_login(person("Technician"))
    address = reverse("studies:retry_commitment", args=[untold.pk])

    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409

    untold.refresh_from_db()
    assert untold.status == Commitment.Status.DECIDED
    assert Entry.objects.filter(verb="commitment.retried").count() == 1


def test_whoever_may_not_mend_may_not_call_again(client, person, untold):
    client.force_login(person("Radiologist"))
    address = reverse("studies:retry_commitment", args=[untold.pk])

    assert client.post(address).status_code == 403
    client.force_login(person("Scheduler"))
    assert client.get(reverse("studies:commitments")).status_code == 403


def test_the_list_needs_no_more_questions_for_more_requests(
    client, person, untold, django_assert_max_num_queries
):
    client.force_login(person("Administrator"))
    for number in range(20):
        ask_commitment(Asker("CT01", "DIMSE"), f"1.2.8.{number}", Wanted({"1.2.3": CT_IMAGE}))

    with django_assert_max_num_queries(25):
        client.get(reverse("studies:commitments"))
