"""Real programs of another maker (DCMTK) against the listener."""

import datetime as dt
import os
import re
import shutil
import subprocess
from pathlib import Path

import pydicom
import pytest
from django.utils import timezone

from common.files import absolute
from equipment.models import Device
from studies.models import IncomingFile
from worklist.tests.asking import NAMES
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = [pytest.mark.interop, pytest.mark.usefixtures("test_node", "scanner")]
CALLED = ["-aec", "IMAGING_DEPT"]
UNCOMPRESSED_CT = "syntax/ct_1.2.840.10008.1.2.dcm"


@pytest.fixture
def dcmtk(listener):
    """`dcmtk("echoscu", …)`: run one of the programs against the listener."""

    def run(program: str, *words: str, calling: str = "TEST_SCU"):
        path = shutil.which(program)
        if path is None:
            pytest.skip("DCMTK is not installed: apt-get install dcmtk")
        return subprocess.run(
            [path, "-aet", calling, *CALLED, "127.0.0.1", str(listener.port), *words],
            check=False,
            capture_output=True,
            timeout=60,
            env=os.environ | {"TCP_NODELAY": "1"},
        )

    return run


def test_echoscu_is_answered(dcmtk):
    assert dcmtk("echoscu", "-v").returncode == 0


def test_echoscu_by_a_stranger_is_told_that_it_is_one(dcmtk):
    refused = dcmtk("echoscu", "-v", calling="STRANGER")

    assert refused.returncode != 0
    assert b"Calling AE Title Not Recognized" in refused.stderr


def test_storescu_sends_and_the_object_is_kept(dcmtk, samples):
    path = samples / UNCOMPRESSED_CT

    assert dcmtk("storescu", "-v", str(path)).returncode == 0

    incoming = IncomingFile.objects.get()
    sent, kept = pydicom.dcmread(path), pydicom.dcmread(absolute(incoming.path))
    assert (kept.SOPInstanceUID, list(kept.keys())) == (sent.SOPInstanceUID, list(sent.keys()))
    assert kept.PixelData == sent.PixelData
    assert incoming.sender == "TEST_SCU"


SYNTAXES = {"-xs": "4.70", "-xt": "4.80", "-xv": "4.90", "-xr": "5", "-xb": "2", "-xd": "1.99"}


@pytest.mark.parametrize(("option", "tail"), SYNTAXES.items(), ids=SYNTAXES)
def test_what_storescu_sends_is_kept_in_its_own_syntax(dcmtk, samples, option, tail):
    syntax = f"1.2.840.10008.1.2.{tail}"

    sent = dcmtk("storescu", "-v", option, str(samples / f"syntax/ct_{syntax}.dcm"))

    assert sent.returncode == 0, sent.stderr.decode()
    assert IncomingFile.objects.get().transfer_syntax == syntax


def test_dcmsend_sends_a_whole_folder(dcmtk, samples):
    folder = samples / "volume_mr_adc"
    files = [one for one in folder.rglob("*") if one.is_file()]

    sent = dcmtk("dcmsend", "-v", "--scan-directories", "--recurse", str(folder))

    assert sent.returncode == 0, sent.stderr.decode()
    assert IncomingFile.objects.count() == len(files)


def found_by_findscu(dcmtk, tmp_path: Path, *keys: str, calling: str = "CT01"):
    """The answers of `findscu -W`, read back from the files that it writes."""
    words = [word for key in keys for word in ("-k", key)]
    asked = dcmtk("findscu", "-W", "-X", "-od", str(tmp_path), *words, calling=calling)
    assert asked.returncode == 0, asked.stderr.decode()
    return [pydicom.dcmread(one) for one in sorted(tmp_path.glob("rsp*.dcm"))]


TODAY = "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate"
STEP_ID = "ScheduledProcedureStepSequence[0].ScheduledProcedureStepID"
CHARACTER_SETS = {
    "japanese": "\\ISO 2022 IR 87",
    "korean": "\\ISO 2022 IR 149",
    "greek": "ISO_IR 126",
    "arabic": "ISO_IR 127",
    "cyrillic": "ISO_IR 144",
    "hebrew": "ISO_IR 138",
    "thai": "ISO_IR 166",
    "chinese": "GB18030",
    "french": "ISO_IR 100",
    "german": "ISO_IR 100",
    "turkish": "ISO_IR 148",
    "polish": "ISO_IR 101",
}


def patient_named(who: str) -> tuple[dict[str, str], str]:
    """Factory words for one of the names, and the whole name as DICOM writes it."""
    alphabetic, others = NAMES[who]
    ideographic, _, phonetic = others.partition("=")
    words = {
        "order__patient__name_alphabetic": alphabetic,
        "order__patient__name_ideographic": ideographic,
        "order__patient__name_phonetic": phonetic,
    }
    return words, "=".join([alphabetic, ideographic, phonetic]).rstrip("=")


