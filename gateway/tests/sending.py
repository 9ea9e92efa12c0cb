"""Sending objects byte for byte: pydicom would rewrite what it reads."""

import csv
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import pydicom
from pynetdicom import build_context
from pynetdicom.association import Association
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.pdu_primitives import P_DATA

from gateway.calling.undisturbed import Undisturbed

IMPLICIT = "1.2.840.10008.1.2"
CT = "1.2.840.10008.5.1.4.1.1.2"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


@dataclass(frozen=True)
class Wire:
    """An object as it travels: the data set's bytes, and what the command says about it."""

    name: str
    sop_class: str
    sop_instance: str
    transfer_syntax: str
    encoded: bytes


def accepted_samples(samples: Path) -> list[Wire]:
    """Every sample that a server should accept."""
    with (samples / "samples.csv").open(newline="") as rows:
        wanted = [row for row in csv.DictReader(rows) if row["expect"] == "accept"]
    return [wire_of(samples / row["file"], row["transfer_syntax"]) for row in wanted]


def wire_of(path: Path, otherwise: str = "") -> Wire:
    """The bytes behind the file meta information, untouched."""
    content = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some samples are odd on purpose
        facts = pydicom.dcmread(path, force=True, specific_tags=["SOPClassUID", "SOPInstanceUID"])
    return Wire(
        path.name,
        str(facts.get("SOPClassUID") or SECONDARY_CAPTURE),
        str(facts.get("SOPInstanceUID") or "2.25.1"),
        str(facts.file_meta.get("TransferSyntaxUID") or otherwise or IMPLICIT),
        content[_end_of_meta(content) :],
    )


def _end_of_meta(content: bytes) -> int:
    """Where group 0002 ends; it is always explicit VR little endian (PS3.10 7.1)."""
    place = 132 if content[128:132] == b"DICM" else 0
    while content[place : place + 2] == b"\x02\0":
        if content[place + 4 : place + 6] in {b"OB", b"UN", b"UT"}:
            place += 12 + int.from_bytes(content[place + 8 : place + 12], "little")
        else:
            place += 8 + int.from_bytes(content[place + 6 : place + 8], "little")
    return place


def made(size: int = 1000, sop_instance: str = "2.25.4711") -> Wire:
    """Bytes that only look like an object; the door does not mind."""
    return Wire(
        "made", "1.2.840.10008.5.1.4.1.1.2", sop_instance, IMPLICIT, b"\x08\0" * (size // 2)
    )


def association_for(port: int, wires: list[Wire], calling: str = "TEST_SCU") -> Association:
    """One context for each pair of class and syntax."""
    pairs = dict.fromkeys((one.sop_class, one.transfer_syntax) for one in wires)
    entity = Undisturbed(ae_title=calling)
    entity.requested_contexts = [build_context(*pair) for pair in pairs]
    return entity.associate("127.0.0.1", port, ae_title="IMAGING_DEPT")


def request_for(wire: Wire) -> C_STORE:
    """The command, with the data set's bytes."""
    request = C_STORE()
    request.MessageID = 1
    request.AffectedSOPClassUID = wire.sop_class
    request.AffectedSOPInstanceUID = wire.sop_instance
    request.Priority = 2
    request.DataSet = io.BytesIO(wire.encoded) if wire.encoded else None
    return request


def pieces_of(association: Association, wire: Wire) -> list[P_DATA]:
    """A C-STORE as the fragments that travel, to be sent one by one."""
    message = C_STORE_RQ()
    message.primitive_to_message(request_for(wire))
    return list(message.encode_msg(context_for(association, wire), 16384))


def context_for(association: Association, wire: Wire) -> int:
    """The accepted presentation context that carries this object."""
    return next(
        int(one.context_id or 0)
        for one in association.accepted_contexts
        if one.abstract_syntax == wire.sop_class and one.transfer_syntax[0] == wire.transfer_syntax
    )


def send(association: Association, wire: Wire) -> int:
    """The status of one C-STORE."""
    association._reactor_checkpoint.clear()
    association.dimse.send_msg(request_for(wire), context_for(association, wire))
    _, answer = association.dimse.get_msg(block=True)
    association._reactor_checkpoint.set()
    assert answer is not None, "no answer"
    assert answer.Status is not None
    return answer.Status
