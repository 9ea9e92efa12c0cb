"""C-STORE: safe before the answer, byte for byte, whatever is sent."""

import errno
import re
import threading
from pathlib import Path
from typing import cast

import pydicom
import pytest
from django.db import OperationalError, connection
from pynetdicom.transport import AssociationSocket

from common import files
from common.files import NoRoom, absolute
from equipment.models import Node
from gateway.tests.sending import Wire, accepted_samples, association_for, made, pieces_of, send
from studies.models import IncomingFile

pytestmark = pytest.mark.usefixtures("test_node", "scanner")
SUCCESS, OUT_OF_RESOURCES, CANNOT_PROCESS = 0x0000, 0xA700, 0xC000
HALF_A_MEGABYTE = 500_000


@pytest.fixture
def sender(listener):
    """`sender(wire)`: an association that can carry these objects."""
    opened = []

    def associate(*wires: Wire):
        opened.append(association_for(listener.port, list(wires)))
        return opened[-1]

    yield associate
    for association in opened:
        association.release()


def half_written(data_folder: Path) -> list[Path]:
    return [one for one in (data_folder / "tmp").iterdir() if one.is_file()]


def test_an_object_is_on_disk_and_in_the_table_when_the_answer_comes(sender, data_folder):
    wire = made(HALF_A_MEGABYTE)

    status = send(sender(wire), wire)

    incoming = IncomingFile.objects.get()
    assert status == SUCCESS
    assert (incoming.source, incoming.sender, incoming.status) == ("DIMSE", "TEST_SCU", "WAITING")
    assert incoming.sop_class_uid == wire.sop_class
    assert incoming.sop_instance_uid == wire.sop_instance
    assert incoming.transfer_syntax == wire.transfer_syntax
    assert incoming.size == absolute(incoming.path).stat().st_size
    assert half_written(data_folder) == []


def test_the_file_begins_with_what_the_association_knew(sender):
    wire = made()
    send(sender(wire), wire)

    meta = pydicom.dcmread(absolute(IncomingFile.objects.get().path), stop_before_pixels=True)

    assert meta.preamble == b"\0" * 128
    assert meta.file_meta.FileMetaInformationVersion == b"\0\1"
    assert meta.file_meta.MediaStorageSOPClassUID == wire.sop_class
    assert meta.file_meta.MediaStorageSOPInstanceUID == wire.sop_instance
    assert meta.file_meta.TransferSyntaxUID == wire.transfer_syntax
    assert meta.file_meta.SourceApplicationEntityTitle == "TEST_SCU"
    assert meta.file_meta.ImplementationClassUID.startswith("2.25.")


def test_the_meta_groups_length_is_right(sender):
    wire = made(10)
    send(sender(wire), wire)

    content = absolute(IncomingFile.objects.get().path).read_bytes()

    length = int.from_bytes(content[140:144], "little")
    assert content[144 + length :] == wire.encoded


@pytest.mark.slow
def test_every_sample_is_kept_bit_for_bit_in_its_own_syntax(listener, samples):
    wires = accepted_samples(samples)
    assert len(wires) > 300

    for batch in (wires[first : first + 100] for first in range(0, len(wires), 100)):
        association = association_for(listener.port, batch)
        assert association.is_established
        for wire in batch:
            assert send(association, wire) == SUCCESS, wire.name
        association.release()

    stored = list(IncomingFile.objects.order_by("pk"))
    assert len(stored) == len(wires)
    for incoming, wire in zip(stored, wires, strict=True):
        assert absolute(incoming.path).read_bytes().endswith(wire.encoded), wire.name
        assert incoming.transfer_syntax == wire.transfer_syntax, wire.name


