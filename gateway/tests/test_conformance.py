"""docs/conformance.md says what the code does, no more and no less."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from pydicom.datadict import dictionary_description

from gateway import listener
from gateway.dimse import intake, refusals, storage, transport, worklist
from gateway.dimse.registry import SERVICES
from worklist import dicom
from worklist.dicom.keys import WORKLIST, Match, Nested, Table

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


@pytest.fixture(scope="module")
def statement() -> str:
    return (settings.BASE_DIR / "docs" / "conformance.md").read_text()


def section(statement: str, title: str) -> str:
    """From a heading to the next of its rank."""
    return re.split(r"^###? ", statement.split(f"### {title}\n")[1], flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, headings left out."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_service_is_stated_with_its_class_and_nothing_else_is(statement):
    stated = {row[0]: row[1] for row in rows(section(statement, "1.1 Services"))[1:]}

    assert set(stated) == {one.name for one in SERVICES}
    for service in SERVICES:
        if service.sop_class is not None:
            assert stated[service.name] == service.sop_class
        for syntax in service.transfer_syntaxes:
            assert syntax in section(statement, "1.1 Services")


def test_every_storage_class_is_stated(statement):
    stated = {row[1] for row in rows(section(statement, "1.6 Storage SOP classes by name"))[1:]}

    assert stated == set(storage.STORAGE_CLASSES.values())


@pytest.mark.parametrize(
    "value",
    [
        f"{listener.MAX_PDU} bytes",
        f"{transport.LARGEST_PDU} bytes",
        f"and {listener.AT_THE_DOOR} more connections",
        f"| {listener.NEGOTIATION_SECONDS} s |",
        f"| {transport.PDU_SECONDS} s |",
        f"| {listener.IDLE_SECONDS} s, then A-ABORT |",
        f"({listener.STOP_SECONDS} s at most)",
        f"{intake.IMPLEMENTATION_UID}, {intake.IMPLEMENTATION_VERSION}",
        f"At most {dicom.MOST_ANSWERS} steps",
    ],
)
def test_limits_are_stated_as_they_are(statement, value):
    assert value in statement


def test_the_flood_limits_of_the_trail_are_stated(statement):
    assert (refusals.AGAIN_AFTER, refusals.MOST_A_MINUTE) == (600, 20)
    assert "in ten minutes, at most twenty a minute" in statement


def statuses_in(module: object) -> set[str]:
    return {
        f"{value:04X}"
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int) and value > 0xFF
    }


def test_the_statuses_of_storage_are_stated(statement):
    stated = {row[0] for row in rows(section(statement, "1.3 Storage"))[1:]}

    assert stated == statuses_in(storage) | {"0000", f"{intake.INVALID_OBJECT_INSTANCE:04X}"}


def test_the_statuses_of_the_worklist_are_stated(statement):
    firsts = [row[0] for row in rows(section(statement, "1.4 Worklist"))]
    stated = {one for one in firsts if re.fullmatch("[0-9A-F]{4}", one)}

    pending = {f"{one:04X}" for one in (dicom.PENDING, dicom.PENDING_OPTIONAL_KEYS_IGNORED)}
    assert stated == statuses_in(worklist) | pending | {"0000"}


def keys_of(table: Table, depth: int = 0) -> Iterator[list[str]]:
    """The rows that the statement must have for a table of keys."""
    for tag, key in table.items():
        name = f"{'>' * depth} {dictionary_description(tag)}".strip()
        code = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
        if isinstance(key, Nested):
            yield [name, code, "sequence"]
            yield from keys_of(key.table, depth + 1)
        else:
            yield [name, code, MATCHING[key.match]]


def test_every_attribute_of_the_worklist_is_stated_with_its_matching(statement):
    stated = [row for row in rows(section(statement, "1.4 Worklist")) if row[1].startswith("(")]

    assert stated == list(keys_of(WORKLIST))
