"""Objects without identifiers get some; objects whose identifiers were lost do not."""

import json

import pytest
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import generate_uid

from studies.dicom import facts_of
from studies.facts import NotUsable
from studies.tests.made_objects import an_image, ramp

THREE = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def nobodys(*without, **attributes):
    """An image that names neither a patient nor an order, without these elements."""
    attributes = {"PatientID": "", "PatientName": "", **attributes}
    dataset = an_image(ramp(), **attributes)
    for keyword in without:
        delattr(dataset, keyword)
    return dataset


@pytest.fixture
def read(tmp_path):
    """`read(dataset)`: the facts of it as a file."""

    def facts(dataset, sop_uid=""):
        path = tmp_path / "object"
        path.write_bytes(written(dataset, sop_uid))
        return facts_of(path)

    return facts


def written(dataset, sop_uid=""):
    """The file, by hand: pydicom writes none whose meta group has no identifier."""
    stream = DicomBytesIO()
    stream.is_little_endian, stream.is_implicit_VR = True, False
    write_dataset(stream, dataset)
    named = meta_uid(3, sop_uid) if sop_uid else b""
    meta = named + meta_uid(0x10, "1.2.840.10008.1.2.1")
    return b"\0" * 128 + b"DICM" + meta + stream.getvalue()


def meta_uid(element, uid):
    """One UID of the file meta group."""
    raw = uid.encode() + b"\0" * (len(uid) % 2)
    return b"\x02\x00" + bytes([element, 0]) + b"UI" + len(raw).to_bytes(2, "little") + raw


def test_an_object_without_any_is_given_all_three_and_says_so(read):
    facts = read(nobodys(*THREE))

    uids = {facts.study.uid, facts.series.uid, facts.sop_uid}
    assert len(uids) == 3
    assert all(uid.startswith("2.25.") and len(uid) <= 44 for uid in uids)
    assert facts.fault == (
        "It came without some identifiers and was given them here: "
        "Study Instance UID, Series Instance UID, SOP Instance UID."
    )


def test_the_header_carries_what_was_given(read):
    facts = read(nobodys(*THREE))

    header = json.loads(facts.header)
    assert header["0020000D"] == {"vr": "UI", "Value": [facts.study.uid]}
    assert header["0020000E"] == {"vr": "UI", "Value": [facts.series.uid]}
    assert header["00080018"] == {"vr": "UI", "Value": [facts.sop_uid]}
    assert list(header) == sorted(header)


def test_the_same_object_always_gets_the_same_whatever_wraps_it(read):
    dataset = nobodys("StudyInstanceUID", "SeriesInstanceUID")

    first, again = read(dataset), read(dataset, sop_uid="2.25.99")

    assert (first.study.uid, first.series.uid) == (again.study.uid, again.series.uid)


def test_another_object_gets_others(read):
    dataset = nobodys(*THREE)
    first = read(dataset)
    dataset.InstanceNumber = 2

    assert read(dataset).sop_uid != first.sop_uid


def test_the_file_meta_information_is_asked_before_an_object_is_given_one(read):
    facts = read(nobodys("SOPInstanceUID"), sop_uid="2.25.99")

    assert facts.sop_uid == "2.25.99"
    assert facts.fault == ""
    assert json.loads(facts.header)["00080018"]["Value"] == ["2.25.99"]


def test_objects_of_one_series_stay_together_without_their_studys_identifier(read):
    series = generate_uid()
    one, two = (
        read(nobodys("StudyInstanceUID", SeriesInstanceUID=series, InstanceNumber=number))
        for number in (1, 2)
    )

    assert one.study.uid == two.study.uid
    assert one.series.uid == two.series.uid == series


def test_objects_of_one_study_without_series_are_one_series_a_modality_and_number(read):
    study = generate_uid()

    def series_of(**attributes):
        return read(nobodys("SeriesInstanceUID", StudyInstanceUID=study, **attributes)).series.uid

    assert series_of(InstanceNumber=1) == series_of(InstanceNumber=2)
    assert len({series_of(), series_of(Modality="SR"), series_of(SeriesNumber=2)}) == 3


@pytest.mark.parametrize("keyword", THREE)
@pytest.mark.parametrize("whose", ["PatientID", "PatientName", "AccessionNumber"])
def test_an_emptied_identifier_of_somebodys_object_is_refused(read, keyword, whose):
    with pytest.raises(NotUsable, match="is missing") as refusal:
        read(nobodys(**{keyword: "", whose: "X1"}))

    assert (refusal.value.code, refusal.value.refuse) == ("missing_uid", True)


@pytest.mark.parametrize("keyword", THREE)
def test_an_emptied_identifier_of_nobodys_object_is_given_anew(read, keyword):
    facts = read(nobodys(**{keyword: ""}))

    assert "given" in facts.fault


def test_a_file_that_ends_before_its_identifiers_was_cut(read):
    dataset = nobodys(*THREE)
    for element in list(dataset):
        if element.tag > 0x00200000:
            del dataset[element.tag]

    with pytest.raises(NotUsable, match="Study Instance UID is missing"):
        read(dataset, sop_uid="2.25.99")


def test_a_class_is_never_given(read):
    with pytest.raises(NotUsable, match="SOP Class UID is missing"):
        read(nobodys("SOPClassUID"))
