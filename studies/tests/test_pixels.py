"""Pictures against references computed another way.

Native data against a formula written down once more; `test_compressed` compares the syntaxes.
"""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from studies.dicom import open_object
from studies.pixels import PictureOrder, draw
from studies.pixels.shape import NoPicture, Shape
from studies.tests.drawing import Pixels, at_full_size, by_formula, drawn, levels, stored
from studies.tests.made_objects import an_image, ramp, saved

CT = "syntax/ct_1.2.840.10008.1.2.dcm"


# ── grey levels ──────────────────────────────────────────────────────────────────────────────────


def test_a_window_is_the_formula_of_the_standard(tmp_path):
    pixels = ramp()
    dataset = an_image(
        pixels, RescaleSlope="2", RescaleIntercept="-1024", WindowCenter="40", WindowWidth="400"
    )

    seen = at_full_size(saved(dataset, tmp_path / "a"))

    assert np.abs(seen - by_formula(pixels * 2.0 - 1024, 40, 400)).max() <= 0.51


def test_the_first_of_several_windows_is_taken(tmp_path):
    dataset = an_image(ramp(), WindowCenter=["1000", "3000"], WindowWidth=["500", "100"])

    seen = at_full_size(saved(dataset, tmp_path / "a"))

    assert np.abs(seen - by_formula(ramp(), 1000, 500)).max() <= 0.51


def test_an_asked_window_wins(tmp_path):
    dataset = an_image(ramp(), WindowCenter="1000", WindowWidth="500")

    seen = at_full_size(saved(dataset, tmp_path / "a"), window=(2000, 1000))

    assert np.abs(seen - by_formula(ramp(), 2000, 1000)).max() <= 0.51


def test_linear_exact_and_sigmoid_follow_their_own_formulas(tmp_path):
    x = ramp().astype(float)
    exact = an_image(ramp(), WindowCenter="2000", WindowWidth="1000")
    exact.VOILUTFunction = "LINEAR_EXACT"
    sigmoid = an_image(ramp(), WindowCenter="2000", WindowWidth="1000")
    sigmoid.VOILUTFunction = "SIGMOID"

    of_exact = at_full_size(saved(exact, tmp_path / "exact"))
    of_sigmoid = at_full_size(saved(sigmoid, tmp_path / "sigmoid"))

    expected = np.clip((x - 2000) / 1000 + 0.5, 0, 1) * 255
    assert np.abs(of_exact - expected).max() <= 0.51
    assert np.abs(of_sigmoid - 255 / (1 + np.exp(-4 * (x - 2000) / 1000))).max() <= 0.51


@pytest.mark.parametrize("how", [{"PhotometricInterpretation": "MONOCHROME1"},
                                 {"PresentationLUTShape": "INVERSE"},
                                 {"PhotometricInterpretation": "MONOCHROME1",
                                  "PresentationLUTShape": "INVERSE"}])  # fmt: skip
def test_inverse_polarity_is_inverted_once(tmp_path, how):
    dataset = an_image(ramp(), WindowCenter="2048", WindowWidth="4096", **how)

    seen = at_full_size(saved(dataset, tmp_path / "a"))

    assert np.abs(seen - (255 - by_formula(ramp(), 2048, 4096))).max() <= 0.51


@pytest.mark.parametrize("width", ["0", "-5"])
def test_an_impossible_window_is_replaced_by_one_that_shows_something(tmp_path, width):
    dataset = an_image(ramp(), WindowCenter="40", WindowWidth=width)

    seen = at_full_size(saved(dataset, tmp_path / "a"))

    assert (seen.min(), seen.max()) == (0, 255)


def test_a_window_that_shows_nothing_is_replaced(tmp_path):
    dataset = an_image(ramp(), WindowCenter="60000", WindowWidth="10")

    assert np.ptp(at_full_size(saved(dataset, tmp_path / "a"))) == 255


def test_padding_does_not_widen_the_robust_window(tmp_path):
    pixels = ramp(top=1000).astype(np.int16)
    pixels[:20] = -32000
    dataset = an_image(pixels, PixelPaddingValue=-32000)

    seen = at_full_size(saved(dataset, tmp_path / "a"))

    assert seen[:20].max() == 0
    assert np.ptp(seen[20:]) >= 250


def test_signed_values_below_sixteen_bits_and_overlays_above_them_are_told_apart(tmp_path):
    values = np.tile(np.arange(-32, 32, dtype=np.int16) * 60, (64, 1))
    pixels = (values & 0x0FFF).astype(np.uint16)
    pixels[::2] |= 0x8000  # an overlay plane in the top bit, as old machines kept it
    dataset = an_image(pixels, BitsStored=12, HighBit=11, PixelRepresentation=1)

    assert (stored(saved(dataset, tmp_path / "a")) == values).all()


def test_values_that_lie_high_in_their_words_are_shifted_down(tmp_path):
    dataset = an_image(ramp() << 4, BitsStored=12, HighBit=15)

    assert (stored(saved(dataset, tmp_path / "a")) == ramp()).all()


