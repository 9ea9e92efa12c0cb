"""Whole objects in another uncompressed transfer syntax: every value and every pixel is kept."""

import struct
import subprocess
import warnings

import numpy as np
import pydicom
import pytest
from pydicom.uid import UID

from common.files import aside
from studies.dicom import open_object
from studies.dicom.opening import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT
from studies.facts import NotUsable
from studies.tests.made_objects import an_image, saved
from studies.tests.sample_files import listed
from studies.transcoding import aside_as, data_set_start, transcoded

IDENTITY = ("1.2.840.10008.5.1.4.1.1.7", "2.25.4711")
PIXEL_MODULE = {
    *("00280002", "00280004", "00280006", "00280100", "00280101", "00280102", "00282110"),
    *("00880200", "07A310CE"),  # compressed icons fall away
}
DIRECTORIES = "1.2.840.10008.1.3.10"
RLE = "1.2.840.10008.1.2.5"
JPEG = "1.2.840.10008.1.2.4."
DECOMPRESSORS = {
    **dict.fromkeys([JPEG + "50", JPEG + "51", JPEG + "53", JPEG + "57", JPEG + "70"], "dcmdjpeg"),
    **dict.fromkeys([JPEG + "80", JPEG + "81"], "dcmdjpls"),
    RLE: "dcmdrle",
}
# Damaged on purpose, or with pixels that nobody can take out; and what DCMTK decodes otherwise.
NOT_DECODED = {
    "made/video/h264.dcm",
    "misc/fo_multiframe.dcm",
    "pydicom/JPEG2000-embedded-sequence-delimiter.dcm",
}
DCMTK_DIFFERS = {
    "misc/fo_GH195.dcm",  # RGB by its header, YCbCr by its JFIF marker
    "misc/YBR_FULL-RLE.dcm",  # kept in planes
}


def headers_of(samples):
    """Every accepted sample that is an object, opened."""
    for name in listed(samples, "accept"):
        if "DICOMDIR" not in name:
            yield name, open_object(samples / name)


@pytest.mark.parametrize("target", [EXPLICIT, IMPLICIT])
def test_every_accepted_sample_keeps_every_value(samples, target):
    failed = set()
    for name, before in headers_of(samples):
        try:
            with aside_as(samples / name, target, IDENTITY) as place:
                after = open_object(place)
        except NotUsable:
            failed.add(name)
            continue

        assert after.transfer_syntax == target
        is_compressed = before.pixels is not None and before.pixels.fragments is not None
        changed = PIXEL_MODULE if is_compressed else set()
        is_vague = target == IMPLICIT or before.order == ">"
        assert difference(before, after, changed, is_vague=is_vague) == [], name
    assert failed == NOT_DECODED


def difference(before, after, changed, *, is_vague) -> list:
    """Attributes that are not what they were. What is vague tells less of private ones: implicit
    has no representation, and nobody knows how to turn unknown big-endian bytes."""
    return [
        (tag, before.elements.get(tag), after.elements.get(tag))
        for tag in before.elements.keys() | after.elements.keys()
        if tag not in changed
        and not tag.startswith("FFFE")
        and not (is_vague and _is_unsure(before.elements.get(tag), after.elements.get(tag), tag))
        and not _is_same(before.elements.get(tag), after.elements.get(tag))
    ]


def _is_unsure(before, after, tag) -> bool:
    if int(tag[:4], 16) % 2:
        return True
    return before is not None and after is not None and before["vr"] != after["vr"]


def _is_same(before, after) -> bool:
    if before is None or after is None:
        return before == after
    if before["vr"] == "SQ":
        return len(before.get("Value", [])) == len(after.get("Value", []))
    if "BulkDataURI" in before:
        return before["BulkDataURI"] == after.get("BulkDataURI")
    return before.get("Value") == after.get("Value")


@pytest.mark.interop
def test_pixels_are_those_that_dcmtk_decodes(samples, tmp_path, dcmtk):
    compared = 0
    for name, header in headers_of(samples):
        tool = DECOMPRESSORS.get(header.transfer_syntax)
        if tool is None or name in NOT_DECODED | DCMTK_DIFFERS:
            continue
        theirs = decompressed(dcmtk(tool), samples / name, tmp_path / "theirs.dcm")
        if theirs is None:
            continue  # DCMTK does not read that one
        with aside_as(samples / name, EXPLICIT, IDENTITY) as place:
            ours = read(place)

        assert ours.PhotometricInterpretation == theirs.PhotometricInterpretation, name
        assert ours.get("LossyImageCompression") == theirs.get("LossyImageCompression"), name
        assert ours.PixelData.rstrip(b"\0") == theirs.PixelData.rstrip(b"\0"), name
        compared += 1
    assert compared > 30


