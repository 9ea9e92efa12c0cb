"""Compressed pixels against the same slice uncompressed, and pictures against DCMTK's."""

import csv
import io
import shutil
import subprocess

import numpy as np
import pytest
from openjpeg.utils import encode_array
from PIL import Image

from studies.dicom import open_object
from studies.facts import NotUsable
from studies.pixels import decoded_frame
from studies.tests.drawing import at_full_size, drawn, levels, stored
from studies.tests.made_objects import an_image, compressed, ramp, saved

CT = "syntax/ct_1.2.840.10008.1.2.dcm"
LOSSLESS = ["1.2.1.99", "1.2.2", "1.2.4.57", "1.2.4.70", "1.2.4.80", "1.2.4.90", "1.2.5"]
# Largest and mean difference of stored values, in HU. Near-lossless JPEG-LS promises its largest.
NEARLY = {"1.2.4.81": (5, 3), "1.2.4.91": (200, 3)}
# These hold twelve or eight bits of the slice's sixteen, so only pictures can be compared:
# mean difference in grey levels (one step of the eight-bit one is 17 HU, 11 levels of the window).
PICTURES_ONLY = {"1.2.4.50": 6.5, "1.2.4.51": 2.5, "1.2.4.53": 2.5, "1.2.4.55": 2.5}

# Half a step of a wavelet lies half a pixel beside the mean of a block: JPEG 2000 decoded at a
# reduced resolution is the same picture, up to half a pixel of the small one to the left.
REDUCED_WAVELETS = 6.0
WAVELETS = {"1.2.4.90", "1.2.4.91"}


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_lossless_syntaxes_hold_the_very_slice(samples, syntax):
    assert (stored(samples / f"syntax/ct_1.2.840.10008.{syntax}.dcm") == stored(samples / CT)).all()


@pytest.mark.parametrize(("syntax", "limits"), NEARLY.items())
def test_lossy_syntaxes_hold_nearly_the_slice(samples, syntax, limits):
    largest, mean = limits
    difference = np.abs(
        stored(samples / f"syntax/ct_1.2.840.10008.{syntax}.dcm") - stored(samples / CT)
    )

    assert difference.max() <= largest
    assert difference.mean() <= mean


@pytest.mark.parametrize("syntax", [*LOSSLESS, *NEARLY, *PICTURES_ONLY])
@pytest.mark.parametrize("size", [None, 256, 96])
def test_every_syntax_gives_the_same_picture(samples, syntax, size):
    path = samples / f"syntax/ct_1.2.840.10008.{syntax}.dcm"
    reference = levels(drawn(samples / CT, size=size)).astype(int)

    seen = levels(drawn(path, size=size)).astype(int)

    limit = REDUCED_WAVELETS if size and syntax in WAVELETS else PICTURES_ONLY.get(syntax, 2.5)
    assert np.abs(seen - reference).mean() <= limit


def test_reduced_pictures_are_the_full_ones_made_small(samples):
    for name in (
        CT,
        "misc/fo_CR-MONO1-10-chest",
        "misc/fo_GH133.dcm",
        "us/ybr_full_422_native.dcm",
    ):
        full = Image.open(io.BytesIO(drawn(samples / name, size=None, frame=0).data))
        small = drawn(samples / name, size=128, frame=0)
        reference = full.resize((small.width, small.height), Image.Resampling.BOX)

        difference = np.abs(levels(small).astype(int) - np.asarray(reference).astype(int))

        assert difference.mean() < 4, name


@pytest.mark.parametrize(("precision", "dtype"), [(12, np.uint16), (16, np.uint16), (8, np.uint8)])
@pytest.mark.parametrize("size", [None, 16])
def test_jpeg_2000_of_any_precision_keeps_its_values(tmp_path, precision, dtype, size):
    pixels = ramp(top=(1 << precision) - 1).astype(dtype)
    window = {"WindowCenter": str(1 << (precision - 1)), "WindowWidth": str(1 << precision)}
    native = an_image(pixels, BitsStored=precision, HighBit=precision - 1, **window)
    squeezed = an_image(pixels, BitsStored=precision, HighBit=precision - 1, **window)
    frame = bytes(encode_array(pixels, bits_stored=precision))
    compressed(squeezed, [frame])
    of_native = saved(native, tmp_path / "a")
    of_squeezed = saved(squeezed, tmp_path / "b", "1.2.840.10008.1.2.4.90")

    assert (stored(of_native) == stored(of_squeezed)).all()
    near = levels(drawn(of_native, size=size)).astype(int)
    half_a_small_pixel = 255 / 16 / 2 if size else 0.01
    assert np.abs(near - levels(drawn(of_squeezed, size=size))).mean() < half_a_small_pixel


