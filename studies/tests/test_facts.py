"""What is read from a file: against pydicom, against the standard's examples, against damage."""

import datetime as dt
import json
import math
import warnings
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.sequence import Sequence

from studies.dicom import facts_of, open_object
from studies.dicom import values as v
from studies.dicom.text import charset_of
from studies.facts import InstanceFacts, Kind, NotUsable
from studies.tests.made_objects import an_image, ramp, saved
from studies.tests.sample_files import listed

PIXELS = {"7FE00010", "7FE00008", "7FE00009", "7FE00001", "7FE00002", "FFFCFFFC"}

# (file, element): where this reader says more than pydicom's JSON writer does, and is right.
WE_KNOW_BETTER = {
    ("charset/chrGB2312.dcm", "00100010"),  # pydicom leaves the escape sequences in the name
    ("misc/fo_GH1301.dcm", "00100040"),  # Chinese in Patient's Sex: shown as unreadable
    ("misc/fo_RI6XDosiGap.dcm", "50003000"),  # "OB or OW" is not a VR
}

NAMES = {
    "charset/chrArab.dcm": "قباني^لنزار",
    "charset/chrFren.dcm": "Buc^Jérôme",
    "charset/chrGB2312.dcm": "Zhang^XiaoDong=张^小东",
    "charset/chrGerm.dcm": "Äneas^Rüdiger",
    "charset/chrGreek.dcm": "Διονυσιος",
    "charset/chrH31.dcm": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "charset/chrH32.dcm": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    "charset/chrHbrw.dcm": "שרון^דבורה",
    "charset/chrI2.dcm": "Hong^Gildong=洪^吉洞=홍^길동",
    "charset/chrJapMulti.dcm": "やまだ^たろう",
    "charset/chrJapMultiExplicitIR6.dcm": "やまだ^たろう",
    "charset/chrKoreanMulti.dcm": "김희중",
    "charset/chrRuss.dcm": "Люкceмбypг",
    "charset/chrX1.dcm": "Wang^XiaoDong=王^小東",
    "charset/chrX2.dcm": "Wang^XiaoDong=王^小东",
    "made/charset/five_components.dcm": "Doe^Jane Mary^Q.^Dr.^Jr.",
    "made/charset/gb18030.dcm": "Wang^Wu=王^五",
    "made/charset/utf8_polish.dcm": "Żółć^Łucja",
}

KINDS = {
    "made/derived/gsps.dcm": Kind.PRESENTATION,
    "made/derived/key_objects.dcm": Kind.KEY_OBJECTS,
    "made/derived/seg_bone.dcm": Kind.SEGMENTATION,
    "made/derived/sr_tid1500.dcm": Kind.REPORT,
    "made/document/pdf_2_pages.dcm": Kind.PDF,
    "made/video/h264.dcm": Kind.VIDEO,
    "made/waveform/ecg_12_leads.dcm": Kind.WAVEFORM,
    "pydicom/rtplan.dcm": Kind.PLAN,
    "pydicom/rtdose.dcm": Kind.IMAGE,
    "pydicom/CT_small.dcm": Kind.IMAGE,
    "seg/sr-example__rwvm.dcm": Kind.OTHER,
}


# ── against pydicom ──────────────────────────────────────────────────────────────────────────────


def plain(value: Any) -> Any:
    """A JSON value without what makes no difference: padding, 1 against 1.0, empty groups."""
    if isinstance(value, str):
        return value.strip(" \0") or None
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {group: text.strip() for group, text in value.items() if text.strip()} or None
    return value


def differences(ours: dict[str, Any], theirs: dict[str, Any], path: str = "") -> list[str]:
    found: list[str] = []
    for key in sorted((ours.keys() | theirs.keys()) - PIXELS):
        if key.endswith("0000") or (path and key == "00080005"):
            continue
        a, b = ours.get(key, {"vr": "-"}), theirs.get(key, {"vr": "-"})
        if a["vr"] != b["vr"]:
            found.append(path + key)
        elif a["vr"] == "SQ":
            pairs = zip(a.get("Value", []), b.get("Value", []), strict=True)
            for index, (mine, other) in enumerate(pairs):
                found += differences(mine, other or {}, f"{path}{key}/{index}/")
        elif "BulkDataURI" not in a and not same_values(a, b):
            found.append(path + key)
    return found


def same_values(a: dict[str, Any], b: dict[str, Any]) -> bool:
    if "InlineBinary" in a or "InlineBinary" in b:
        return a.get("InlineBinary") == b.get("InlineBinary")
    mine, other = ([plain(value) for value in side.get("Value", [])] for side in (a, b))
    return mine == other or not (any(mine) or any(other))