def a_table(entries: list[int], first: int = 0, bits: int = 8) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), first, bits])
    item.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return item


def test_a_voi_table_wins_over_the_window(tmp_path):
    pixels = ramp(top=255)
    steps = [0] * 100 + [200] * 156
    dataset = an_image(pixels, VOILUTSequence=Sequence([a_table(steps)]))
    dataset.WindowCenter, dataset.WindowWidth = "10", "20"

    seen = at_full_size(saved(dataset, tmp_path / "a"))

    assert np.abs(seen - np.array(steps)[pixels]).max() <= 0.51


def test_a_modality_table_comes_before_the_window(tmp_path):
    pixels = ramp(top=255)
    item = a_table([value * 4 for value in range(256)], bits=12)
    item.ModalityLUTType = "US"
    dataset = an_image(pixels, ModalityLUTSequence=Sequence([item]))
    dataset.WindowCenter, dataset.WindowWidth = "500", "600"

    seen = at_full_size(saved(dataset, tmp_path / "a"))

    assert np.abs(seen - by_formula(pixels * 4, 500, 600)).max() <= 0.51


def a_frame_group(slope: str, intercept: str, centre: str, width: str) -> Dataset:
    group, rescale, window = Dataset(), Dataset(), Dataset()
    rescale.RescaleSlope, rescale.RescaleIntercept, rescale.RescaleType = slope, intercept, "US"
    window.WindowCenter, window.WindowWidth = centre, width
    group.PixelValueTransformationSequence = Sequence([rescale])
    group.FrameVOILUTSequence = Sequence([window])
    return group


def test_every_frame_of_an_enhanced_object_has_its_own_rules(tmp_path):
    pixels = np.stack([ramp(), ramp()])
    dataset = an_image(pixels, NumberOfFrames="2")
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [a_frame_group("1", "0", "1000", "500"), a_frame_group("2", "-100", "4000", "2000")]
    )
    path = saved(dataset, tmp_path / "a")

    first, second = at_full_size(path, frame=0), at_full_size(path, frame=1)

    assert np.abs(first - by_formula(ramp(), 1000, 500)).max() <= 0.51
    assert np.abs(second - by_formula(ramp() * 2.0 - 100, 4000, 2000)).max() <= 0.51


def test_float_pixels_with_holes_are_drawn(tmp_path):
    pixels = ramp().astype(np.float32) / 4095
    pixels[:8] = np.nan
    dataset = an_image(pixels)

    seen = at_full_size(saved(dataset, tmp_path / "a"))

    assert seen[:8].max() == 0
    assert np.ptp(seen[8:]) >= 250


# ── colour ───────────────────────────────────────────────────────────────────────────────────────

STRIPES = np.repeat(
    np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]], np.uint8), 16, axis=0
)
RGB = np.tile(STRIPES[:, None, :], (1, 64, 1))


def test_planes_and_pixels_give_the_same_colours(tmp_path):
    interleaved = an_image(RGB, PhotometricInterpretation="RGB")
    planar = an_image(RGB, PhotometricInterpretation="RGB", PlanarConfiguration=1)
    planar.PixelData = np.moveaxis(RGB, 2, 0).tobytes()

    assert (at_full_size(saved(interleaved, tmp_path / "a")) == RGB).all()
    assert (at_full_size(saved(planar, tmp_path / "b")) == RGB).all()


def ybr(rgb: Pixels) -> Pixels:
    """PS3.3 C.7.6.3.1.2, YBR_FULL."""
    matrix = [[0.299, 0.587, 0.114], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]]
    turned = rgb @ np.array(matrix).T + [0, 128, 128]
    clipped: Pixels = np.clip(np.rint(turned), 0, 255)
    return clipped.astype(np.uint8)


def test_ybr_full_and_half_resolution_colour_are_turned_into_rgb(tmp_path):
    full = an_image(ybr(RGB), PhotometricInterpretation="RGB")
    full.PhotometricInterpretation = "YBR_FULL"
    half = an_image(ybr(RGB), PhotometricInterpretation="RGB")
    half.PhotometricInterpretation = "YBR_FULL_422"
    y, b, r = np.moveaxis(ybr(RGB), 2, 0)
    pairs = np.stack((y[:, ::2], y[:, 1::2], b[:, ::2], r[:, ::2]), axis=-1)
    half.PixelData = pairs.tobytes()

    assert np.abs(at_full_size(saved(full, tmp_path / "a")) - RGB).max() <= 2
    assert np.abs(at_full_size(saved(half, tmp_path / "b")) - RGB).max() <= 2


@pytest.mark.parametrize("bits", [8, 16])
def test_palettes_of_eight_and_sixteen_bits_give_the_same_colours(tmp_path, bits):
    indices = np.tile(np.arange(4, dtype=np.uint8).repeat(16)[:, None], (1, 64))
    dataset = an_image(indices, PhotometricInterpretation="PALETTE COLOR")
    scale = 257 if bits == 16 else 1
    for plane, name in enumerate(("Red", "Green", "Blue")):
        entries = STRIPES[::16, plane].astype("<u2") * scale
        raw = entries.tobytes() if bits == 16 else entries.astype("u1").tobytes()
        dataset.add_new(f"{name}PaletteColorLookupTableDescriptor", "US", [4, 0, bits])
        dataset.add_new(f"{name}PaletteColorLookupTableData", "OW", raw)

    assert (at_full_size(saved(dataset, tmp_path / "a")) == RGB).all()


