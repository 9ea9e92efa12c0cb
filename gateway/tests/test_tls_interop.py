"""DCMTK asks and is sent to by TLS, with certificates on both sides (its getscu and movescu know
no TLS)."""

import subprocess

import pydicom
import pytest

from equipment.models import Node
from equipment.tests.factories import NodeFactory
from gateway.tests.machines import certificate
from gateway.transfers import carry_next
from studies.services import send_study
from studies.tests.filing import filed, renamed
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = [pytest.mark.interop, pytest.mark.usefixtures("by_mutual_tls", "test_node")]


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """Certificate and key of each side, both their own authorities."""
    folder = tmp_path_factory.mktemp("papers")
    return {name: certificate(folder, name) for name in ("us", "peer")}


@pytest.fixture
def by_mutual_tls(settings, papers):
    """Set before the door opens, which lets nobody in without."""
    settings.DICOM_TLS_CERTIFICATE, settings.DICOM_TLS_KEY = map(str, papers["us"])
    settings.DICOM_TLS_CA = str(papers["peer"][0])


@pytest.fixture
def study(transactional_db, samples, tmp_path):
    return filed(*renamed([samples / "syntax/ct_1.2.840.10008.1.2.dcm"] * 2, tmp_path))[
        0
    ].series.study


@pytest.fixture
def secure(papers):
    """The words by which DCMTK's programs show the peer's papers and trust ours."""
    paper, key = papers["peer"]
    return ["+tls", str(key), str(paper), "+cf", str(papers["us"][0])]


def us(listener) -> list[str]:
    return ["-aet", "TEST_SCU", "-aec", "IMAGING_DEPT", "127.0.0.1", str(listener.port)]


def keys_of(study) -> list[str]:
    return ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study.study_instance_uid}"]


def workstation(port: int) -> Node:
    """DCMTK's receiver, as it is registered here."""
    to = {"address": "127.0.0.1", "port": port, "may_receive": True, "speaks_tls": True}
    return NodeFactory.create(ae_title="WORKSTATION", **to)


def test_a_study_is_found_by_tls_and_sent_by_tls(listener, study, dcmtk, storescp, secure, person):
    Node.objects.update(must_use_tls=True)
    command = [
        dcmtk("findscu"),
        "-S",
        "-v",
        *secure,
        *us(listener),
        *keys_of(study),
        "-k",
        "PatientName",
    ]

    found = subprocess.run(command, check=False, capture_output=True, timeout=60, text=True)
    with storescp("WORKSTATION", *secure) as (port, folder):
        node = workstation(port)
        transfer = send_study(study, node, by=person("Technician"))
        assert carry_next()

    transfer.refresh_from_db()
    assert found.returncode == 0, found.stderr
    assert "Phantom^Test" in found.stdout + found.stderr
    assert (transfer.status, transfer.done, transfer.reason) == ("DONE", 2, "")
    assert len({pydicom.dcmread(one).SOPInstanceUID for one in folder.iterdir()}) == 2


def test_what_is_asked_for_by_c_move_goes_to_its_receiver_by_tls(
    listener, study, dcmtk, storescp, secure
):
    with storescp("WORKSTATION", *secure) as (port, folder):
        workstation(port)
        command = [dcmtk("movescu"), "-S", "-aem", "WORKSTATION", *us(listener), *keys_of(study)]

        subprocess.run(command, check=True, capture_output=True, timeout=60)

    assert len({pydicom.dcmread(one).SOPInstanceUID for one in folder.iterdir()}) == 2


def test_the_worklist_is_asked_by_tls_and_not_without(listener, dcmtk, secure):
    Node.objects.update(must_use_tls=True)
    step = ScheduledProcedureFactory.create()
    item = "ScheduledProcedureStepSequence[0].ScheduledProcedureStepID"

    def asked(*words: str):
        command = [dcmtk("findscu"), "-W", "-v", *words, *us(listener), "-k", item]
        return subprocess.run(command, check=False, capture_output=True, timeout=60, text=True)

    by_tls, without = asked(*secure), asked()

    assert by_tls.returncode == 0, by_tls.stderr
    assert step.step_id in by_tls.stdout + by_tls.stderr
    assert without.returncode != 0
