"""Protocol data units (PS3.8 9.3): bytes in, facts out, and the few that we send.

Whatever is read here came from a stranger. Every length is checked against what is really there.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
LARGEST_SUB_ITEMS = 2048  # of an A-ASSOCIATE-RQ: 128 contexts, each with a dozen syntaxes
MOST_CONTEXTS = 128  # odd numbers of one byte
LARGEST_FRAGMENT = 128 * 1024  # bytes, where the caller sets no limit
SMALLEST_PDU = 64  # bytes; whoever reads less at once cannot be told anything
FIXED_FIELDS = struct.Struct(">HH16s16s32s")  # version, reserved, called, calling, reserved
ITEM = struct.Struct(">BxH")
LENGTH = struct.Struct(">L")
FRAGMENT = struct.Struct(">LBB")
COMMAND, LAST = 1, 2  # bits of the message control header (PS3.8 annex E.2)


class Kind(IntEnum):
    """PDU types (PS3.8 9.3.1)."""

    ASSOCIATE_RQ = 1
    ASSOCIATE_AC = 2
    ASSOCIATE_RJ = 3
    DATA = 4
    RELEASE_RQ = 5
    RELEASE_RP = 6
    ABORT = 7


class Source(IntEnum):
    """Who aborts (PS3.8 table 9-26)."""

    USER = 0
    PROVIDER = 2


class Reason(IntEnum):
    """Why the provider aborts (PS3.8 table 9-26)."""

    NOT_SPECIFIED = 0
    UNRECOGNISED_PDU = 1
    UNEXPECTED_PDU = 2
    INVALID_PARAMETER = 6


class Invalid(Exception):
    """Bytes that are no PDU, or none that makes sense."""

    def __init__(self, sentence: str, reason: Reason = Reason.INVALID_PARAMETER) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Proposed:
    """A presentation context as the caller proposes it."""

    context_id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssociateRequest:
    """An A-ASSOCIATE-RQ (PS3.8 9.3.2). `body` is what the answer has to repeat.

    `largest_pdu` is what the caller reads at once; 0: as much as we like.
    """

    calling: str
    called: str
    version: int
    application_context: str
    contexts: tuple[Proposed, ...]
    largest_pdu: int
    body: bytes


def read_request(body: bytes) -> AssociateRequest:
    """Take an A-ASSOCIATE-RQ apart. Raises Invalid."""
    if len(body) < FIXED_FIELDS.size:
        raise Invalid("an association request that ends early")
    version, _, called, calling, _ = FIXED_FIELDS.unpack_from(body)
    application_context, contexts, largest = "", [], 0
    for kind, item in _items(memoryview(body)[FIXED_FIELDS.size :]):
        if kind == 0x10:  # noqa: PLR2004 - application context (9.3.2.1)
            application_context = _uid(item)
        elif kind == 0x20:  # noqa: PLR2004 - presentation context (9.3.2.2)
            contexts.append(_proposed(item))
        elif kind == 0x50:  # noqa: PLR2004 - user information (9.3.2.3)
            largest = _largest_pdu(item)
    numbers = {one.context_id for one in contexts}
    if len(numbers) != len(contexts) or any(number % 2 == 0 for number in numbers):
        raise Invalid("presentation contexts are numbered with odd numbers, each once")
    titles = _title(calling), _title(called)
    return AssociateRequest(*titles, version, application_context, tuple(contexts), largest, body)


def _items(rest: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Type and value of one item after the other."""
    for _ in range(LARGEST_SUB_ITEMS):
        if not rest:
            return
        if len(rest) < ITEM.size:
            raise Invalid("an item without a length")
        kind, length = ITEM.unpack_from(rest)
        if ITEM.size + length > len(rest):
            raise Invalid("an item that is longer than its PDU")
        yield kind, rest[ITEM.size : ITEM.size + length]
        rest = rest[ITEM.size + length :]
    raise Invalid("more items than anybody needs")


def _proposed(item: memoryview) -> Proposed:
    if len(item) < ITEM.size:
        raise Invalid("a presentation context that ends early")
    abstract, transfer = "", []
    for kind, value in _items(item[4:]):
        if kind == 0x30:  # noqa: PLR2004 - abstract syntax
            abstract = _uid(value)
        elif kind == 0x40:  # noqa: PLR2004 - transfer syntax
            transfer.append(_uid(value))
    if not abstract or not transfer:
        raise Invalid("a presentation context without a syntax")
    return Proposed(item[0], abstract, tuple(transfer))


