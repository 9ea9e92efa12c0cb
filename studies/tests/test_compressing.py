"""Objects compressed without loss on request: others decode what was stored, or it is not done."""

import subprocess

import numpy as np
import pydicom
import pytest
from pydicom.pixels.utils import pixel_array

from studies import limited
from studies.dicom import open_object
from studies.dicom.encapsulation import JPEG_2000_LOSSLESS, JPEG_LS_LOSSLESS, LOSSLESS, RLE
from studies.dicom.opening import EXPLICIT, IMPLICIT
from studies.facts import NotUsable
from studies.tests.made_objects import an_image, ramp, saved
from studies.tests.sample_files import listed
from studies.tests.test_transcoding import IDENTITY, PIXEL_MODULE, difference
from studies.transcoding import aside_as, transcoded

# None of them is the code that compresses here.
OTHERS = {RLE: "pydicom", JPEG_LS_LOSSLESS: "gdcm", JPEG_2000_LOSSLESS: "gdcm"}
DECOMPRESSORS = {RLE: "dcmdrle", JPEG_LS_LOSSLESS: "dcmdjpls"}
# Of samples that are compressed in a test: JPEG-LS has no room for less, more takes long.
PIXELS = range(64, 2_000_000)

SEED = 4711
PALETTE = {
    f"{colour}PaletteColorLookupTable{what}": value
    for colour in ("Red", "Green", "Blue")
    for what, value in (("Descriptor", [256, 0, 8]), ("Data", bytes(range(256))))
}


def noise(bits, *, signed=False, shape=(48, 40)):
    """Every value that so many bits can have may come up, the outermost surely do."""
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    kind = ("i" if signed else "u") + ("1" if bits <= 8 else "2")
    made = np.random.default_rng(SEED).integers(low, high, shape, kind, endpoint=True)
    made.flat[:2] = low, high
    return made


def stored(bits):
    return {"BitsStored": bits, "HighBit": bits - 1}


IMAGES = {
    "8 bits": (noise(8), {}),
    "8 bits signed": (noise(8, signed=True), {}),
    "5 of 8 bits": (noise(5), stored(5)),
    "odd rows and columns": (noise(8, shape=(33, 37)), {}),
    "12 of 16 bits": (noise(12), stored(12)),
    "12 of 16 bits signed": (noise(12, signed=True), stored(12)),
    "8 of 16 bits": (noise(8).astype("u2"), stored(8)),
    "16 bits": (noise(16), {}),
    "16 bits signed": (noise(16, signed=True), {}),
    "inverted": (noise(16), {"PhotometricInterpretation": "MONOCHROME1"}),
    "three frames": (noise(12, shape=(3, 48, 40)), {"NumberOfFrames": 3, **stored(12)}),
    "colour": (noise(8, shape=(48, 40, 3)), {"PhotometricInterpretation": "RGB"}),
    "colour, two frames": (
        noise(8, shape=(2, 48, 40, 3)),
        {"PhotometricInterpretation": "RGB", "NumberOfFrames": 2},
    ),
    "colour of 16 bits": (noise(16, shape=(48, 40, 3)), {"PhotometricInterpretation": "RGB"}),
    "palette": (noise(8), {"PhotometricInterpretation": "PALETTE COLOR", **PALETTE}),
}


