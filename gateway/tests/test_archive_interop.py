"""DCMTK asks us, and DCMTK's own archive is asked by us."""

import contextlib
import subprocess

import pydicom
import pytest

from common.tests.ports import port_for_a_server
from equipment.tests.factories import NodeFactory
from gateway.calling.archives import retrieve, studies_of
from gateway.tests.conftest import wait_for
from patients.tests.factories import PatientFactory
from studies.models import IncomingFile
from studies.tests.filing import filed, renamed

pytestmark = [pytest.mark.interop, pytest.mark.usefixtures("test_node")]
IMPLICIT, RLE = "syntax/ct_1.2.840.10008.1.2.dcm", "syntax/ct_1.2.840.10008.1.2.5.dcm"
US = ["-aet", "TEST_SCU", "-aec", "IMAGING_DEPT", "127.0.0.1"]


@pytest.fixture
def study(transactional_db, samples, tmp_path):
    return filed(*renamed([samples / IMPLICIT, samples / RLE], tmp_path))[0].series.study


def ran(*command) -> str:
    done = subprocess.run(
        [str(one) for one in command], check=False, capture_output=True, timeout=60, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_findscu_getscu_and_movescu_are_served(listener, study, dcmtk, storescp, tmp_path):
    keys = ["-k", "QueryRetrieveLevel=STUDY"]
    which = ["-k", f"StudyInstanceUID={study.study_instance_uid}"]
    got = tmp_path / "got"
    got.mkdir()

    found = ran(
        dcmtk("findscu"),
        "-S",
        *US,
        listener.port,
        *keys,
        "-k",
        "PatientName=phantom*",
        "-k",
        "0020,000d",
    )
    ran(dcmtk("getscu"), "-S", "-od", got, *US, listener.port, *keys, *which)
    with storescp("WORKSTATION") as (port, moved):
        NodeFactory.create(ae_title="WORKSTATION", address="127.0.0.1", port=port, may_receive=True)
        move = [dcmtk("movescu"), "-S", "-aem", "WORKSTATION", *US, listener.port]
        ran(*move, *keys, *which)

    assert study.study_instance_uid in found
    for folder in (got, moved):
        pixels = {pydicom.dcmread(one).PixelData for one in folder.iterdir()}
        assert (len(list(folder.iterdir())), len(pixels)) == (2, 1)


@contextlib.contextmanager
def archive_of(dcmqrscp, folder, us: int):
    """DCMTK's archive, that knows us by our port."""
    port = port_for_a_server()
    (folder / "db").mkdir()
    settings = folder / "dcmqrscp.cfg"
    settings.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
        f"HostTable BEGIN\nus = (IMAGING_DEPT, 127.0.0.1, {us})\nHostTable END\n"
        "VendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nOTHER {folder / 'db'} RW (20, 100mb) ANY\nAETable END\n"
    )
    command = [dcmqrscp, "-c", str(settings)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as it:
        try:
            wait_for(port)
            yield port
        finally:
            it.terminate()


def test_dcmqrscp_is_asked_for_a_patient_and_sends_to_us(listener, samples, dcmtk, tmp_path):
    copies = renamed([samples / IMPLICIT] * 2, tmp_path, PatientID="4711")
    patient = PatientFactory.create(patient_id="4711")
    with archive_of(dcmtk("dcmqrscp"), tmp_path, listener.port) as port:
        ran(dcmtk("storescu"), "-aec", "OTHER", "127.0.0.1", port, *copies)
        other = NodeFactory.create(
            ae_title="OTHER", address="127.0.0.1", port=port, is_archive=True, may_store=True
        )

        [there] = studies_of(other, patient)
        *_before, last = retrieve(other, there.study_uid, 60)

    assert (there.name, there.patient_id) == ("Phantom^Test", "4711")
    assert (last.status, last.completed, last.failed) == (0, 2, 0)
    assert IncomingFile.objects.filter(sender="OTHER").count() == 2
