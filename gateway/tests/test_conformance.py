"""docs/conformance.md says what the code does, no more and no less."""

import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from gateway import listener
from gateway.conformance import NotWritten, rewritten
from gateway.dimse import refusals
from gateway.dimse.registry import SERVICES, UNCOMPRESSED
from worklist import dicom

COMMAND = "gateway.management.commands.write_conformance.STATEMENT"


@pytest.fixture(scope="module")
def statement() -> str:
    return (settings.BASE_DIR / "docs" / "conformance.md").read_text()


def test_its_tables_are_those_that_the_code_makes():
    call_command("write_conformance", "--check")  # it says what to run when they are not


def test_a_changed_table_is_noticed_and_written_anew(statement, tmp_path, monkeypatch, capsys):
    copy = tmp_path / "conformance.md"
    copy.write_text(statement.replace("| Patient ID | (0010,0020) |", "| Patient | (0010,0020) |"))
    monkeypatch.setattr(COMMAND, copy)

    with pytest.raises(CommandError, match="lags behind"):
        call_command("write_conformance", "--check")
    call_command("write_conformance")

    assert copy.read_text() == statement
    assert "written anew" in capsys.readouterr().out


def test_a_table_that_has_lost_its_place_is_missed_by_name(statement):
    without = statement.replace("<!-- made: worklist keys -->\n", "")

    with pytest.raises(NotWritten, match="worklist keys"):
        rewritten(without)


def test_a_place_for_a_table_that_nobody_makes_is_named(statement):
    with pytest.raises(NotWritten, match="statuses of Printing"):
        rewritten(statement + "<!-- made: statuses of Printing -->\n<!-- end -->\n")


@pytest.mark.parametrize("service", [one for one in SERVICES if one.statuses], ids=lambda s: s.name)
def test_every_status_that_a_service_knows_is_given_a_meaning(service):
    module = vars(sys.modules[service.handler.__module__])
    known = {
        value
        for name, value in module.items()
        if name.isupper() and type(value) is int and value > 0xFF
    }

    assert known | {0} <= set(service.statuses)


@pytest.mark.parametrize(
    "value",
    [
        *UNCOMPRESSED,
        f"({listener.STOP_SECONDS} s at most)",
        f"At most {dicom.MOST_ANSWERS} steps",
    ],
)
def test_limits_in_the_text_are_stated_as_they_are(statement, value):
    assert value in statement


def test_the_flood_limits_of_the_trail_are_stated(statement):
    assert (refusals.AGAIN_AFTER, refusals.MOST_A_MINUTE) == (600, 20)
    assert "in ten minutes, at most twenty a minute" in statement