def test_a_segmented_palette_is_expanded(tmp_path):
    indices = ramp(top=255).astype(np.uint8)
    dataset = an_image(indices, PhotometricInterpretation="PALETTE COLOR")
    segments = np.array([0, 1, 0, 1, 255, 0xFF00], "<u2")  # one discrete entry, then a line
    for name in ("Red", "Green", "Blue"):
        dataset.add_new(f"{name}PaletteColorLookupTableDescriptor", "US", [256, 0, 16])
        dataset.add_new(f"Segmented{name}PaletteColorLookupTableData", "OW", segments.tobytes())

    seen = at_full_size(saved(dataset, tmp_path / "a"))

    assert np.abs(seen - indices[:, :, None].astype(int)).max() <= 1


def test_the_same_stripes_look_the_same_however_they_are_compressed(samples):
    """pydicom's colour samples: JPEG with and without transform, JPEG-LS, JPEG 2000, RLE."""
    files = [path for path in sorted((samples / "pydicom").glob("SC_rgb_*")) if is_striped(path)]
    reference = at_full_size(samples / "pydicom/SC_rgb_rle.dcm")

    assert len(files) >= 14
    for path in files:
        assert np.abs(at_full_size(path) - reference).mean() < 3, path.name


def is_striped(path: Path) -> bool:
    header = open_object(path)
    shape = Shape.of(header)
    return (shape.rows, shape.columns) == (100, 100)


# ── which frame, what shape ──────────────────────────────────────────────────────────────────────


def test_the_telling_frame_is_not_a_black_one(tmp_path):
    pixels = np.zeros((9, 64, 64), np.uint16)
    pixels[6] = ramp()
    dataset = an_image(pixels, NumberOfFrames="9")

    assert drawn(saved(dataset, tmp_path / "a")).frame == 6


def test_of_many_nearly_empty_segments_one_with_something_in_it_is_shown(samples):
    picture = drawn(samples / "highdicom/seg_image_sm_dots_tiled_full.dcm")

    assert np.ptp(levels(picture)) == 255


def test_of_a_film_the_telling_frame_is_a_third_in(tmp_path):
    dataset = an_image(np.stack([ramp()] * 30), NumberOfFrames="30", FrameTime="40")

    assert drawn(saved(dataset, tmp_path / "a")).frame == 10


@pytest.mark.parametrize(
    ("how", "size"),
    [
        ({}, (64, 64)),
        ({"PixelSpacing": ["2", "1"]}, (32, 64)),
        ({"PixelAspectRatio": ["1", "2"]}, (64, 32)),
        ({"ImagerPixelSpacing": ["0.5", "1"]}, (64, 32)),
        ({"PixelSpacing": ["0", "1"]}, (64, 64)),
        ({"PixelSpacing": ["500", "1"]}, (64, 64)),  # nobody means that
    ],
)
def test_pixels_of_unequal_sides_are_drawn_as_they_lie(tmp_path, how, size):
    picture = drawn(saved(an_image(ramp(), **how), tmp_path / "a"), size=64)

    assert (picture.width, picture.height) == size


def test_pictures_come_in_the_format_asked_for(samples):
    for image_format, media_type in (("JPEG", "image/jpeg"), ("PNG", "image/png")):
        picture = drawn(samples / CT, image_format=image_format)

        assert picture.media_type == media_type
        assert Image.open(io.BytesIO(picture.data)).format == image_format
        assert (picture.width, picture.height) == (256, 256)


def test_promised_pixels_are_never_allocated(samples):
    header = open_object(samples / "bad_made/dimension/65535x65535_tiny.dcm")

    with pytest.raises(NoPicture):
        Shape.of(header)
    assert draw(header, PictureOrder()).kind == "PICTOGRAM"


def test_objects_without_pixels_get_a_sign_of_their_kind(samples):
    signs = {}
    for name in (
        "made/derived/gsps.dcm",
        "made/derived/key_objects.dcm",
        "made/derived/sr_tid1500.dcm",
        "made/document/pdf_2_pages.dcm",
        "made/video/h264.dcm",
        "made/waveform/ecg_12_leads.dcm",
        "pydicom/rtplan.dcm",
    ):
        picture = drawn(samples / name)
        assert (picture.kind, picture.fault) == ("PICTOGRAM", "")
        assert (picture.width, picture.height) == (256, 256)
        signs[name] = picture.data

    assert len(set(signs.values())) == len(signs)


def test_a_pictogram_of_an_ecg_shows_its_own_trace(samples):
    one = drawn(samples / "made/waveform/ecg_12_leads.dcm")
    other = drawn(samples / "pydicom/waveform_ecg.dcm")

    assert one.data != other.data
