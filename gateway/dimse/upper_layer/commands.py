"""DIMSE commands (PS3.7 6.3, annex E): implicit VR little endian, read and written by hand."""

import struct
from dataclasses import dataclass

from gateway.dimse.outcomes import Outcome
from gateway.dimse.upper_layer.pdus import Invalid

C_STORE_RQ, C_FIND_RQ, C_ECHO_RQ, C_CANCEL_RQ = 0x0001, 0x0020, 0x0030, 0x0FFF
RESPONSE = 0x8000
NO_DATA_SET, A_DATA_SET = 0x0101, 0x0001
ELEMENT = struct.Struct("<HHL")
SHORT = struct.Struct("<H")
CLASS_UID, FIELD, MESSAGE_ID, ANSWERS_MESSAGE, DATA_SET_TYPE = (
    *(0x0002, 0x0100, 0x0110, 0x0120, 0x0800),
)
STATUS, OFFENDING, COMMENT, INSTANCE_UID = 0x0900, 0x0901, 0x0902, 0x1000


@dataclass(frozen=True, slots=True)
class Command:
    """A request as it was received. UIDs may be blank, or anything but UIDs.

    `about` is the message that a C-CANCEL is about.
    """

    field: int
    message_id: int
    has_data_set: bool
    sop_class: str
    sop_instance: str
    about: int = 0


def read_command(encoded: bytes) -> Command:
    """Take a command apart. Raises Invalid."""
    values = dict(_elements(encoded))
    return Command(
        _short(values, FIELD),
        _short(values, MESSAGE_ID, 0),
        _short(values, DATA_SET_TYPE) != NO_DATA_SET,
        _text(values.get(CLASS_UID, b"")),
        _text(values.get(INSTANCE_UID, b"")),
        _short(values, ANSWERS_MESSAGE, 0),
    )


def _elements(encoded: bytes) -> list[tuple[int, bytes]]:
    place, found = 0, []
    while place < len(encoded):
        if place + ELEMENT.size > len(encoded):
            raise Invalid("a command that ends early")
        group, element, length = ELEMENT.unpack_from(encoded, place)
        place += ELEMENT.size
        if group != 0 or place + length > len(encoded):
            raise Invalid("a command of nonsense")
        found.append((element, encoded[place : place + length]))
        place += length
    return found


def _short(values: dict[int, bytes], element: int, otherwise: int | None = None) -> int:
    value = values.get(element)
    if value is not None and len(value) == SHORT.size:
        return int(SHORT.unpack(value)[0])
    if value is None and otherwise is not None:
        return otherwise
    raise Invalid("a command without what every command has")


def _text(value: bytes) -> str:
    return value.decode("ascii", "replace").strip(" \0")


def response(request: Command, outcome: Outcome, *, has_data_set: bool = False) -> bytes:
    """The answer to a C-STORE, C-FIND or C-ECHO (PS3.7 9.3.1.2, 9.3.2.2, 9.3.5.2)."""
    tag = outcome.offending
    elements = [
        (CLASS_UID, _uid(request.sop_class)),
        (FIELD, SHORT.pack(request.field | RESPONSE)),
        (ANSWERS_MESSAGE, SHORT.pack(request.message_id)),
        (DATA_SET_TYPE, SHORT.pack(A_DATA_SET if has_data_set else NO_DATA_SET)),
        (STATUS, SHORT.pack(outcome.status)),
        (OFFENDING, b"" if tag is None else struct.pack("<HH", tag >> 16, tag & 0xFFFF)),
        (COMMENT, _padded(outcome.comment, b" ")),
        (INSTANCE_UID, _uid(request.sop_instance)),
    ]
    body = b"".join(
        ELEMENT.pack(0, element, len(value)) + value for element, value in elements if value
    )
    return ELEMENT.pack(0, 0, 4) + struct.pack("<L", len(body)) + body


def _uid(text: str) -> bytes:
    return _padded(text, b"\0")


def _padded(text: str, padding: bytes) -> bytes:
    value = text.encode("ascii", "replace")
    return value + padding * (len(value) % 2)
