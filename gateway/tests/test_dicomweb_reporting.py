"""Performed steps and commitment by web (PS3.18 sections 15 and 13)."""

import json

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from gateway.dicomweb.xml_model import document
from gateway.tests.performing import beginning, ending
from studies.ingest import file_batch
from studies.models import Commitment
from studies.tests.factories import an_object_for, received
from worklist.models import PerformedProcedure, ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
JSON = "application/dicom+json"
STEPS = "/dicom-web/modality-performed-procedure-steps/"
REQUESTS = "/dicom-web/commitment-requests/"


@pytest.fixture
def technician(client, person):
    user = person("Technician")
    client.force_login(user)
    return user


@pytest.fixture
def procedure():
    return ScheduledProcedureFactory.create(status=ScheduledProcedure.Status.ARRIVED)


def send(client, address: str, dataset: Dataset, *, media=JSON):
    model = dataset.to_json_dict()
    body = json.dumps(model).encode() if media == JSON else document(model)
    return client.post(address, body, content_type=media)


@pytest.mark.parametrize("media", [JSON, "application/dicom+xml"])
def test_a_step_is_created_updated_and_fetched(client, technician, procedure, media):
    uid = generate_uid()

    created = send(client, STEPS + uid, beginning(procedure), media=media)
    updated = send(client, f"{STEPS}{uid}?update", ending(), media=media)
    fetched = client.get(STEPS + uid)

    assert (created.status_code, updated.status_code, fetched.status_code) == (201, 200, 200)
    assert created["Location"].endswith(uid)
    procedure.refresh_from_db()
    assert procedure.status == ScheduledProcedure.Status.ACQUIRED
    whole = Dataset.from_json(fetched.json()[0])
    assert whole.PerformedProcedureStepStatus == "COMPLETED"
    assert PerformedProcedure.objects.get().reported_by == technician.username


def test_every_refusal_is_the_standards(client, technician, procedure):
    uid = generate_uid()
    address = STEPS + uid
    incomplete = beginning(procedure)
    del incomplete.Modality

    answers = [
        client.get(address).status_code,
        send(client, f"{address}?update", ending()).status_code,
        send(client, address, incomplete).status_code,
        client.post(address, b"{", content_type=JSON).status_code,
        client.post(address, b"[1]", content_type=JSON).status_code,
        client.post(address, b"x", content_type="text/plain").status_code,
        send(client, address, beginning(procedure)).status_code,
        send(client, address, beginning(procedure)).status_code,
        send(client, f"{address}?update", ending(PatientID="SOMEBODY")).status_code,
        send(client, f"{address}?update", ending()).status_code,
        send(client, f"{address}?update", ending()).status_code,
    ]

    assert answers == [404, 404, 400, 400, 400, 415, 201, 409, 409, 200, 409]


def test_whoever_may_not_perform_may_not_report(client, person, procedure):
    client.force_login(person("Radiologist"))
    uid = generate_uid()

    assert send(client, STEPS + uid, beginning(procedure)).status_code == 403
    client.force_login(person("Referrer"))
    assert client.get(STEPS + uid).status_code == 403
    client.logout()
    assert client.get(STEPS + uid).status_code == 401


def asking(*uids: str) -> Dataset:
    request = Dataset()
    request.ReferencedSOPSequence = []
    for uid in uids:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = CT_IMAGE, uid
        request.ReferencedSOPSequence.append(item)
    return request


def test_commitment_is_answered_at_once_when_nothing_has_to_be_waited_for(
    client, technician, procedure
):
    row = received(an_object_for(procedure))
    while file_batch():
        pass
    row.refresh_from_db()
    assert row.instance is not None
    uid = row.instance.sop_instance_uid

    answer = send(client, REQUESTS + "1.2.9", asking(uid, "1.2.3"))

    assert answer.status_code == 200
    outcome = Dataset.from_json(answer.json()[0])
    assert outcome.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == uid
    assert outcome.FailedSOPSequence[0].FailureReason == 0x0112
    assert client.get(REQUESTS + "1.2.9").json() == answer.json()
    assert send(client, REQUESTS + "1.2.9", asking("1.2.4")).status_code == 409


def test_commitment_of_what_is_on_its_way_is_answered_later(client, technician, procedure):
    row = received(an_object_for(procedure, SOPInstanceUID="1.2.7"))
    row.sop_instance_uid = "1.2.7"
    row.save()

    assert send(client, REQUESTS + "1.2.9", asking("1.2.7")).status_code == 202
    assert client.get(REQUESTS + "1.2.9").status_code == 202
    while file_batch():
        pass
    assert client.get(REQUESTS + "1.2.9").status_code == 200


def test_a_commitment_is_its_askers_own(client, technician, person):
    send(client, REQUESTS + "1.2.9", asking("1.2.3"))
    client.force_login(person("Technician"))

    assert client.get(REQUESTS + "1.2.9").status_code == 404
    assert send(client, REQUESTS + "1.2.8", Dataset()).status_code == 400
    client.force_login(person("Scheduler"))
    assert send(client, REQUESTS + "1.2.8", asking("1.2.3")).status_code == 403
    assert Commitment.objects.count() == 1