def test_one_bit_frames_that_do_not_end_on_bytes_are_told_apart(samples):
    aligned = stored(samples / "misc/pd_liver_deflate.dcm", 1)
    unaligned = stored(samples / "misc/pd_liver_nonbyte_aligned.dcm", 1)
    run_lengths = stored(samples / "misc/pd_liver_nonbyte_aligned_rle.dcm", 1)

    assert (unaligned == run_lengths).all()
    assert (aligned[: unaligned.shape[0], : unaligned.shape[1]] == unaligned).mean() > 0.99


def test_decoded_frames_are_what_an_uncompressed_object_holds(samples):
    reference = decoded_frame(open_object(samples / CT), 0)
    for syntax in LOSSLESS:
        frame = decoded_frame(open_object(samples / f"syntax/ct_1.2.840.10008.{syntax}.dcm"), 0)

        assert frame.data == reference.data, syntax
        assert (frame.rows, frame.columns, frame.bits_allocated) == (512, 512, 16)
        assert frame.is_signed


def test_decoded_frames_have_the_size_their_shape_promises(samples):
    with (samples / "samples.csv").open(newline="") as file:
        names = [row["file"] for row in csv.DictReader(file) if row["expect"] == "accept"]
    decoded = 0
    for name in names:
        if not name.startswith(("misc/", "us/", "pydicom/", "seg/", "enhanced/")):
            continue
        try:
            frame = decoded_frame(open_object(samples / name), 0)
        except NotUsable:
            continue
        bits = frame.rows * frame.columns * frame.samples * frame.bits_allocated
        assert len(frame.data) == (bits + 7) // 8, name
        decoded += 1

    assert decoded > 110


def test_a_frame_that_is_not_there_is_refused(samples):
    with pytest.raises(NotUsable, match="no frame 2"):
        decoded_frame(open_object(samples / CT), 1)


# ── against DCMTK ────────────────────────────────────────────────────────────────────────────────

# What DCMTK 3.6.7 draws by the same window: name, tolerance of the mean in grey levels.
BY_DCMTK = {
    CT: 1.0,
    "syntax/ct_1.2.840.10008.1.2.4.70.dcm": 1.0,
    "volume_mr_coronal/MR08.dcm": 1.0,
    "study_pamela/mr/SWI_Images/00024.dcm": 1.0,
    "pydicom/examples_overlay.dcm": 1.0,
    "misc/US-RGB-8-esopecho": 1.0,
    "misc/fo_TestPattern_Palette.dcm": 1.0,
    "misc/fo_TestPattern_Palette_16.dcm": 1.0,
    "misc/US-PAL-8-10x-echo": 1.0,
    "misc/YBR_FULL-RLE.dcm": 1.5,
    "us/ybr_full_422_native.dcm": 1.5,
}


@pytest.mark.interop
@pytest.mark.parametrize(("name", "tolerance"), BY_DCMTK.items())
def test_dcmtk_draws_the_same(samples, tmp_path, name, tolerance):
    program = shutil.which("dcmj2pnm") or shutil.which("dcm2img")
    if not program:
        pytest.skip("DCMTK is not installed: it is the package dcmtk.")
    out = tmp_path / "theirs.png"
    has_window = "00281050" in open_object(samples / name).elements
    windowed = ["+Wi", "1"] if has_window else []
    # -O: no overlays; thumbnails show none either.
    subprocess.run([program, *windowed, "-O", "+on", samples / name, out], check=True, timeout=60)

    theirs = np.asarray(Image.open(out)).astype(int)
    ours = at_full_size(samples / name)

    assert np.abs(theirs - ours).mean() <= tolerance