@pytest.mark.slow
def test_every_element_of_every_sample_reads_as_pydicom_reads_it(samples):
    wrong: list[tuple[str, str]] = []
    for name in listed(samples, "accept"):
        try:
            ours = open_object(samples / name).elements
        except NotUsable:
            continue  # directories of media
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = pydicom.dcmread(samples / name, force=True).to_json_dict(
                bulk_data_threshold=1 << 40, suppress_invalid_tags=True
            )
        # Its JSON writer drops elements that it cannot convert: nothing to compare there.
        comparable = [path for path in differences(ours, theirs) if path in theirs or "/" in path]
        wrong += [(name, path) for path in comparable]

    assert [pair for pair in wrong if pair not in WE_KNOW_BETTER] == []


def test_the_frames_of_the_layout_are_the_frames_pydicom_finds(samples):
    compared = 0
    for name in listed(samples, "accept"):
        try:
            facts = facts_of(samples / name)
        except NotUsable:
            continue
        if not facts.pixel_layout or "stream" in facts.pixel_layout:
            continue
        whole = (samples / name).read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(samples / name, force=True)
            assert frames_by_layout(whole, facts) == frames_by_pydicom(dataset, facts), name
        compared += 1

    assert compared > 250


def frames_by_layout(whole: bytes, facts: InstanceFacts) -> list[bytes]:
    layout = facts.pixel_layout or {}
    if "frames" in layout:
        return [b"".join(whole[at : at + n] for at, n in frame) for frame in layout["frames"]]
    size, start = layout["frame_size"], layout["offset"]
    return [whole[start + size * n : start + size * (n + 1)] for n in range(facts.frames)]


def frames_by_pydicom(dataset: Dataset, facts: InstanceFacts) -> list[bytes]:
    keyword = next(
        name for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData") if name in dataset
    )
    value = dataset[keyword].value
    if "frames" in (facts.pixel_layout or {}):
        extended = None
        if "ExtendedOffsetTable" in dataset:
            extended = (dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths)
        return list(
            generate_frames(value, number_of_frames=facts.frames, extended_offsets=extended)
        )
    size = (facts.pixel_layout or {})["frame_size"]
    return [value[size * n : size * (n + 1)] for n in range(facts.frames)]


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_names_read_right_in_every_character_set(samples, name, expected):
    assert facts_of(samples / name).patient.dicom_name == expected


def test_an_item_may_speak_another_character_set_than_its_object(samples):
    for name in ("charset/chrSQEncoding.dcm", "charset/chrSQEncoding1.dcm"):
        code = v.item(open_object(samples / name).elements, "00321064")

        assert v.name_groups(code, "00100010") == ("ﾔﾏﾀﾞ^ﾀﾛｳ", "山田^太郎", "やまだ^たろう")


def test_equals_sign_inside_a_two_byte_character_does_not_split_the_name():
    # 出口: the second byte of no character here, the first of 出, is the code of "=".
    japanese = charset_of(rb"\ISO 2022 IR 87")

    assert b"=" in "出口".encode("iso2022_jp")
    assert japanese.text("Deguchi=出口^春".encode("iso2022_jp"), is_name=True) == "Deguchi=出口^春"


@pytest.mark.parametrize(
    ("declared", "raw", "read"),
    [
        (b"ISO_IR 192", b"M\xfcller", "M\ufffdller"),  # says UTF-8, is Latin-1
        (b"ISO_IR 999", b"M\xfcller", "M\ufffdller"),  # no such set
        (b"", "Müller".encode(), "Müller"),  # nothing declared, UTF-8 it is
        (b"", b"M\xfcller", "Müller"),  # nothing declared: Latin-1
        (b"ISO_IR 100", b"M\xfcller", "Müller"),
        (b"iso-ir 100 ", b"M\xfcller", "Müller"),
        (b"ISO 2022 IR 87", b"\x1b$B", ""),  # an escape and nothing after
        (b"ISO_IR 100", b"a\x00b", "ab"),
    ],
)
def test_broken_text_is_shown_as_broken_and_never_raises(declared, raw, read):
    assert charset_of(declared).text(raw) == read


def test_undeclared_text_is_told_in_the_fault(tmp_path):
    dataset = an_image(ramp())
    dataset.add_new("StudyDescription", "LO", b"CT des Sch\xe4dels")
    facts = facts_of(saved(dataset, tmp_path / "a"))

    assert facts.study.description == "CT des Schädels"
    assert "character set" in facts.fault