def _largest_pdu(item: memoryview) -> int:
    """Maximum Length Received (annex D.1)."""
    for kind, value in _items(item):
        if kind == 0x51 and len(value) == LENGTH.size:  # noqa: PLR2004
            (largest,) = LENGTH.unpack(value)
            if 0 < largest < SMALLEST_PDU:
                raise Invalid("PDUs too short for any message")
            return int(largest)
    return 0


def _uid(value: memoryview) -> str:
    """UIDs are not padded here (PS3.8 annex F), but some machines do."""
    try:
        return bytes(value).decode("ascii").strip(" \0")
    except UnicodeDecodeError as why:
        raise Invalid("a UID that is not ASCII") from why


def _title(padded: bytes) -> str:
    """An AE title without its padding. One with other than printable ASCII is nobody's."""
    return "".join(
        chr(one) if 0x20 <= one < 0x7F else "?"  # noqa: PLR2004
        for one in padded
    ).strip()


def fragments(body: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """The presentation data values of a P-DATA-TF (9.3.5.1): context, control header, value."""
    place, end = 0, len(body)
    if not end:
        raise Invalid("a P-DATA-TF without a fragment")
    while place < end:
        if place + FRAGMENT.size > end:
            raise Invalid("a fragment without a header")
        length, context_id, header = FRAGMENT.unpack_from(body, place)
        start, place = place + FRAGMENT.size, place + 4 + length
        if place < start or place > end:
            raise Invalid("a fragment that is longer or shorter than it says")
        yield context_id, header, body[start:place]


# ── what we send ─────────────────────────────────────────────────────────────────────────────────


def _pdu(kind: Kind, body: bytes) -> bytes:
    return struct.pack(">BxL", kind, len(body)) + body


def _item(kind: int, value: bytes) -> bytes:
    return ITEM.pack(kind, len(value)) + value


def accept(
    request: AssociateRequest, answers: Iterable[tuple[int, int, str]], user_items: bytes
) -> bytes:
    """An A-ASSOCIATE-AC (9.3.3): context, result and transfer syntax of each that was proposed."""
    contexts = b"".join(
        _item(0x21, struct.pack(">BxBx", number, result) + _item(0x40, syntax.encode()))
        for number, result, syntax in answers
    )
    _, _, called, calling, reserved = FIXED_FIELDS.unpack_from(request.body)
    fixed = FIXED_FIELDS.pack(1, 0, called, calling, reserved)  # titles as they were received
    named = _item(0x10, APPLICATION_CONTEXT.encode())
    return _pdu(Kind.ASSOCIATE_AC, fixed + named + contexts + _item(0x50, user_items))


def user_items(largest_pdu: int, class_uid: str, version: str) -> bytes:
    """Maximum length and implementation (annex D.1, PS3.7 D.3.3.2): all that we negotiate."""
    return (
        _item(0x51, struct.pack(">L", largest_pdu))
        + _item(0x52, class_uid.encode())
        + _item(0x55, version.encode())
    )


def reject(result: int, source: int, diagnostic: int) -> bytes:
    """An A-ASSOCIATE-RJ (9.3.4)."""
    return _pdu(Kind.ASSOCIATE_RJ, bytes([0, result, source, diagnostic]))


def abort(source: Source, reason: Reason = Reason.NOT_SPECIFIED) -> bytes:
    """An A-ABORT (9.3.8). The reason counts when the provider is its source."""
    return _pdu(Kind.ABORT, bytes([0, 0, source, reason]))


def message(largest: int, context_id: int, command: bytes, data_set: bytes = b"") -> bytes:
    """A message as P-DATA-TFs of one fragment each, none longer than the caller reads at once."""
    told = [*_pieces(largest, context_id, COMMAND, command)]
    return b"".join([*told, *_pieces(largest, context_id, 0, data_set)])


def _pieces(largest: int, context_id: int, header: int, content: bytes) -> Iterator[bytes]:
    most = (largest or LARGEST_FRAGMENT) - FRAGMENT.size
    for start in range(0, len(content), most):
        piece = content[start : start + most]
        last = LAST if start + most >= len(content) else 0
        yield _pdu(Kind.DATA, FRAGMENT.pack(len(piece) + 2, context_id, header | last) + piece)


def repeated(request: AssociateRequest) -> bytes:
    """The A-ASSOCIATE-RQ as it came, for whoever reads it next."""
    return _pdu(Kind.ASSOCIATE_RQ, request.body)


RELEASE_RP = _pdu(Kind.RELEASE_RP, b"\0\0\0\0")
