"""Orthanc as a peer: it sends to us, asks us, fetches from us, and is sent to and asked by us."""

import io
from typing import Any

import pytest
from django.utils import timezone
from pydicom import dcmread

from common.files import absolute
from equipment.models import Node
from equipment.tests.factories import NodeFactory
from gateway.calling.archives import studies_of
from gateway.calling.echoing import echo
from gateway.tasks import tell_commitments
from gateway.tests.orthanc import TITLE, Orthanc, running
from gateway.tests.sending import wire_of
from gateway.transfers import carry_next
from patients.tests.factories import PatientFactory
from staff.models import ApiToken
from studies.ingest import file_batch
from studies.models import Commitment, IncomingFile, Instance, SentObject, Transfer
from studies.services import Elsewhere, fetch_study, send_study
from studies.tasks import decide_commitments
from studies.tests.filing import filed, renamed
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = [pytest.mark.interop, pytest.mark.slow]
DEFLATED, JPEG_2000 = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.90"
SYNTAXES = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2", DEFLATED, "1.2.840.10008.1.2.5"]
# Its writer deflates anew, or not at all, and makes the VR of this sample's compressed pixels what
# PS3.5 A.4 wants it to be.
REWRITTEN = {DEFLATED, JPEG_2000}
SYNTAXES += ["1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", JPEG_2000]


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    with running(tmp_path_factory.mktemp("orthanc")) as one:
        yield one


@pytest.fixture
def orthanc(started: Orthanc, listener) -> Orthanc:
    """Empty, and it knows where we listen."""
    started.forget()
    started.knows_us(listener.port)
    return started


@pytest.fixture
def peer(orthanc) -> Node:
    """How we know it: a machine that may do everything."""
    rights = [one.name for one in Node._meta.fields if one.name.startswith("may_")]
    return NodeFactory.create(
        name="Orthanc",
        ae_title=TITLE,
        address="127.0.0.1",
        port=orthanc.dicom_port,
        is_archive=True,
        **dict.fromkeys(rights, True),
    )


@pytest.fixture
def files(samples, tmp_path):
    """One patient's study, an object in each of several transfer syntaxes."""
    sources = [samples / f"syntax/ct_{syntax}.dcm" for syntax in SYNTAXES]
    return renamed(sources, tmp_path, PatientID="4711", StudyDescription="Several")


def contents(*several: bytes) -> dict[str, dict[Any, Any]]:
    """Every value of every object, pixels included, by SOP instance UID."""
    read = [dcmread(io.BytesIO(one)) for one in several]
    return {str(one.SOPInstanceUID): {it.tag: it.value for it in one} for one in read}


def changed(orthanc: Orthanc, ours: dict[str, bytes], tmp_path) -> set[str]:
    """The syntaxes in which a data set is not the same bit for bit here and there."""
    found = set()
    for uid, content in orthanc.objects().items():
        here, there = tmp_path / "here.dcm", tmp_path / "there.dcm"
        here.write_bytes(ours[uid])
        there.write_bytes(content)
        wires = [wire_of(one) for one in (here, there)]
        if wires[0].encoded != wires[1].encoded:
            found.add(wires[0].transfer_syntax)
    return found


def received() -> dict[str, bytes]:
    """The bytes that we keep of what came, by SOP instance UID."""
    rows = IncomingFile.objects.all()
    return {one.sop_instance_uid: absolute(one.path).read_bytes() for one in rows}


def stored() -> dict[str, bytes]:
    """The bytes of what is filed here, by SOP instance UID."""
    rows = Instance.objects.all()
    return {one.sop_instance_uid: absolute(one.path).read_bytes() for one in rows}


def test_each_answers_the_others_call(orthanc, peer):
    orthanc.ask("POST", "/modalities/us/echo", {})

    echo(peer)


def test_it_sends_every_syntax_as_it_is_and_is_promised_that_all_is_safe(
    orthanc, peer, files, tmp_path
):
    orthanc.takes(*files)

    sending = {"Resources": orthanc.studies(), "StorageCommitment": True, "Synchronous": True}
    sent = orthanc.ask("POST", "/modalities/us/store", sending)
    while file_batch():
        pass
    decide_commitments()
    tell_commitments()

    assert (sent["InstancesCount"], sent["FailedInstancesCount"]) == (len(files), 0)
    assert contents(*received().values()) == contents(*orthanc.objects().values())
    assert changed(orthanc, received(), tmp_path) <= REWRITTEN
    assert set(IncomingFile.objects.values_list("transfer_syntax", flat=True)) == set(SYNTAXES)
    promised = orthanc.ask("GET", f"/storage-commitment/{sent['StorageCommitmentTransactionUID']}")
    assert (promised["Status"], len(promised["Success"])) == ("Success", len(files))
    assert Commitment.objects.get().asker == TITLE


