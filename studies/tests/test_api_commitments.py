"""Storage commitments by the API: listed, shown object by object, called again."""

import pytest

from studies.models import Commitment, CommitmentItem
from studies.services import Asker, Wanted, ask_commitment

pytestmark = pytest.mark.django_db
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
ADDRESS = "/api/commitments/"


@pytest.fixture
def untold():
    """One of three objects is not safe, and nobody could be told."""
    wanted = Wanted(dict.fromkeys(("1.2.1", "1.2.2", "1.2.3"), CT_IMAGE))
    commitment = ask_commitment(Asker("CT01", "DIMSE"), "1.2.9", wanted)
    CommitmentItem.objects.update(outcome="SAFE")
    CommitmentItem.objects.filter(sop_instance_uid="1.2.3").update(outcome="FAILED", reason=0x0112)
    Commitment.objects.update(status="UNDELIVERED", trouble="The scanner does not answer.")
    return commitment


def test_one_is_listed_with_its_counts_and_shown_object_by_object(client, person, untold):
    client.force_login(person("Technician"))

    [listed] = client.get(ADDRESS, {"sop_instance_uid": "1.2.1"}).json()["results"]
    shown = client.get(f"{ADDRESS}{untold.pk}/").json()

    assert (listed["objects"], listed["safe"], listed["failed"]) == (3, 2, 1)
    assert listed["trouble"] == "The scanner does not answer."
    failed = [one for one in shown["items"] if one["outcome"] == "FAILED"]
    assert failed == [
        {
            "sop_class_uid": CT_IMAGE,
            "sop_instance_uid": "1.2.3",
            "outcome": "FAILED",
            "reason": 0x0112,
        }
    ]


def test_it_is_found_by_how_it_stands(client, person, untold):
    client.force_login(person("Technician"))

    found = [
        client.get(ADDRESS, {"status": one}).json()["count"] for one in ("UNDELIVERED", "REPORTED")
    ]

    assert found == [1, 0]


def test_the_machine_is_called_again_once(client, person, untold):
    client.force_login(person("Technician"))

    answers = [client.post(f"{ADDRESS}{untold.pk}/retry/") for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 409]
    assert answers[0].json()["status"] == "DECIDED"


def test_whoever_may_not_mend_does_not_call(client, person, untold):
    client.force_login(person("Radiologist"))
    assert client.post(f"{ADDRESS}{untold.pk}/retry/").status_code == 403
    client.force_login(person("Scheduler"))
    assert client.get(ADDRESS).status_code == 403


def test_a_longer_list_asks_no_more(client, person, django_assert_max_num_queries):
    client.force_login(person("Technician"))
    for number in range(6):
        wanted = Wanted({"1.2.1": CT_IMAGE, "1.2.2": CT_IMAGE})
        ask_commitment(Asker("CT01", "DIMSE"), f"1.2.9.{number}", wanted)

    with django_assert_max_num_queries(9):
        assert client.get(ADDRESS).json()["count"] == 6
