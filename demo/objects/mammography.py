"""Screening mammography: two views of each breast."""

from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation

from demo.objects.common import (
    add_pixels,
    add_region,
    body_of,
    code,
    common_part,
    encoded,
    finding_of,
)
from demo.objects.radiography import GREYS, add_detector, add_shown_as_it_is
from demo.phantoms import breast
from worklist.models import ScheduledProcedure

# side, view, where the rows and the columns of the picture lead
VIEWS = [
    ("R", "CC", ["P", "L"]),
    ("L", "CC", ["A", "R"]),
    ("R", "MLO", ["P", "FL"]),
    ("L", "MLO", ["A", "FR"]),
]
CODES = {  # SNOMED CT, CID 4014
    "CC": ("399162004", "cranio-caudal"),
    "MLO": ("399368009", "medio-lateral oblique"),
}


def mg_objects(procedure: ScheduledProcedure, *, few: bool) -> Iterator[bytes]:
    """Right and left, from above and obliquely; only the oblique views when few are wanted."""
    finding = finding_of(procedure, "mass", few)
    for number, (side, view, orientation) in enumerate(VIEWS, start=1):
        if few and view == "CC":
            continue
        dataset = common_part(
            procedure, DigitalMammographyXRayImageStorageForPresentation, number, 1
        )
        dataset.ImageType = ["DERIVED", "PRIMARY"]
        dataset.SeriesDescription = dataset.ProtocolName = f"{side} {view}"
        dataset.ImageLaterality, dataset.ViewPosition = side, view
        dataset.PatientOrientation = orientation
        add_view(dataset, view)
        add_exposure(dataset, view)
        add_shown_as_it_is(dataset, breast.SPACING)
        add_detector(dataset)
        picture = breast.mammogram(view, side, body_of(procedure), finding if side == "L" else "")
        add_pixels(dataset, np.clip(picture * GREYS, 0, GREYS).astype("<u2"), stored=12)
        yield encoded(dataset)


def add_view(dataset: Dataset, view: str) -> None:
    """The Mammography Image module."""
    coded = code(*CODES[view])
    coded.ViewModifierCodeSequence = []
    dataset.ViewCodeSequence = [coded]
    add_region(dataset)
    dataset.PositionerType, dataset.OrganExposed = "MAMMOGRAPHIC", "BREAST"
    dataset.PositionerPrimaryAngle = "0" if view == "CC" else "45"
    dataset.PartialView, dataset.BreastImplantPresent = "NO", "NO"
    dataset.AcquisitionContextSequence = []


def add_exposure(dataset: Dataset, view: str) -> None:
    """Compression, beam and dose of one exposure."""
    thick, product = (54, 88) if view == "CC" else (58, 96)
    dataset.CompressionForce, dataset.BodyPartThickness = "110", str(thick)
    dataset.KVP, dataset.XRayTubeCurrent = "29", 100
    dataset.Exposure, dataset.ExposureInuAs = product, product * 1000
    dataset.ExposureTime = product * 10
    dataset.AnodeTargetMaterial, dataset.FilterMaterial = "TUNGSTEN", "RHODIUM"
    dataset.HalfValueLayer, dataset.FocalSpots = "0.54", "0.3"
    dataset.EntranceDoseInmGy = f"{product * 0.062:.2f}"
    dataset.OrganDose = f"{product * 0.000159:.5f}"  # in decigray, says the standard
    dataset.DistanceSourceToDetector, dataset.DistanceSourceToPatient = "660", "640"
    dataset.DistanceSourceToEntrance = str(640 - thick)
    dataset.EstimatedRadiographicMagnificationFactor = f"{660 / 640:.3f}"
    dataset.Grid = "FOCUSED"
    dataset.ExposureControlMode = "AUTOMATIC"