def test_it_is_told_what_is_not_safe_here(orthanc, peer):
    missing = {"DicomInstances": [["1.2.840.10008.5.1.4.1.1.2", "1.2.3.4"]]}

    asked = orthanc.ask("POST", "/modalities/us/storage-commitment", missing)
    decide_commitments()
    tell_commitments()

    told = orthanc.ask("GET", f"/storage-commitment/{asked['ID']}")
    assert told["Status"] == "Failure"
    [failure] = told["Failures"]
    assert (failure["SOPInstanceUID"], failure["FailureReason"]) == ("1.2.3.4", 0x0112)


def test_it_asks_us_and_has_what_it_finds_moved_to_it(orthanc, peer, files, tmp_path):
    filed(*files)

    keys = {"PatientID": "4711", "StudyDescription": "", "NumberOfStudyRelatedInstances": ""}
    asked = orthanc.ask("POST", "/modalities/us/query", {"Level": "Study", "Query": keys})
    [found] = orthanc.ask("GET", f"{asked['Path']}/answers?expand&simplify")
    moving = {"TargetAet": TITLE, "Synchronous": True}
    orthanc.ask("POST", f"{asked['Path']}/retrieve", moving)

    assert found["StudyDescription"] == "Several"
    assert found["NumberOfStudyRelatedInstances"] == str(len(files))
    assert contents(*stored().values()) == contents(*orthanc.objects().values())
    assert changed(orthanc, stored(), tmp_path) <= REWRITTEN


def test_it_asks_for_the_worklist(orthanc, peer):
    step = ScheduledProcedureFactory.create(order__patient__name_alphabetic="Lindgren^Åsa")
    today = timezone.localdate().strftime("%Y%m%d")
    item = {"ScheduledProcedureStepStartDate": today, "ScheduledProcedureStepID": ""}
    keys = {"PatientName": "LINDGREN*", "ScheduledProcedureStepSequence": [item]}

    [found] = orthanc.ask("POST", "/modalities/us/find-worklist", keys)

    assert found["PatientName"] == "Lindgren^Åsa"
    [said] = found["ScheduledProcedureStepSequence"]
    assert said["ScheduledProcedureStepID"] == step.step_id


def test_a_study_is_sent_to_it_and_arrives_whole(orthanc, peer, files, tmp_path, person):
    study = filed(*files)[0].series.study

    transfer = send_study(study, peer, by=person("Technician"))
    assert carry_next()

    transfer.refresh_from_db()
    assert (transfer.status, transfer.done, transfer.total) == ("DONE", len(files), len(files))
    assert SentObject.objects.filter(transfer=transfer, status=0).count() == len(files)
    assert contents(*stored().values()) == contents(*orthanc.objects().values())
    assert changed(orthanc, stored(), tmp_path) <= REWRITTEN


def test_an_earlier_examination_is_found_in_it_and_fetched(orthanc, peer, files, tmp_path, person):
    patient = PatientFactory.create(patient_id="4711")
    orthanc.takes(*files)

    [there] = studies_of(peer, patient)
    transfer = fetch_study(
        patient, peer, Elsewhere(there.study_uid, there.label), by=person("Technician")
    )
    assert carry_next()

    transfer.refresh_from_db()
    assert there.description == "Several"
    assert (transfer.status, transfer.done) == (Transfer.Status.DONE, len(files))
    assert contents(*received().values()) == contents(*orthanc.objects().values())
    assert changed(orthanc, received(), tmp_path) <= REWRITTEN


def test_its_plugin_stores_searches_and_retrieves_by_web(
    orthanc, live_server, files, tmp_path, person
):
    secret = ApiToken.new_secret()
    digest = ApiToken.digest_of(secret)
    ApiToken.objects.create(user=person("Technician"), digest=digest, label="Orthanc")
    orthanc.knows_our_web(live_server.url, secret)
    orthanc.takes(*files)
    had = orthanc.objects()

    orthanc.ask("POST", "/dicom-web/servers/us/stow", {"Resources": orthanc.studies()})
    while file_batch():
        pass
    asking = {"Uri": "/studies", "Arguments": {"PatientID": "4711"}}
    [found] = orthanc.ask("POST", "/dicom-web/servers/us/qido", asking)
    kept, differing = stored(), changed(orthanc, stored(), tmp_path)
    orthanc.forget()
    uid = dcmread(files[0]).StudyInstanceUID
    wanted = {"Resources": [{"Study": uid}], "Synchronous": True}
    orthanc.ask("POST", "/dicom-web/servers/us/retrieve", wanted)

    assert differing == set()
    assert found["0020000D"]["Value"] == uid
    assert contents(*kept.values()) == contents(*had.values())
    assert contents(*orthanc.objects().values()) == contents(*had.values())