@pytest.mark.parametrize("syntax", LOSSLESS)
@pytest.mark.parametrize("kind", IMAGES)
def test_another_decoder_finds_every_value(tmp_path, syntax, kind):
    pixels, attributes = IMAGES[kind]
    path = saved(an_image(pixels, **attributes), tmp_path / "native.dcm")

    with aside_as(path, syntax, IDENTITY) as place:
        made = pydicom.dcmread(place)
        back = pixel_array(made, decoding_plugin=OTHERS[syntax], raw=True)

    assert syntax in limited.encodings(path)
    assert made.file_meta.TransferSyntaxUID == syntax
    assert made["PixelData"].VR == "OB"
    assert made["PixelData"].is_undefined_length
    assert (back == pixels).all()


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_planes_are_the_colours_of_the_same_pixels(tmp_path, syntax):
    pixels = noise(8, shape=(48, 40, 3))
    image = an_image(pixels, PhotometricInterpretation="RGB", PlanarConfiguration=1)
    image.PixelData = np.moveaxis(pixels, 2, 0).tobytes()
    path = saved(image, tmp_path / "planes.dcm")

    with aside_as(path, syntax, IDENTITY) as place:
        made = pydicom.dcmread(place)
        back = pixel_array(made, decoding_plugin=OTHERS[syntax], raw=True)

    assert (back == pixels).all()
    assert made.PlanarConfiguration == (1 if syntax == RLE else 0)
    is_rct = syntax == JPEG_2000_LOSSLESS  # table 8.2.4-1
    assert made.PhotometricInterpretation == ("YBR_RCT" if is_rct else "RGB")


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_the_slice_goes_from_every_syntax_to_every_other(samples, syntax):
    reference = pydicom.dcmread(samples / f"syntax/ct_{IMPLICIT}.dcm").pixel_array

    for source in (IMPLICIT, *LOSSLESS, *(f"1.2.840.10008.1.2{end}" for end in (".2", ".4.70"))):
        with aside_as(samples / f"syntax/ct_{source}.dcm", syntax, IDENTITY) as place:
            made = pydicom.dcmread(place)
            assert (pixel_array(made, decoding_plugin=OTHERS[syntax]) == reference).all(), source


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_sample_that_can_be_keeps_every_value_and_every_pixel(samples):
    compressed = 0
    for name in listed(samples, "accept"):
        is_damaged = name == "misc/fo_multiframe.dcm"  # in a later frame
        if is_damaged or "DICOMDIR" in name or not (can_be := encodings_of(samples / name)):
            continue
        before = open_object(samples / name)
        with aside_as(samples / name, EXPLICIT, IDENTITY) as place:
            truth = open_object(place)
            pixels = stored_bits(place)
        for syntax in can_be:
            with aside_as(samples / name, syntax, IDENTITY) as place:
                after = open_object(place)
                assert (stored_bits(place) == pixels).all(), (name, syntax)
            assert after.transfer_syntax == syntax
            assert difference(before, after, PIXEL_MODULE, is_vague=before.order == ">") == [], name
            for tag in ("00280010", "00280011", "00280101", "00280103", "00282110"):
                assert after.elements.get(tag) == truth.elements.get(tag), (name, tag)
            compressed += 1
    assert compressed > 300


def stored_bits(path):
    """Of the first frame; what stands above them is a matter of taste (PS3.5 8.1.1)."""
    frame = limited.decode(path, 0)
    cells = np.frombuffer(frame.data, f"<u{frame.bits_allocated // 8}")
    return cells & ((1 << frame.bits_stored) - 1)


def encodings_of(path):
    try:
        frame = limited.decode(path, 0)
        found = limited.encodings(path)
    except NotUsable:
        return []
    return found if frame.rows * frame.columns in PIXELS else []


@pytest.mark.interop
@pytest.mark.parametrize("syntax", DECOMPRESSORS)
@pytest.mark.parametrize("kind", ["8 bits", "12 of 16 bits", "16 bits signed", "colour"])
def test_dcmtk_decodes_what_was_stored(tmp_path, dcmtk, syntax, kind):
    pixels, attributes = IMAGES[kind]
    path = saved(an_image(pixels, **attributes), tmp_path / "native.dcm")
    with aside_as(path, syntax, IDENTITY) as place:
        command = [dcmtk(DECOMPRESSORS[syntax]), place, tmp_path / "theirs.dcm"]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    theirs = pydicom.dcmread(tmp_path / "theirs.dcm")
    assert (pixel_array(theirs, raw=True) == pixels).all()


