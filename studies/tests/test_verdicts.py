"""What is refused, with which code and sentence; and that damage never gives anything else."""

import json
import random
import warnings
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from studies.dicom import facts_of
from studies.dicom.reader import MAX_DEPTH
from studies.facts import NotUsable
from studies.tests.made_objects import an_image, compressed, ramp, saved
from studies.tests.sample_files import listed

VERDICTS = {
    "bad_made/notdicom/empty.dcm": "empty",
    "bad_made/notdicom/picture.png": "not_dicom",
    "bad_made/notdicom/picture_named.dcm": "not_dicom",
    "bad_made/notdicom/letter.pdf": "not_dicom",
    "bad_made/truncated/half_pixels.dcm": "truncated",
    "bad_made/truncated/in_header.dcm": "truncated",
    "bad_made/length/huge_element.dcm": "truncated",
    "bad_made/length/sq_no_delimiter.dcm": "truncated",
    "bad_made/nesting/depth_120.dcm": "too_deep",
    "bad_made/uid/path_in_sop_uid.dcm": "bad_uid",
    "bad_made/uid/no_study_uid.dcm": "missing_uid",
    "bad_made/media/climbing/DICOMDIR": "climbs",
    "media/DICOMDIR": "media_directory",
    "media/DICOMDIR-nooffset": "media_directory",
    "pydicom/MR_truncated.dcm": "truncated",
    "pydicom/rtplan_truncated.dcm": "truncated",
    "bad_real/dcm4che_3gb-bulk-data-truncated": "truncated",
}


@pytest.mark.parametrize(("name", "code"), VERDICTS.items())
def test_what_cannot_be_filed_is_refused_with_a_sentence(samples, name, code):
    with pytest.raises(NotUsable) as refusal:
        facts_of(samples / name)

    assert refusal.value.code == code
    assert refusal.value.refuse
    assert refusal.value.sentence.endswith(".")


def test_half_an_image_is_told_in_numbers(samples):
    with pytest.raises(NotUsable, match=r"4,096 of 8,192 bytes"):
        facts_of(samples / "bad_made/truncated/half_pixels.dcm")


def test_everything_to_be_accepted_gives_facts_but_directories_of_media(samples):
    refused = {}
    for name in listed(samples, "accept"):
        try:
            facts_of(samples / name)
        except NotUsable as why:
            refused[name] = why.code

    assert set(refused.values()) == {"media_directory"}
    assert all("DICOMDIR" in name for name in refused)


@pytest.mark.parametrize("uid", ["1.2/../../x", "1.2.3 4", "a", "1..2", ".1", "1" * 65])
def test_identifiers_that_could_be_a_path_are_refused(tmp_path, uid):
    dataset = an_image(ramp())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset.StudyInstanceUID = uid
        path = saved(dataset, tmp_path / "a")

    with pytest.raises(NotUsable) as refusal:
        facts_of(path)
    assert refusal.value.code == "bad_uid"


def test_an_object_without_preamble_is_read(samples):
    facts = facts_of(samples / "misc/fo_CR-MONO1-10-chest")

    assert (facts.rows, facts.photometric) == (440, "MONOCHROME1")


def test_sequences_may_lie_deep_but_not_without_end(tmp_path):
    def nested(depth: int) -> Path:
        dataset = an_image(ramp())
        inner = dataset
        for _ in range(depth):
            item = Dataset()
            inner.ContentSequence = Sequence([item])
            inner = item
        return saved(dataset, tmp_path / str(depth))

    assert facts_of(nested(MAX_DEPTH - 2)).rows == 64
    with pytest.raises(NotUsable) as refusal:
        facts_of(nested(MAX_DEPTH + 2))
    assert refusal.value.code == "too_deep"


def test_pixel_data_in_one_fragment_too_few_is_truncated(tmp_path):
    dataset = an_image(ramp(), NumberOfFrames="3")
    path = saved(
        compressed(dataset, [b"\xff\xd8a\0", b"\xff\xd8b\0", b"\xff\xd8c\0"]),
        tmp_path / "a",
        "1.2.840.10008.1.2.4.50",
    )
    whole = path.read_bytes()
    path.write_bytes(whole[: -(8 + 12)])  # the last fragment and the end mark

    with pytest.raises(NotUsable) as refusal:
        facts_of(path)
    assert refusal.value.code == "truncated"


def test_a_file_cut_anywhere_is_answered(samples, tmp_path):
    whole = (samples / "pydicom/CT_small.dcm").read_bytes()
    cut = tmp_path / "cut"
    for length in range(0, len(whole) - 134, 131):  # beyond lies padding that may be missing
        cut.write_bytes(whole[:length])
        try:
            facts_of(cut)
        except NotUsable:
            continue
        # Nothing but the pixel data may be gone without being noticed: it lies after the rest.
        assert length > 6000


@pytest.mark.parametrize(
    "name", ["pydicom/CT_small.dcm", "pydicom/test-SR.dcm", "pydicom/rtplan.dcm"]
)
def test_damaged_bytes_give_facts_or_a_sentence_and_nothing_else(samples, tmp_path, name):
    whole = (samples / name).read_bytes()
    chance = random.Random(name)  # noqa: S311 - damage, not secrets
    for turn in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = tmp_path / f"{turn}"
        path.write_bytes(damaged)
        assert answered(path)


def answered(path: Path) -> str:
    """The facts as JSON, or the sentence of the refusal; anything else raised fails the test."""
    try:
        return json.dumps(facts_of(path).to_plain())
    except NotUsable as why:
        return why.sentence