def read(place):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some samples are odd on purpose
        return pydicom.dcmread(place, force=True)


def decompressed(program, path, place):
    subprocess.run([program, str(path), str(place)], check=False, capture_output=True, timeout=60)
    if not place.exists():
        return None
    made = read(place)
    place.unlink()
    is_plain = not made.file_meta.TransferSyntaxUID.is_compressed and "PixelData" in made
    return made if is_plain else None


def test_the_very_slice_comes_out_of_every_lossless_syntax(samples):
    def pixels(syntax: str) -> bytes:
        with aside_as(samples / f"syntax/ct_{syntax}.dcm", EXPLICIT, IDENTITY) as place:
            return pydicom.dcmread(place).PixelData

    reference = pixels(IMPLICIT)

    for syntax in (DEFLATED, BIG_ENDIAN, RLE, *(JPEG + one for one in ("57", "70", "80", "90"))):
        assert pixels(syntax) == reference, syntax


def test_what_is_written_is_announced_to_the_byte(samples):
    for name in ("us/palette_rle_no_spacing.dcm", f"syntax/ct_{DEFLATED}.dcm"):
        made = transcoded(samples / name, EXPLICIT)

        assert sum(map(len, made.pieces())) == made.size


def test_single_bits_follow_one_another_without_gaps(tmp_path):
    """Three frames of 3 × 3 bits: 27 bits, four bytes (PS3.5 8.1.1)."""
    frames = np.array([[1, 0, 1, 1, 0, 0, 1, 0, 1], [0, 1] * 4 + [0], [1] * 9], np.uint8)
    image = an_image(np.zeros((3, 3), np.uint8))
    image.Rows = image.Columns = 3
    image.NumberOfFrames = 3
    image.BitsAllocated = image.BitsStored = 1
    image.HighBit = 0
    image.PixelData = np.packbits(frames.reshape(-1), bitorder="little").tobytes()
    native = saved(image, tmp_path / "native.dcm")
    path = rle_of_bits(native, frames, tmp_path / "rle.dcm")

    made = b"".join(transcoded(path, EXPLICIT).pieces())

    assert made.endswith(np.packbits(frames.reshape(-1), bitorder="little").tobytes())


def rle_of_bits(native, frames, place):
    """The same, each frame a run of literal bytes (PS3.5 annex G)."""
    image = pydicom.dcmread(native)
    fragments = []
    for frame in frames:
        packed = np.packbits(frame, bitorder="little").tobytes()
        segment = bytes([len(packed) - 1]) + packed
        fragments.append(struct.pack("<16I", 1, 64, *[0] * 14) + segment + b"\0")
    image.PixelData = pydicom.encaps.encapsulate(fragments)
    image["PixelData"].is_undefined_length = True
    image.file_meta.TransferSyntaxUID = UID(RLE)
    image.save_as(place)
    return place


def test_a_value_too_long_for_its_representation_becomes_unknown_not_short(tmp_path):
    image = an_image(np.zeros((4, 4), np.uint8))
    image.add_new(0x00102000, "LO", "ab\\" * 26_666 + "ab")  # as implicit can, explicit cannot
    path = saved(image, tmp_path / "long.dcm", IMPLICIT)

    with aside_as(path, EXPLICIT, IDENTITY) as place:
        element = pydicom.dcmread(place).get_item(0x00102000)

    assert (element.VR, len(element.value)) == ("UN", 80_000)


def test_another_target_is_refused(samples):
    with pytest.raises(NotUsable, match="not made here"):
        transcoded(samples / f"syntax/ct_{RLE}.dcm", JPEG + "70")


def test_nothing_stays_behind_when_it_fails(samples):
    with pytest.raises(NotUsable), aside_as(samples / "misc/fo_multiframe.dcm", EXPLICIT, IDENTITY):
        pass

    assert not list(aside().parent.iterdir())


def test_the_data_set_of_a_file_is_found_however_it_is_wrapped(samples):
    path = samples / f"syntax/ct_{RLE}.dcm"
    start = data_set_start(path)

    assert path.read_bytes()[start : start + 2] == b"\x08\x00"