@pytest.mark.parametrize(
    ("pixels", "attributes", "left"),
    [
        (noise(16), stored(12), [RLE]),  # something lies in the upper four bits
        (noise(12) << 4, {"BitsStored": 12, "HighBit": 15}, [RLE]),
        (noise(1), stored(1), [JPEG_2000_LOSSLESS, RLE]),
        (noise(16, shape=(31, 64)), {}, [JPEG_LS_LOSSLESS, RLE]),  # too low to be halved
        (noise(8, shape=(8, 8)), {}, [RLE]),  # too small for the encoder of JPEG-LS
        (noise(16).astype("u4"), {}, []),
        (noise(16).astype("f4"), {}, []),
        (noise(8), {"PhotometricInterpretation": "YBR_PARTIAL_420"}, []),
        (
            noise(8, shape=(48, 40, 3)),
            {"PhotometricInterpretation": "RGB", "PixelRepresentation": 1},
            [],
        ),
    ],
)
def test_what_would_not_come_back_as_it_is_is_not_offered(tmp_path, pixels, attributes, left):
    path = saved(an_image(pixels, **attributes), tmp_path / "a.dcm")

    assert limited.encodings(path) == left
    for syntax in set(LOSSLESS) - set(left):
        with pytest.raises(NotUsable) as refused:
            limited.compress(path, 0, syntax)
        assert refused.value.code == "not_exact"


def test_pixels_that_share_their_colour_are_left_as_they_are(tmp_path):
    image = an_image(noise(8, shape=(48, 40, 3)), PhotometricInterpretation="RGB")
    image.PhotometricInterpretation = "YBR_FULL_422"
    image.PixelData = noise(8, shape=(48, 40, 2)).tobytes()

    assert limited.encodings(saved(image, tmp_path / "a.dcm")) == []


def test_single_bits_and_objects_without_pixels_are_not_offered(tmp_path):
    image = an_image(np.zeros((16, 16), np.uint8), BitsAllocated=1, BitsStored=1, HighBit=0)
    image.PixelData = bytes(32)
    assert limited.encodings(saved(image, tmp_path / "bits.dcm")) == []

    del image.PixelData
    bare = saved(image, tmp_path / "bare.dcm")
    with pytest.raises(NotUsable) as refused:
        transcoded(bare, RLE)
    assert refused.value.code == "not_exact"


@pytest.mark.parametrize("signed", [False, True])
def test_a_later_frame_that_does_not_fit_is_found_before_anything_is_made(tmp_path, signed):
    pixels = noise(12, shape=(3, 48, 40), signed=signed)
    fine = saved(an_image(pixels, NumberOfFrames=3, **stored(12)), tmp_path / "fine.dcm")
    pixels[2, 0, 0] = 0x7123
    path = saved(an_image(pixels, NumberOfFrames=3, **stored(12)), tmp_path / "a.dcm")

    assert limited.encodings(fine) == limited.encodings(path, [1, 0]) == list(LOSSLESS)
    assert limited.encodings(path) == limited.encodings(path, [0, 2]) == [RLE]
    with pytest.raises(NotUsable) as refused:
        transcoded(path, JPEG_LS_LOSSLESS)
    assert refused.value.code == "not_exact"
    assert list(transcoded(path, RLE).pieces())


def test_a_later_frame_that_is_damaged_breaks_off_and_leaves_nothing(samples):
    made = transcoded(samples / "misc/fo_multiframe.dcm", RLE)

    assert made.size is None
    with pytest.raises(NotUsable):
        list(made.pieces())


def test_what_was_lossy_says_so_still(samples):
    source = samples / "syntax/ct_1.2.840.10008.1.2.4.51.dcm"

    with aside_as(source, JPEG_2000_LOSSLESS, IDENTITY) as place:
        made = pydicom.dcmread(place)

    assert made.LossyImageCompression == "01"


def test_one_frame_at_a_time_is_in_memory(tmp_path):
    frames = 40
    image = an_image(np.tile(ramp(128, 128), (frames, 1, 1)), NumberOfFrames=frames)
    path = saved(image, tmp_path / "many.dcm")

    sizes = [len(piece) for piece in transcoded(path, RLE).pieces()]

    assert len(sizes) > frames
    assert max(sizes) < sum(sizes) / 10
