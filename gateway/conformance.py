"""The tables of docs/conformance.md, made from the code they speak of.

`manage.py write_conformance` puts each between its marks; a test tells when that is due. A new
service needs its line in `gateway.dimse.registry` with its `statuses`, and in the statement the
marks `<!-- made: statuses of <its name> -->` and `<!-- end -->`. A table of another kind is a
function in `TABLES`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.uid import UID

from equipment.models import Device
from gateway import listener
from gateway.dimse import admission, identity
from gateway.dimse.admission import Refusal
from gateway.dimse.registry import SERVICES, UNCOMPRESSED, Service
from gateway.dimse.storage import STORAGE_CLASSES
from gateway.dimse.upper_layer import visit, wire
from worklist.dicom import performed
from worklist.dicom.keys import WORKLIST, Match, Nested, Table

Row = Sequence[str]
MARKED = re.compile(r"(<!-- made: (?P<name>[^>]*?) -->\n).*?(<!-- end -->)", re.DOTALL)
MATCHING = {
    Match.NOT: "returned only",
    Match.TEXT: "single value, wild card, list",
    Match.UID: "single value, list of UIDs",
    Match.NAME: "name",
    Match.DATE: "single value, range",
    Match.TIME: "single value, range",
    Match.STATUS: "single value, wild card, list",
    Match.BORN: "single value, range",
    Match.NEVER: "matched; never known here",
}
# PS3.8 table 9-21
RESULTS = {1: "1 permanent", 2: "2 transient"}
SOURCES = {1: "1 user", 2: "2 ACSE", 3: "3 presentation"}


class NotWritten(Exception):
    """The statement and the code have grown apart in a way that only a person can mend."""


def rewritten(statement: str) -> str:
    """The statement with every table as the code has it now. Raises NotWritten."""
    marked = {found["name"] for found in MARKED.finditer(statement)}
    tables = TABLES | {f"statuses of {one.name}": partial(statuses, one) for one in SERVICES}
    needed = set(TABLES) | {f"statuses of {one.name}" for one in SERVICES if one.statuses}
    if unknown := marked - set(tables):
        raise NotWritten(f"Nobody makes these tables: {', '.join(sorted(unknown))}.")
    if missing := needed - marked:
        raise NotWritten(
            f"These tables have no place in the statement: {', '.join(sorted(missing))}."
        )
    return MARKED.sub(lambda it: f"{it[1]}{_drawn(tables[it['name']]())}{it[3]}", statement)


def _drawn(rows: Iterable[Row]) -> str:
    """A table in Markdown; the first row is its heading."""
    heading, *others = rows
    lines = [heading, ["---"] * len(heading), *others]
    return "".join(f"| {' | '.join(line)} |\n".replace("| --- ", "|---") for line in lines)


def services() -> Iterator[Row]:
    """What is offered, in which role, and to whom."""
    yield ("Service", "SOP class", "Role", "Transfer syntaxes", "Open to")
    for service in SERVICES:
        yield (
            service.name,
            str(service.sop_class or "every storage SOP class, private and unknown ones too"),
            "SCP",
            _syntaxes_of(service),
            _who_has(service.right),
        )


def _syntaxes_of(service: Service) -> str:
    if not service.transfer_syntaxes:
        return "every one that is proposed"
    is_usual = service.transfer_syntaxes == UNCOMPRESSED
    return "uncompressed" if is_usual else ", ".join(service.transfer_syntaxes)


def _who_has(right: str) -> str:
    if not right:
        return "every registered machine"
    return f"who {Device._meta.get_field(right).verbose_name}"  # type: ignore[union-attr]


def limits() -> Iterator[Row]:
    """Lengths, numbers and times of an association."""
    yield ("Question", "Answer")
    yield ("Maximum PDU length received", f"{visit.MAX_PDU} bytes")
    yield (
        "Largest PDU read at all",
        f"{wire.LARGEST_PDU} bytes; a longer one ends the connection",
    )
    yield (
        "Associations at once",
        "`DICOM_MAX_ASSOCIATIONS` (default 64), by one machine `DICOM_MAX_ASSOCIATIONS_EACH` "
        "(default 16), and "
        f"{listener.AT_THE_DOOR} more connections that wait to be told",
    )
    yield ("Time to ask for an association (ARTIM)", f"{visit.ARTIM_SECONDS} s")
    yield ("Time for one PDU to arrive", f"{wire.PDU_SECONDS} s")
    yield ("Time without any traffic", f"{visit.IDLE_SECONDS} s, then A-ABORT")
    yield (
        "Implementation class UID, version",
        f"{identity.IMPLEMENTATION_UID}, {identity.IMPLEMENTATION_VERSION}",
    )


def refusals() -> Iterator[Row]:
    """When an association is not accepted, and the numbers that say so."""
    yield ("When", "Result", "Source", "Reason")
    for refusal in vars(admission).values():
        if isinstance(refusal, Refusal):
            yield (
                refusal.when,
                RESULTS[refusal.result],
                SOURCES[refusal.source],
                f"{refusal.diagnostic} {refusal.reason}",
            )


def statuses(service: Service) -> Iterator[Row]:
    """What each status of a service means here."""
    yield ("Status", "Meaning here")
    for status, meaning in service.statuses.items():
        yield (f"{status:04X}", meaning)


def worklist_keys() -> Iterator[Row]:
    """Every attribute of the worklist, and how a value in it is matched."""
    yield ("Attribute", "Tag", "Matching")
    yield from _keys_of(WORKLIST)


def _keys_of(table: Table, depth: int = 0) -> Iterator[Row]:
    for tag, key in table.items():
        name = f"{'>' * depth} {dictionary_description(tag)}".strip()
        code = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
        if isinstance(key, Nested):
            yield (name, code, "sequence")
            yield from _keys_of(key.table, depth + 1)
        else:
            yield (name, code, MATCHING[key.match])


def storage_classes() -> Iterator[Row]:
    """Storage SOP classes that have a name."""
    yield ("SOP class", "UID")
    yield from ((UID(uid).name, uid) for uid in STORAGE_CLASSES.values())


def performed_attributes() -> Iterator[Row]:
    """What a report must have, and what of it may not change (PS3.4 table F.7.2-1)."""
    yield ("Attribute", "Tag", "N-CREATE", "N-SET")
    for keyword in (*performed.NEEDED, *performed.EXPECTED):
        tag = tag_for_keyword(keyword) or 0
        yield (
            dictionary_description(tag),
            f"({tag >> 16:04X},{tag & 0xFFFF:04X})",
            "needed (1)" if keyword in performed.NEEDED else "expected (2): a warning without it",
            "may only be repeated" if keyword in performed.FIXED else "replaces",
        )


TABLES: dict[str, Callable[[], Iterator[Row]]] = {
    "services": services,
    "limits": limits,
    "refusals": refusals,
    "worklist keys": worklist_keys,
    "storage classes": storage_classes,
    "performed attributes": performed_attributes,
}
