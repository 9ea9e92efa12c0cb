"""A played scanner does what scanners do, and what goes wrong goes wrong as it is asked for."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from demo.management.commands.play_modality import Command
from demo.modality.entries import Entry, performed, question
from demo.modality.faults import FAULTS, with_faults
from demo.modality.play import Player, mistyped
from demo.modality.scanner import WORKLIST, Scanner, Silence
from demo.tests.departments import entry, open_department
from demo.tests.small import small_objects_of
from gateway.tests.machines import look_late, machine, port_of

FIRST, SECOND = entry("S1", "P1234"), entry("S2", "P5678")


@pytest.fixture(scope="module")
def department():
    """One department for all: what it took down is thrown away before each play."""
    with open_department(FIRST, SECOND) as one:
        yield one


@pytest.fixture
def play(department, monkeypatch):
    """`play("duplicate")`: one examination with these faults; what the scanner told."""
    monkeypatch.setattr("demo.modality.play.objects_of", small_objects_of)
    for kept in (department.deeds, department.stored, department.created, department.changed):
        kept.clear()
    department.step_status = 0x0000

    def examine(*faults: str, listens: bool = True, seed: int = 7) -> list[str]:
        told: list[str] = []
        scanner = Scanner("DX01", "127.0.0.1", department.port, "IMAGING_DEPT")
        player = Player(scanner, "DX", seed, patience=60, tell=told.append)
        with scanner.listening("127.0.0.1", 0) as port:
            department.report_port = port if listens else 0
            player.patience = 60 if listens else 0
            player.take(player.look(), with_faults(list(faults)))
        return told

    return examine


def ends(department) -> list[str]:
    return [str(one.PerformedProcedureStepStatus) for one in department.changed.values()]


def test_an_examination_goes_by_the_book(department, play):
    told = play()

    assert department.deeds == ["begin", "image", "image", "end", "commit"]
    assert ends(department) == ["COMPLETED"]
    assert told[-1] == "  is told: 2 are safe"


def test_it_asks_for_its_own_steps_of_today(department, play):
    play()

    asked = department.asked[-1]
    step = asked.ScheduledProcedureStepSequence[0]
    assert (step.Modality, step.ScheduledStationAETitle) == ("DX", "DX01")
    assert len(step.ScheduledProcedureStepStartDate) == 8
    assert "StudyInstanceUID" in asked


def test_images_carry_what_the_worklist_said(department, play):
    play()

    for image in department.stored:
        assert image.StudyInstanceUID == FIRST.StudyInstanceUID
        assert image.AccessionNumber == "AS1"
        assert (image.PatientID, image.IssuerOfPatientID) == ("P1234", "HOSPITAL")
        assert image.PatientName == "Müller^Änne=山田^太郎"
        assert image.StationName == "DX01"
        assert image.RequestAttributesSequence[0].ScheduledProcedureStepID == "S1"
        assert image.StudyID == "RS1"


# PS3.4 table F.7.2-1: what N-CREATE must hold, and what of it with a value.
WITH_VALUE = ["PerformedProcedureStepID", "PerformedStationAETitle", "Modality"]
WITH_VALUE += ["PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime"]
PRESENT = ["PatientName", "PatientID", "PatientBirthDate", "PatientSex"]
PRESENT += ["ReferencedPatientSequence", "PerformedStationName", "PerformedLocation"]
PRESENT += ["PerformedProcedureStepDescription", "PerformedProcedureTypeDescription"]
PRESENT += ["ProcedureCodeSequence", "PerformedProcedureStepEndDate"]
PRESENT += ["PerformedProcedureStepEndTime", "StudyID", "PerformedProtocolCodeSequence"]
PRESENT += ["PerformedSeriesSequence"]


def test_a_step_begins_with_all_that_the_standard_wants(department, play):
    play()

    (step,) = department.created.values()
    assert [one for one in WITH_VALUE if not step.get(one)] == []
    assert [one for one in PRESENT if one not in step] == []
    assert step.PerformedProcedureStepStatus == "IN PROGRESS"
    (part,) = step.ScheduledStepAttributesSequence
    assert part.StudyInstanceUID == FIRST.StudyInstanceUID
    assert (part.ScheduledProcedureStepID, part.AccessionNumber) == ("S1", "AS1")
    assert part.RequestedProcedureID == "RS1"


def test_a_step_ends_with_every_series_and_image(department, play):
    play()

    (uid,) = department.created
    step = department.changed[uid]
    listed = [
        str(one.ReferencedSOPInstanceUID)
        for series in step.PerformedSeriesSequence
        for one in series.ReferencedImageSequence
    ]
    assert listed == [str(image.SOPInstanceUID) for image in department.stored]
    assert all(one.ProtocolName and one.SeriesInstanceUID for one in step.PerformedSeriesSequence)
    assert step.PerformedProcedureStepEndTime


def test_no_mpps(department, play):
    play("no-mpps")

    assert department.deeds == ["image", "image", "commit"]


def test_no_commitment(department, play):
    play("no-commitment")

    assert "commit" not in department.deeds


def test_late_images(department, play):
    play("late-images")

    assert department.deeds == ["begin", "end", "image", "image", "commit"]


def test_duplicate(department, play):
    play("duplicate")

    assert set(Counter(str(one.SOPInstanceUID) for one in department.stored).values()) == {2}


def test_a_lost_image_is_reported_and_not_safe(department, play):
    told = play("lost-image")

    (step,) = department.changed.values()
    listed = [one for series in step.PerformedSeriesSequence for one in series.SeriesInstanceUID]
    assert listed
    assert len(department.stored) == 1
    assert told[-1] == "  is told: 1 are safe, 1 are not (0112)"


def test_discontinued_with_and_without_a_reason(department, play):
    play("discontinued")
    play("no-reason", seed=8)

    with_reason, without = department.changed.values()
    assert ends(department) == ["DISCONTINUED", "DISCONTINUED"]
    (reason,) = with_reason.PerformedProcedureStepDiscontinuationReasonCodeSequence
    assert (reason.CodeValue, reason.CodingSchemeDesignator) == ("110515", "DCM")
    assert "PerformedProcedureStepDiscontinuationReasonCodeSequence" not in without
    assert len(department.stored) == 2  # one of two, twice


def test_never_ended(department, play):
    play("never-ended")

    assert department.changed == {}


def test_a_wrong_patient_that_nobody_notices(department, play):
    play("wrong-patient")

    assert {str(one.PatientID) for one in department.stored} == {"P5678"}


def test_a_wrong_entry_is_ended_as_such_and_the_right_one_performed(department, play):
    play("wrong-entry")

    wrong, right = department.changed.values()
    assert ends(department) == ["DISCONTINUED", "COMPLETED"]
    (reason,) = wrong.PerformedProcedureStepDiscontinuationReasonCodeSequence
    assert reason.CodeValue == "110514"
    assert {str(one.PatientID) for one in department.stored} == {"P1234"}
    assert right.PerformedSeriesSequence


def test_an_unscheduled_patient_has_a_study_and_no_order(department, play):
    play("unscheduled")

    (step,) = department.created.values()
    part = step.ScheduledStepAttributesSequence[0]
    assert part.StudyInstanceUID
    assert (part.AccessionNumber, part.ScheduledProcedureStepID) == ("", "")
    assert "RequestAttributesSequence" not in department.stored[0]


def test_a_mistyped_number_is_only_in_the_images(department, play):
    play("mistyped")

    (step,) = department.created.values()
    assert step.PatientID == "P1234"
    assert {str(one.PatientID) for one in department.stored} == {"P1243"}


@pytest.mark.parametrize(
    ("number", "typed"), [("1234", "1243"), ("1233", "1323"), ("11", "110"), ("", "0")]
)
def test_digits_are_exchanged(number, typed):
    assert mistyped(number) == typed


def test_a_report_that_never_comes_is_said(department, play):
    assert "is told nothing" in play(listens=False)[-1]


def test_an_answer_that_is_no_success_is_said_and_the_play_goes_on(department, play):
    department.step_status = 0x0110

    told = play()

    assert any("answered 0110" in one for one in told)
    assert "image" in department.deeds


def test_the_same_seed_plays_the_same(department, play):
    play(seed=3)
    first = set(department.created)
    play(seed=3)
    assert set(department.created) == first
    play(seed=4)
    assert set(department.created) != first


def test_every_fault_changes_something():
    assert all(with_faults([name]) != with_faults([]) for name in FAULTS)


def test_a_procedure_it_cannot_draw_becomes_what_is_usual():
    odd = Entry(entry("S9", "P1", code="DX-ELBOW"))

    assert odd.code == "DX-CHEST"
    assert performed(odd, "DX01").side == "L"


def test_a_query_can_be_made_without_any_table():
    assert question("CT01", "CT", dt.date(2026, 7, 5))


def test_the_command_plays_one_examination(department, play, capsys):
    address = {"host": "127.0.0.1", "port": department.port}
    department.report_port = 0

    call_command("play_modality", "DX01", speed=0, listen_port=0, patience=0, seed=1, **address)

    told = capsys.readouterr().out
    assert "2 to do" in told
    assert "ends: completed" in told
    assert len(department.stored) == 2


def test_a_day_is_played_until_somebody_switches_the_scanner_off(
    department, play, capsys, monkeypatch
):
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 2:
            raise KeyboardInterrupt  # somebody switches it off

    monkeypatch.setattr(Command, "pause", staticmethod(pause))
    address = {"host": "127.0.0.1", "port": department.port}
    department.report_port, department.step_status = 0, 0x0110

    call_command(
        "play_modality",
        "DX01",
        all_day=True,
        fault=["no-commitment"],
        speed=0,
        listen_port=0,
        patience=0,
        seed=2,
        **address,
    )

    told = capsys.readouterr().out
    assert told.count("ends: completed") == 2
    assert {str(one.PatientID) for one in department.stored} == {"P1234", "P5678"}
    assert pauses == [1.0] * 3  # nothing is left, and it looks again
    assert "switched off" in told


def test_a_day_goes_on_when_nothing_answers(capsys, monkeypatch):
    def pause(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Command, "pause", staticmethod(pause))

    call_command("play_modality", "DX01", all_day=True, host="127.0.0.1", port=1, listen_port=0)

    assert "does not answer" in capsys.readouterr().out


def test_the_command_says_what_it_cannot_do(department):
    with pytest.raises(CommandError, match="does not answer"):
        call_command("play_modality", "DX01", host="127.0.0.1", port=1, listen_port=0)
    with pytest.raises(CommandError, match="Say what"):
        call_command("play_modality", "ROOM7", host="127.0.0.1", port=1, listen_port=0)


def test_a_department_that_refuses_quickly_is_told_from_one_that_is_away(monkeypatch):
    look_late(monkeypatch)

    with machine([WORKLIST], require_calling_aet=["SOMEBODY"]) as other:
        scanner = Scanner("DX01", "127.0.0.1", port_of(other), "OTHER")
        with pytest.raises(Silence, match="refuses the association"):
            scanner.worklist(question("DX01", "DX", dt.date(2026, 11, 29)))
