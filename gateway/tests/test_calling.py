"""We call other machines: who answers, and a sentence for everything that goes wrong."""

import socket

import pytest
from pynetdicom import evt
from pynetdicom.dimse_primitives import C_ECHO

from equipment.tests.factories import NodeFactory
from gateway.calling import NoAnswer, calling, context
from gateway.calling.echoing import echo
from gateway.tests.machines import certificate, look_late, machine, port_of, server_tls

ECHO = "1.2.840.10008.1.1"


def node(port: int | None, **facts):
    facts = {"name": "Archive", "ae_title": "OTHER", "address": "127.0.0.1", **facts}
    return NodeFactory.build(port=port, **facts)


def why_not(peer) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        echo(peer)
    return caught.value


def test_a_machine_that_answers_answers():
    with machine() as other:
        echo(node(port_of(other)))


def test_we_call_ourselves_by_our_own_name_and_are_heard(listener, settings):
    NodeFactory.create(ae_title=settings.DICOM_AE_TITLE)

    echo(node(listener.port, ae_title=settings.DICOM_AE_TITLE))


def test_an_answer_is_for_who_asked_even_if_the_other_thread_had_passed_the_checkpoint():
    with machine() as other, calling(node(port_of(other)), [context(ECHO)]) as association:
        association._reactor_checkpoint.clear()  # whoever talks does so
        association.dimse.msg_queue.put((1, C_ECHO()))

        assert association.dimse.get_msg() == (None, None)  # the association's own thread

        assert association.dimse.get_msg(block=True)[0] == 1
        association._reactor_checkpoint.set()


def test_a_call_leaves_nothing_open():
    with machine() as other:
        with calling(node(port_of(other)), [context(ECHO)]) as association:
            assert association.is_established

        association.join(5)
        assert not association.is_alive()


def test_what_fails_in_the_middle_hangs_up():
    heard: list[object] = []
    with machine(handlers=[(evt.EVT_ABORTED, heard.append)]) as other:
        with pytest.raises(RuntimeError), calling(node(port_of(other)), [context(ECHO)]):
            raise RuntimeError
        for one in other.active_associations:
            one.join(5)

    assert len(heard) == 1


def test_without_address_nobody_is_called():
    trouble = why_not(NodeFactory.build(name="Archive"))

    assert "address and port are needed" in trouble.sentence
    assert not trouble.is_for_now


def test_a_port_where_nothing_listens_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    trouble = why_not(node(port))

    assert trouble.sentence == f"Nothing listens at 127.0.0.1 port {port}."
    assert trouble.is_for_now


def test_a_machine_that_does_not_know_us_is_quoted():
    with machine(require_calling_aet=["SOMEBODY"]) as other:
        trouble = why_not(node(port_of(other)))

    assert trouble.sentence == (
        "Archive refuses: it does not know our AE title IMAGING_DEPT: it has to be registered"
        " there."
    )
    assert not trouble.is_for_now


def test_a_refusal_that_is_quicker_than_the_look_for_it_is_quoted_too(monkeypatch):
    look_late(monkeypatch)
    with machine(require_calling_aet=["SOMEBODY"]) as other:
        trouble = why_not(node(port_of(other)))

    assert "does not know our AE title" in trouble.sentence


def test_a_wrong_title_is_quoted():
    with machine(require_called_aet=True) as other:
        trouble = why_not(node(port_of(other), ae_title="WRONG"))

    assert "it is not called WRONG" in trouble.sentence


def test_a_machine_that_is_full_may_be_asked_again():
    with machine(maximum_associations=1) as other, calling(node(port_of(other)), [context(ECHO)]):
        trouble = why_not(node(port_of(other)))

    assert trouble.is_for_now


def test_a_machine_without_the_service_is_told_apart():
    with machine(contexts=["1.2.840.10008.5.1.4.31"]) as other:
        trouble = why_not(node(port_of(other)))

    assert trouble.sentence == "Archive answers, but offers nothing of what we asked for."


def test_by_tls_both_sides_show_who_they_are(tmp_path, settings):
    ours, our_key = certificate(tmp_path, "ours")
    theirs, their_key = certificate(tmp_path, "theirs")
    settings.DICOM_TLS_CA = str(theirs)
    settings.DICOM_TLS_CERTIFICATE, settings.DICOM_TLS_KEY = str(ours), str(our_key)

    with machine(tls=server_tls(theirs, their_key, clients=ours)) as other:
        echo(node(port_of(other), speaks_tls=True))


def test_a_certificate_of_a_stranger_is_refused(tmp_path, settings):
    theirs, their_key = certificate(tmp_path, "theirs")
    settings.DICOM_TLS_CA = str(certificate(tmp_path, "other")[0])

    with machine(tls=server_tls(theirs, their_key)) as other:
        trouble = why_not(node(port_of(other), speaks_tls=True))

    assert trouble.sentence.startswith("Archive shows a certificate that we do not trust")


def test_a_machine_that_speaks_plainly_is_told_from_one_that_is_away():
    with machine() as other:
        trouble = why_not(node(port_of(other), speaks_tls=True, name="Plain"))

    assert trouble.sentence.startswith(("Plain does not answer by TLS", "Plain cannot be reached"))