@pytest.mark.parametrize("unicode", [False, True], ids=["own set", "UTF-8"])
@pytest.mark.parametrize(("who", "character_set"), CHARACTER_SETS.items(), ids=CHARACTER_SETS)
def test_findscu_gets_todays_steps_in_the_scanners_letters(
    dcmtk, tmp_path, scanner, who, character_set, unicode
):
    words, whole = patient_named(who)
    wanted = "ISO_IR 192" if unicode else character_set
    Device.objects.filter(pk=scanner.pk).update(character_set=wanted)
    step = ScheduledProcedureFactory.create(device=scanner, **words)
    ScheduledProcedureFactory.create(device=scanner, scheduled_start=timezone.now().replace(2020))
    ScheduledProcedureFactory.create()

    today = timezone.localdate().strftime("%Y%m%d")
    (answer,) = found_by_findscu(dcmtk, tmp_path, "PatientName", f"{TODAY}={today}", STEP_ID)

    assert answer.ScheduledProcedureStepSequence[0].ScheduledProcedureStepID == step.step_id
    assert str(answer.PatientName) == whole
    said = answer[0x00080005].value
    assert ("\\".join(said) if not isinstance(said, str) else said) == wanted


STEP = "ScheduledProcedureStepSequence[0]."
AS_SCANNERS_ASK = [
    *("AccessionNumber", "PatientID", "PatientName=MUELL*", "StudyInstanceUID"),
    "ReferencedStudySequence[0].ReferencedSOPClassUID",
    "RequestedProcedureCodeSequence[0].CodeValue",
    "RequestedProcedureCodeSequence[0].CodingSchemeVersion",
    f"{STEP}Modality=CT\\\\MR",
    f"{STEP}ScheduledStationAETitle=CT01",
    f"{STEP}ScheduledProcedureStepStartDate=20260705-20260706",
    f"{STEP}ScheduledProcedureStepStartTime=1000-0900",
    f"{STEP}ScheduledProtocolCodeSequence[0].CodeValue=CT*",
    f"{STEP}ScheduledProcedureStepID",
    f"{STEP}ScheduledProcedureStepStatus",
]


def test_findscu_asks_as_scanners_do_with_everything_at_once(dcmtk, tmp_path, scanner):
    """A list, a wild card, sequences, and days and hours as one interval."""
    Device.objects.update(shows_on_hold=True)
    moments = {"EARLY": (5, 9), "FIRST": (5, 11), "HELD": (6, 8), "LATE": (6, 12)}
    for step_id, (day, hour) in moments.items():
        ScheduledProcedureFactory.create(
            device=scanner,
            step_id=step_id,
            order__patient__name_alphabetic="Muellner^Anna",
            scheduled_start=dt.datetime(2026, 7, day, hour, tzinfo=timezone.get_default_timezone()),
            status="ON_HOLD" if step_id == "HELD" else "ARRIVED",
        )

    answers = found_by_findscu(dcmtk, tmp_path, *AS_SCANNERS_ASK)

    items = [answer.ScheduledProcedureStepSequence[0] for answer in answers]
    assert [one.ScheduledProcedureStepID for one in items] == ["FIRST", "HELD"]
    assert [one.ScheduledProcedureStepStatus for one in items] == ["ARRIVED", "SCHEDULED"]
    assert all(one.Modality == "CT" for one in items)
    asked = {word.partition("=")[0].partition("[")[0] for word in AS_SCANNERS_ASK}
    told = {one.keyword for one in answers[0] if one.tag.group > 2}
    assert told - {"SpecificCharacterSet"} == asked


def test_findscu_breaks_a_query_off(dcmtk, scanner):
    for _ in range(60):
        ScheduledProcedureFactory.create(device=scanner)

    words = ("findscu", "-W", "-v", "--cancel", "5", "-k", "PatientName")
    broken_off = dcmtk(*words, calling="CT01")

    said = (broken_off.stdout + broken_off.stderr).decode(errors="replace")
    assert "Sending Cancel Request" in said
    # A short list may be out before it is heard: that ends well too.
    assert re.search(r"Received Final Find Response \((Cancel|Success)", said), said
    assert broken_off.returncode == 0


SAMPLES = ["Arab", "Fren", "Germ", "Greek", "H31", "H32", "Hbrw", "I2", "Russ", "X1", "X2"]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_name_of_every_character_set_sample_is_listed_and_found(
    dcmtk, tmp_path, samples, scanner, name
):
    sample = pydicom.dcmread(samples / f"charset/chr{name}.dcm", stop_before_pixels=True)
    groups = [*str(sample.PatientName).split("="), "", ""]
    character_set = sample[0x00080005].value
    terms = "\\".join(character_set) if not isinstance(character_set, str) else character_set
    Device.objects.filter(pk=scanner.pk).update(character_set=terms)
    step = ScheduledProcedureFactory.create(
        device=scanner,
        order__patient__name_alphabetic=groups[0],
        order__patient__name_ideographic=groups[1],
        order__patient__name_phonetic=groups[2],
    )
    family = groups[0].split("^")[0]

    by_anything = found_by_findscu(dcmtk, tmp_path, "PatientName", STEP_ID)
    by_name = found_by_findscu(
        dcmtk, tmp_path, "SpecificCharacterSet=ISO_IR 192", f"PatientName={family}*", STEP_ID
    )

    for (answer,) in (by_anything, by_name):
        assert str(answer.PatientName) == str(sample.PatientName)
        assert answer.ScheduledProcedureStepSequence[0].ScheduledProcedureStepID == step.step_id