def test_line_breaks_and_padding_do_not_reach_lists_and_logs(tmp_path):
    dataset = an_image(ramp(), PatientID=" P\n1\x1f ", StudyDescription="a\r\nb")

    facts = facts_of(saved(dataset, tmp_path / "a"))

    assert facts.patient.patient_id == "P 1"
    assert facts.study.description == "a  b"


# ── values ───────────────────────────────────────────────────────────────────────────────────────


def test_an_object_tells_whose_it_is_and_where_it_belongs(tmp_path):
    issuer = Dataset()
    issuer.LocalNamespaceEntityID = "RIS"
    other = Dataset()
    other.PatientID, other.IssuerOfPatientID = "X9", "ELSEWHERE"
    dataset = an_image(
        ramp(),
        PatientName="Meier^Anna",
        PatientID="4711",
        IssuerOfPatientID="IMAGING_DEPT",
        PatientBirthDate="19800229",
        PatientSex="F",
        OtherPatientIDsSequence=Sequence([other]),
        AccessionNumber="A26",
        IssuerOfAccessionNumberSequence=Sequence([issuer]),
        StudyDate="20261122",
        StudyTime="0815",
        TimezoneOffsetFromUTC="+0100",
        StudyID="S1",
        SeriesNumber="3",
        InstanceNumber="17",
        ImageLaterality="L",
        ReferringPhysicianName="Doc^Tor",
        AcquisitionDateTime="20261122081630.5",
        ImageType=["ORIGINAL", "PRIMARY"],
    )

    facts = facts_of(saved(dataset, tmp_path / "a"))

    assert (facts.patient.name_alphabetic, facts.patient.sex) == ("Meier^Anna", "F")
    assert facts.patient.birth_date == dt.date(1980, 2, 29)
    assert [(o.patient_id, o.issuer) for o in facts.patient.other_ids] == [("X9", "ELSEWHERE")]
    assert (facts.study.accession_number, facts.study.accession_issuer) == ("A26", "RIS")
    assert (facts.study.date, facts.study.time) == (dt.date(2026, 11, 22), dt.time(8, 15))
    assert facts.study.utc_offset_minutes == 60
    assert facts.study.referring_alphabetic == "Doc^Tor"
    assert (facts.series.number, facts.laterality, facts.number) == (3, "L", 17)
    zone = dt.timezone(dt.timedelta(hours=1))
    assert facts.acquired_at == dt.datetime(2026, 11, 22, 8, 16, 30, 500000, zone)
    assert (facts.rows, facts.columns, facts.frames) == (64, 64, 1)
    assert facts.image_type == ("ORIGINAL", "PRIMARY")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("081530.25", dt.time(8, 15, 30, 250000)),
        ("08", dt.time(8)),
        ("08:15:30", dt.time(8, 15, 30)),
        ("235960", dt.time(23, 59, 59)),
        ("25", None),
        ("x", None),
    ],
)
def test_times_in_every_length_are_read(text, read):
    assert v.as_time(text) == read


@pytest.mark.parametrize("text", ["", "2026", "20260231", "noon", "00000000"])
def test_dates_that_are_none_are_none(text):
    assert v.as_date(text) is None


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_kinds_are_told_apart(samples, name, kind):
    assert facts_of(samples / name).kind is kind


def test_facts_survive_a_journey_as_json(samples):
    for name in listed(samples, "accept"):
        try:
            facts = facts_of(samples / name)
        except NotUsable:
            continue

        assert InstanceFacts.from_plain(json.loads(json.dumps(facts.to_plain()))) == facts


def test_header_names_bulk_instead_of_carrying_it(samples):
    ecg = facts_of(samples / "made/waveform/ecg_12_leads.dcm")
    header = json.loads(ecg.header)
    [group] = header["54000100"]["Value"][:1]

    assert group["54001010"]["BulkDataURI"] == "bulkdata/54000100/0/54001010"
    assert json.loads(facts_of(samples / "pydicom/CT_small.dcm").header)["7FE00010"] == {
        "vr": "OW",
        "BulkDataURI": "frames",
    }


def test_header_has_no_group_lengths_and_no_meta_group(samples):
    for name in listed(samples, "accept")[::7]:
        try:
            header = json.loads(facts_of(samples / name).header)
        except NotUsable:
            continue

        assert not [tag for tag in header if tag.startswith("0002") or tag.endswith("0000")]
