"""What moves: ultrasound loops and the run of an angiography."""

from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import UltrasoundMultiFrameImageStorage, XRayAngiographicImageStorage

from demo.objects.common import (
    add_pixels,
    add_window,
    body_of,
    common_part,
    encoded,
    finding_of,
)
from demo.phantoms import coronaries, ultrasound
from demo.phantoms.ultrasound import COLUMNS, CONVEX, FRAMES, LINEAR, ROWS, Probe
from worklist.models import ScheduledProcedure

FEW = 12
RUN = 26
LOOPS = {
    "US-ABD": ("Right upper abdomen, loop", "ABDOMINAL", CONVEX, ultrasound.liver_loop, "stone"),
    "US-THY": (
        "Thyroid, transverse loop",
        "SMALL PARTS",
        LINEAR,
        ultrasound.thyroid_loop,
        "nodule",
    ),
}


def us_objects(procedure: ScheduledProcedure, *, few: bool) -> Iterator[bytes]:
    """One loop of 36 frames, 25 a second; of 12 when few are wanted."""
    description, kind, probe, draw, finding = LOOPS[procedure.procedure_type.code]
    dataset = common_part(procedure, UltrasoundMultiFrameImageStorage, 1, 1)
    dataset.ImageType = ["ORIGINAL", "PRIMARY", kind, "0001"]
    dataset.PatientOrientation = ""  # a probe is turned by hand
    dataset.SeriesDescription = dataset.ProtocolName = description
    pixels = draw(body_of(procedure), finding_of(procedure, finding, few), FEW if few else FRAMES)
    add_frames(dataset, len(pixels), rate=25)
    dataset.LossyImageCompression = "00"
    dataset.SequenceOfUltrasoundRegions = [region_of(probe)]
    dataset.TransducerData = "C5-1" if probe is CONVEX else "L12-5"
    dataset.MechanicalIndex, dataset.BoneThermalIndex = "1.1", "0.6"
    add_window(dataset, 128, 256)
    add_pixels(dataset, pixels)
    yield encoded(dataset)


def region_of(probe: Probe) -> Dataset:
    """Where the tissue is in the picture, and how many centimetres a sample is (C.8.5.5)."""
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, probe.top
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = COLUMNS - 1, ROWS - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = probe.spacing / 10
    return region


def add_frames(dataset: Dataset, count: int, rate: int) -> None:
    """The Cine and Multi-frame modules."""
    dataset.NumberOfFrames = count
    dataset.FrameTime = f"{1000 / rate:g}"
    dataset.CineRate = dataset.RecommendedDisplayFrameRate = rate
    dataset.FrameIncrementPointer = Tag("FrameTime")
    dataset.StartTrim, dataset.StopTrim = 1, count


def xa_objects(procedure: ScheduledProcedure, *, few: bool) -> Iterator[bytes]:
    """One run of the left coronary artery, 15 frames a second."""
    dataset = common_part(procedure, XRayAngiographicImageStorage, 1, 1)
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "SINGLE PLANE"]
    dataset.SeriesDescription = dataset.ProtocolName = "Left coronary artery RAO 30 cranial 20"
    seed = body_of(procedure)
    finding = finding_of(procedure, "stenosis", few)
    run = coronaries.coronary_run(FEW if few else RUN, seed, finding)
    add_frames(dataset, len(run), rate=15)
    dataset.PixelIntensityRelationship, dataset.LossyImageCompression = "LIN", "00"
    dataset.RadiationSetting, dataset.ExposureTime = "GR", round(len(run) * 1000 / 15)
    dataset.KVP, dataset.XRayTubeCurrent, dataset.AveragePulseWidth = "82", 640, "6.8"
    dataset.Exposure = round(640 * 0.0068 * len(run))
    dataset.ImageAndFluoroscopyAreaDoseProduct = f"{0.31 * len(run):.2f}"
    dataset.PatientOrientation, dataset.PositionerMotion = "", "STATIC"
    dataset.PositionerPrimaryAngle, dataset.PositionerSecondaryAngle = "-30", "20"
    dataset.DistanceSourceToDetector, dataset.DistanceSourceToPatient = "1050", "765"
    dataset.ImagerPixelSpacing = [f"{coronaries.SPACING * 1050 / 765:.6f}"] * 2
    dataset.IntensifierSize, dataset.FieldOfViewShape = "178", "RECTANGLE"
    dataset.ContrastBolusAgent = "Iodinated contrast medium 350"
    add_window(dataset, 128, 256)
    add_pixels(dataset, np.clip(run * 255, 0, 255).astype(np.uint8))
    yield encoded(dataset)