@pytest.mark.parametrize(
    "transfer_syntax",
    [
        "1.2.840.10008.1.2.2",  # big endian
        "1.2.840.10008.1.2.1.99",  # deflated
        "1.2.840.10008.1.2.4.203",  # HTJ2K
        "1.2.840.10008.1.2.4.110",  # JPEG XL
        "1.2.840.10008.1.2.4.107",  # H.265
        "1.2.826.0.1.3680043.9.9999.1",  # somebody's own
    ],
)
@pytest.mark.parametrize(
    "sop_class",
    ["1.2.840.10008.5.1.4.1.1.2", "1.2.826.0.1.3680043.9.9999.2", "1.2.840.10008.5.1.4.1.1.3"],
)
def test_every_syntax_and_every_class_is_taken_as_proposed(sender, sop_class, transfer_syntax):
    wire = Wire("odd", sop_class, "2.25.1", transfer_syntax, b"anything")

    assert send(sender(wire), wire) == SUCCESS


def test_of_several_proposed_syntaxes_the_senders_first_is_chosen(listener):
    association = listener.call("1.2.840.10008.5.1.4.1.1.2")
    proposed = association.requestor.requested_contexts[0].transfer_syntax

    assert association.accepted_contexts[0].transfer_syntax == [proposed[0]]
    association.release()


def test_the_same_object_again_is_taken_again(sender):
    wire = made()
    association = sender(wire)

    assert [send(association, wire), send(association, wire)] == [SUCCESS, SUCCESS]


# ── troubles ─────────────────────────────────────────────────────────────────────────────────────


def test_while_the_database_is_away_the_sender_is_told_to_try_again(
    sender, monkeypatch, data_folder
):
    def away(*_, **__):
        raise OperationalError("the database is away")

    wire = made()
    association = sender(wire)
    monkeypatch.setattr("gateway.dimse.scribe.ensure_connection", away)
    assert send(association, wire) == OUT_OF_RESOURCES
    monkeypatch.undo()

    assert send(association, wire) == SUCCESS
    assert IncomingFile.objects.count() == 1
    assert half_written(data_folder) == []


def test_a_connection_that_the_database_dropped_is_replaced(sender):
    wire = made()
    association = sender(wire)
    assert send(association, wire) == SUCCESS

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert send(association, wire) == SUCCESS


def test_a_nearly_full_disk_is_told_before_bytes_are_written(sender, settings, data_folder):
    wire = made(HALF_A_MEGABYTE)
    association = sender(wire)

    settings.LEAST_FREE_BYTES = 1 << 60
    assert send(association, wire) == OUT_OF_RESOURCES
    assert half_written(data_folder) == []

    settings.LEAST_FREE_BYTES = 0
    assert send(association, wire) == SUCCESS


def test_a_disk_that_fills_up_in_the_middle_costs_the_object_not_the_association(
    sender, monkeypatch, data_folder
):
    wire = made(HALF_A_MEGABYTE)
    association = sender(wire)
    monkeypatch.setattr("common.half_written.ROOM_EVERY", 100_000)
    looks = iter(range(100))

    def shrinking():
        if next(looks) >= 1:
            raise NoRoom(errno.ENOSPC, "full")

    monkeypatch.setattr("common.half_written.ensure_room", shrinking)
    assert send(association, wire) == OUT_OF_RESOURCES
    assert half_written(data_folder) == []
    monkeypatch.undo()

    assert send(association, wire) == SUCCESS


def test_a_disk_that_refuses_the_final_name_is_out_of_resources(sender, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EIO, "input/output error")

    wire = made()
    association = sender(wire)
    monkeypatch.setattr(files, "_new_path", refuse)
    assert send(association, wire) == OUT_OF_RESOURCES
    monkeypatch.undo()

    assert send(association, wire) == SUCCESS


def test_an_object_beyond_the_limit_is_refused_and_not_kept(sender, settings, data_folder):
    settings.LARGEST_OBJECT_BYTES = 10_000
    wire, small = made(HALF_A_MEGABYTE), made(1000)
    association = sender(wire)

    assert send(association, wire) == OUT_OF_RESOURCES
    assert half_written(data_folder) == []
    assert send(association, small) == SUCCESS


