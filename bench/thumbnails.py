"""Thumbnails and headers a second on one core: the straightforward way against ours, in turn.

    .venv/bin/python bench/thumbnails.py [--samples FOLDER] [--rounds 5]

Straightforward means: pydicom reads and decodes, applies its modality and VOI lookup at full size,
Pillow makes the picture small. Objects are made here (a CT of 512², a radiograph of 2500 × 3000,
the same radiograph in JPEG 2000); with --samples the CT is a real one. Only ratios count.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
from openjpeg.utils import encode_array
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    CTImageStorage,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    generate_uid,
)
from surroundings import family_of, processor_seconds

from studies import limited
from studies.dicom import facts_of, open_object
from studies.pixels import PictureOrder, draw

SIDE, BATCH = 256, 24
# What each must reach at least, pictures a second of one core.
TARGETS = {"thumbnail, CT raw": 300, "thumbnail, CR 15 MB": 150, "thumbnail, CR J2K": 25}


def straightforward(path: Path) -> bytes:
    """What one writes first."""
    dataset = pydicom.dcmread(path)
    values = apply_voi_lut(apply_modality_lut(dataset.pixel_array, dataset), dataset)
    low, high = float(values.min()), float(values.max())
    levels = ((values - low) * (255 / max(high - low, 1))).astype(np.uint8)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        levels = 255 - levels
    image = Image.fromarray(levels)
    image.thumbnail((SIDE, SIDE))
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def ours(path: Path) -> bytes:
    """In this process, to measure the work alone."""
    return draw(open_object(path), PictureOrder(size=SIDE)).data


def ours_limited(path: Path) -> bytes:
    """As the workers do it: in the limited child."""
    return limited.draw(path, size=SIDE).data


def ours_together(path: Path) -> bytes:
    """As the workers do it: a batch of them, asked ahead."""
    return b"".join(one.data for one in limited.draw_many([path] * BATCH, size=SIDE))


def pydicom_header(path: Path) -> bytes:
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    return dataset.to_json(suppress_invalid_tags=True).encode()


def our_header(path: Path) -> bytes:
    return facts_of(path).header


def make(folder: Path, name: str, pixels: np.ndarray, syntax: str) -> Path:
    """A plain image object of the given pixels."""
    dataset = pydicom.Dataset()
    is_ct = name.startswith("ct")
    dataset.SOPClassUID = CTImageStorage if is_ct else ComputedRadiographyImageStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), generate_uid()
    dataset.PatientID, dataset.PatientName, dataset.Modality = "1", "Bench^Mark", name[:2].upper()
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024 if is_ct else 0
    dataset.WindowCenter, dataset.WindowWidth = (40, 400) if is_ct else (2048, 4096)
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    if syntax == JPEG2000Lossless:
        dataset.PixelData = encapsulate([bytes(encode_array(pixels, bits_stored=12))])
    else:
        dataset.PixelData = pixels.tobytes()
    path = folder / f"{name}.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return path


def phantom(rows: int, columns: int) -> np.ndarray:
    """Smooth structure and noise, 12 bits."""
    y, x = np.mgrid[0:rows, 0:columns]
    body = 2000 + 1200 * np.sin(x / columns * 9) * np.cos(y / rows * 7)
    noise = np.random.default_rng(1).normal(0, 25, (rows, columns))
    return np.clip(body + noise, 0, 4095).astype(np.uint16)


@dataclass(frozen=True)
class Rate:
    """Calls a second by the clock, and of one core's time, which a busy machine disturbs less."""

    clock: float
    core: float


def rate(work: Callable[[Path], bytes], path: Path, seconds: float = 0.6) -> Rate:
    """The child's time counts as ours."""
    a_call = BATCH if work is ours_together else 1
    work(path)
    done, start, used = 0, time.perf_counter(), processor_seconds(family_of(os.getpid()))
    while time.perf_counter() - start < seconds:
        work(path)
        done += a_call
    used = processor_seconds(family_of(os.getpid())) - used
    return Rate(done / (time.perf_counter() - start), done / max(used, 0.01))


def compare(title: str, path: Path, ways: dict[str, Callable[[Path], bytes]], rounds: int) -> None:
    """The ways in turn, several rounds; medians and ratios to the first."""
    found: dict[str, list[Rate]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            found[name].append(rate(work, path))
    clock = {name: statistics.median(one.clock for one in all_) for name, all_ in found.items()}
    core = {name: statistics.median(one.core for one in all_) for name, all_ in found.items()}
    first = next(iter(core.values()))
    told = " · ".join(
        f"{name} {clock[name]:,.0f}/s, {core[name]:,.0f}/s/core (×{core[name] / first:.1f})"
        for name in ways
    )
    target = f" · target {TARGETS[title]}/s/core" if title in TARGETS else ""
    print(f"{title:22} {told}{target}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    pictures = {
        "straightforward": straightforward,
        "ours": ours,
        "in the child": ours_limited,
        "by the batch": ours_together,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ct = make(folder, "ct", phantom(512, 512), ExplicitVRLittleEndian)
        if wanted.samples:
            ct = wanted.samples / "volume_ct_head_phantom" / "I100"
        compare("header, CT", ct, {"pydicom": pydicom_header, "ours": our_header}, wanted.rounds)
        compare("thumbnail, CT raw", ct, pictures, wanted.rounds)
        ct_j2k = make(folder, "ct_j2k", phantom(512, 512), JPEG2000Lossless)
        compare("thumbnail, CT J2K", ct_j2k, pictures, wanted.rounds)
        cr = make(folder, "cr", phantom(3000, 2500), ExplicitVRLittleEndian)
        compare("thumbnail, CR 15 MB", cr, pictures, wanted.rounds)
        cr_j2k = make(folder, "cr_j2k", phantom(3000, 2500), JPEG2000Lossless)
        compare("thumbnail, CR J2K", cr_j2k, pictures, max(wanted.rounds // 2, 1))


if __name__ == "__main__":
    main()
