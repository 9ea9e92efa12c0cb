"""Programs send studies, ask other archives, and fetch from them, as people do on the pages."""

import pytest

from audit.models import Entry
from equipment.tests.factories import NodeFactory
from gateway.calling import NoAnswer
from gateway.calling.archives import There
from patients.tests.factories import PatientFactory
from studies.models import Transfer
from studies.tests.factories import InstanceFactory, SeriesFactory, StudyFactory

pytestmark = pytest.mark.django_db
ADDRESS = {"address": "127.0.0.1", "port": 104}
SEND, ASK, FETCH = (f"/api/transfers/{verb}/" for verb in ("send", "ask", "fetch"))


@pytest.fixture
def technician(client, person):
    user = person("Technician")
    client.force_login(user)
    return user


@pytest.fixture
def study():
    study = StudyFactory.create()
    for _ in range(2):
        series = SeriesFactory.create(study=study, instance_count=1)
        InstanceFactory.create(series=series)
    type(study).objects.filter(pk=study.pk).update(instance_count=2, series_count=2)
    return study


@pytest.fixture
def archive(monkeypatch):
    """Another archive that has one study of anybody who is asked about."""
    node = NodeFactory.create(name="Archive", is_archive=True, **ADDRESS)

    def tell(_node, patient):
        facts = (patient.patient_id, "", "Maier^Anna", "19700101", "F", "20240101")
        return [There("1.2.3", *facts, "MR head", "MR", "A17", 120)]

    monkeypatch.setattr("gateway.elsewhere.studies_of", tell)
    return node


def post(client, address, **body):
    return client.post(address, body, content_type="application/json")


def test_a_study_is_sent_whole_or_one_series_of_it(client, technician, study):
    one, other = NodeFactory.create_batch(2, may_receive=True, **ADDRESS)
    series = study.series.latest("pk")

    whole = post(client, SEND, study=study.pk, node=one.pk)
    part = post(client, SEND, study=study.pk, node=other.pk, series=series.series_instance_uid)
    again = post(client, SEND, study=study.pk, node=one.pk)

    assert (whole.status_code, part.status_code, again.status_code) == (201, 201, 409)
    assert (whole.json()["total"], part.json()["series"]) == (2, series.pk)
    assert Transfer.objects.filter(asked_by=technician).count() == 2


def test_what_cannot_be_sent_is_said_by_field(client, technician, study):
    deaf = NodeFactory.create(may_receive=False, **ADDRESS)
    node = NodeFactory.create(may_receive=True, **ADDRESS)
    elsewhere = SeriesFactory.create().series_instance_uid

    answers = [
        post(client, SEND, study=study.pk, node=deaf.pk),
        post(client, SEND, study=10**30, node=node.pk),
        post(client, SEND, study=study.pk, node=node.pk, series=elsewhere),
        post(client, SEND, study=study.pk),
    ]

    assert [(one.status_code, *one.json()) for one in answers] == [
        (400, "node"),
        (400, "study"),
        (400, "series"),
        (400, "node"),
    ]
    assert not Transfer.objects.exists()


def test_an_archive_is_asked_and_what_it_told_of_is_fetched(client, technician, archive):
    patient = PatientFactory.create()

    [found] = post(client, ASK, patient=patient.pk, node=archive.pk).json()
    fetched = post(client, FETCH, patient=patient.pk, node=archive.pk, ticket=found["ticket"])

    assert (found["study_date"], found["is_here"], found["name"]) == (
        "2024-01-01",
        False,
        "Maier^Anna",
    )
    assert fetched.status_code == 201
    assert (fetched.json()["study_uid"], fetched.json()["kind"]) == ("1.2.3", "FETCH")
    verbs = Entry.objects.filter(actor=technician, patient_id=patient.pk)
    assert set(verbs.values_list("verb", flat=True)) == {"archive.asked", "study.fetched"}


def test_a_ticket_opens_nothing_else(client, technician, archive):
    patient, another = PatientFactory.create_batch(2)
    [found] = post(client, ASK, patient=patient.pk, node=archive.pk).json()

    for who, ticket in ((another, found["ticket"]), (patient, found["ticket"] + "x")):
        refused = post(client, FETCH, patient=who.pk, node=archive.pk, ticket=ticket)
        assert (refused.status_code, refused.json()["detail"]) == (
            409,
            "Ask the archive once more.",
        )
    assert not Transfer.objects.exists()


def test_an_archive_that_is_away_is_a_sentence(client, technician, archive, monkeypatch):
    def silent(*_):
        raise NoAnswer("Nothing listens at 127.0.0.1 port 104.")

    monkeypatch.setattr("gateway.elsewhere.studies_of", silent)

    answer = post(client, ASK, patient=PatientFactory.create().pk, node=archive.pk)

    assert (answer.status_code, answer.json()["detail"][:15]) == (409, "Nothing listens")
    archive.refresh_from_db()
    assert archive.trouble.startswith("Nothing listens")


@pytest.mark.parametrize("role", ["Referrer", "Scheduler", "Engineer"])
def test_whoever_may_not_is_turned_away(client, person, archive, role):
    client.force_login(person(role))

    for address in (SEND, ASK, FETCH):
        assert post(client, address).status_code == 403
