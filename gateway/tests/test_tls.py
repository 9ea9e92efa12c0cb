"""Who comes by TLS to the same port, who must, and who is not let in."""

import socket
import ssl
import subprocess
import warnings

import pytest
from django.core.management import CommandError, call_command
from pynetdicom import build_context

from audit.models import Entry
from equipment.models import Node
from gateway.calling.undisturbed import Undisturbed
from gateway.tests.conftest import PERFORMED_STEP, VERIFICATION
from gateway.tests.machines import certificate
from gateway.tests.raw import AC, ECHO, RJ, Caller, request
from gateway.tests.sending import CT, made, send
from studies.models import IncomingFile


@pytest.fixture(scope="session")
def papers(tmp_path_factory):
    """`papers["us"]`: certificate and key. Each signed itself, so each is its own authority."""
    folder = tmp_path_factory.mktemp("papers")
    return {name: certificate(folder, name) for name in ("us", "scanner", "stranger")}


@pytest.fixture
def by_tls(settings, papers):
    """Set before the door opens."""
    settings.DICOM_TLS_CERTIFICATE, settings.DICOM_TLS_KEY = map(str, papers["us"])


@pytest.fixture
def by_mutual_tls(settings, papers, by_tls):
    settings.DICOM_TLS_CA = str(papers["scanner"][0])


def client(papers, who: str | None = None, trusting: str = "us") -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(papers[trusting][0]))
    context.check_hostname = False
    if who is not None:
        context.load_cert_chain(*papers[who])
    return context


def associate(listener, context: ssl.SSLContext | None, *names: str):
    entity = Undisturbed(ae_title="TEST_SCU")
    entity.requested_contexts = [build_context(name) for name in names or (VERIFICATION,)]
    entity.requested_contexts[-1].transfer_syntax = ["1.2.840.10008.1.2"]
    return entity.associate(
        "127.0.0.1",
        listener.port,
        ae_title="IMAGING_DEPT",
        tls_args=None if context is None else (context, "127.0.0.1"),
    )


def is_let_in(listener, context: ssl.SSLContext) -> bool:
    """Whether an association can be had in that way."""
    try:
        with (
            socket.create_connection(("127.0.0.1", listener.port), timeout=10) as plain,
            context.wrap_socket(plain) as wire,
        ):
            wire.sendall(request())
            return wire.recv(1)[0] == AC
    except (ssl.SSLError, ConnectionError):
        return False


def test_one_port_speaks_both_ways(by_tls, listener, test_node, papers):
    secret, open_one = associate(listener, client(papers), CT), associate(listener, None)

    assert send(secret, made(300_000)) == 0
    assert open_one.send_c_echo().Status == 0
    assert IncomingFile.objects.count() == 1
    secret.release()
    open_one.release()


def test_what_pynetdicom_serves_comes_by_tls_too(by_tls, listener, test_node, papers, eventually):
    association = associate(listener, client(papers), PERFORMED_STEP, VERIFICATION)

    assert association.send_c_echo().Status == 0
    eventually(lambda: [type(call).__name__ for call in listener.door.calls] == ["Call"])
    association.release()


def test_who_must_come_by_tls_is_refused_without_and_the_trail_says_so(
    by_tls, listener, test_node, papers
):
    Node.objects.update(must_use_tls=True)

    with Caller(listener.port) as caller:
        assert caller.says(request()).hears() == (RJ, b"\0\1\1\1")
    association = associate(listener, client(papers))

    assert association.send_c_echo().Status == 0
    association.release()
    details = Entry.objects.get(verb="association.refused").details
    assert details["reason_code"] == "MUST_USE_TLS"


def test_old_versions_of_tls_are_not_spoken(by_tls, listener, test_node, papers):
    old = client(papers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python would rather not, either
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")

    assert not is_let_in(listener, old)


def test_with_an_authority_only_its_machines_come_by_tls(
    by_mutual_tls, listener, test_node, papers
):
    assert is_let_in(listener, client(papers, "scanner"))
    assert not is_let_in(listener, client(papers, "stranger"))
    assert not is_let_in(listener, client(papers))


def test_a_handshake_that_never_ends_is_ended(by_tls, listener, test_node, monkeypatch, eventually):
    monkeypatch.setattr("gateway.dimse.upper_layer.visit.ARTIM_SECONDS", 0.5)

    with Caller(listener.port) as slow:
        slow.says(b"\x16\x03\x01")
        assert slow.hears() == (0, b"")

    eventually(lambda: not listener.door.calls)


def test_without_a_certificate_of_ours_tls_is_no_pdu(listener, test_node, papers):
    assert not is_let_in(listener, client(papers))
    with Caller(listener.port) as caller:
        assert caller.says(request()).hears()[0] == AC
        assert caller.says(ECHO).status() == 0


def test_papers_that_cannot_be_read_are_one_sentence_at_the_start(settings, tmp_path):
    settings.DICOM_TLS_CERTIFICATE = str(tmp_path / "nowhere.pem")

    with pytest.raises(CommandError, match="look at DICOM_TLS_CERTIFICATE"):
        call_command("listen", "--port", "0", "--host", "127.0.0.1")


@pytest.mark.interop
def test_dcmtk_stores_by_tls_anonymous_and_mutual(
    by_mutual_tls, listener, test_node, papers, dcmtk, samples
):
    image = samples / "syntax/ct_1.2.840.10008.1.2.dcm"

    def storescu(*words: object) -> int:
        return subprocess.run(
            [
                *(dcmtk("storescu"), "-aet", "TEST_SCU", "-aec", "IMAGING_DEPT"),
                *map(str, words),
                *(
                    "127.0.0.1",
                    str(listener.port),
                    str(image),
                ),
            ],
            check=False,
            capture_output=True,
            timeout=60,
        ).returncode

    ours, (paper, key) = papers["us"][0], papers["scanner"]
    assert storescu("+tls", key, paper, "+cf", ours) == 0
    assert storescu("+tls", papers["stranger"][1], papers["stranger"][0], "+cf", ours) != 0
    assert storescu("+tls", key, paper, "+cf", papers["stranger"][0]) != 0  # it does not know us
    assert storescu("+tla", "+cf", ours) != 0  # we want to see its certificate

    listener.door.tls.verify_mode = ssl.CERT_NONE
    assert storescu("+tla", "+cf", ours) == 0
    assert IncomingFile.objects.count() == 2