def test_a_fault_of_ours_is_said_and_logged_without_the_object(sender, monkeypatch, caplog):
    def stumble(*_, **__):
        raise RuntimeError("a bug")

    wire = made()
    association = sender(wire)
    monkeypatch.setattr("gateway.dimse.scribe.receive_all", stumble)

    assert send(association, wire) == CANNOT_PROCESS
    assert "Could not store an object from TEST_SCU" in caplog.text


@pytest.mark.parametrize("uid", ["1.2.abc", "not a uid", "../../etc"])
def test_an_identifier_that_is_none_is_refused(sender, uid):
    wire = made(sop_instance=uid)
    association = sender(wire)

    assert send(association, wire) == 0x0117
    assert send(association, made()) == SUCCESS
    assert IncomingFile.objects.count() == 1


def test_leading_zeros_in_an_identifier_are_forgiven(sender):
    wire = made(sop_instance="1.2.003.4")

    assert send(sender(wire), wire) == SUCCESS


def test_a_store_without_an_object_is_refused(sender):
    wire = Wire("empty", "1.2.840.10008.5.1.4.1.1.2", "2.25.1", "1.2.840.10008.1.2", b"")

    assert send(sender(wire), wire) == 0xA900


def test_a_right_that_was_taken_away_counts_for_the_next_call(listener):
    Node.objects.filter(ae_title="TEST_SCU").update(may_store=False)

    association = association_for(listener.port, [made()])

    assert association.accepted_contexts == []


def test_a_store_in_a_context_that_is_not_storage_is_not_kept(listener):
    verification = Wire("x", "1.2.840.10008.1.1", "2.25.1", "1.2.840.10008.1.2", b"1234")
    association = association_for(listener.port, [verification])

    assert send(association, verification) == 0x0122
    assert not IncomingFile.objects.exists()
    association.release()


def test_an_abort_in_the_middle_leaves_nothing_behind(listener, data_folder, eventually):
    wire = made(HALF_A_MEGABYTE)
    association = association_for(listener.port, [wire])
    pieces = pieces_of(association, wire)
    for piece in pieces[: len(pieces) // 2]:
        association.dul.send_pdu(piece)
    eventually(lambda: len(half_written(data_folder)) == 1)

    cast(AssociationSocket, association.dul.socket)._shutdown_socket()

    eventually(lambda: not listener.door.calls)
    assert half_written(data_folder) == []
    assert not IncomingFile.objects.exists()


def test_what_is_being_received_when_the_listener_stops_is_finished(
    listener, data_folder, eventually
):
    wire = made(HALF_A_MEGABYTE)
    association = association_for(listener.port, [wire])
    association._reactor_checkpoint.clear()
    pieces = pieces_of(association, wire)
    for piece in pieces[: len(pieces) // 2]:
        association.dul.send_pdu(piece)
    eventually(lambda: len(half_written(data_folder)) == 1)

    stopping = threading.Thread(target=listener.stop)
    stopping.start()
    eventually(lambda: listener.door.is_closing)
    for piece in pieces[len(pieces) // 2 :]:
        association.dul.send_pdu(piece)
    _, answer = association.dimse.get_msg(block=True)
    stopping.join()

    assert answer is not None
    assert answer.Status == SUCCESS
    assert IncomingFile.objects.count() == 1
    association._reactor_checkpoint.set()
    eventually(lambda: association.is_aborted)


def test_no_patient_is_named_in_the_log(sender, caplog):
    wire = Wire("named", "1.2.840.10008.5.1.4.1.1.2", "2.25.1", "1.2.840.10008.1.2", b"Secret^Name")
    caplog.set_level("DEBUG")

    send(sender(wire), wire)

    assert not re.search("secret", caplog.text, re.IGNORECASE)
