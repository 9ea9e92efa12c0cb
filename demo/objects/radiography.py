"""Radiographs of chest, hand and hip, each in two views: digital, but for the hand on its plate."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ComputedRadiographyImageStorage, DigitalXRayImageStorageForPresentation

from demo.objects.common import (
    add_pixels,
    add_region,
    add_window,
    body_of,
    code,
    common_part,
    encoded,
    finding_of,
    side_of,
)
from demo.phantoms import chest, hand, hip
from demo.phantoms.noise import Values
from worklist.models import ScheduledProcedure

GREYS = 4095
CODES = {  # SNOMED CT, CID 4010
    "Chest PA": ("272479007", "postero-anterior"),
    "Chest lateral": ("399173006", "left lateral"),
    "Hand PA": ("272479007", "postero-anterior"),
    "Hand oblique": ("399059000", "postero-anterior oblique"),
    "Pelvis AP": ("399348003", "antero-posterior"),
    "Hip oblique": ("399312000", "antero-posterior oblique"),
}
ON_PLATES = frozenset({"DX-HAND"})  # a plate lies better under a hand than the wall stand does
CLASSES = (DigitalXRayImageStorageForPresentation, ComputedRadiographyImageStorage)
Draw = Callable[[str, int, str], Values]  # from side, seed and finding


@dataclass(frozen=True, slots=True)
class View:
    """One exposure: how it is drawn, how it lies, and what it took."""

    description: str
    position: str
    draw: Draw
    orientation: tuple[str, str]
    spacing: float
    exposure: tuple[int, float, int]  # kV, mAs, mA
    indices: tuple[int, int]  # exposure index reached, and wanted
    distance: int


def chest_view(position: str) -> Draw:
    """The chest is the same from every side that was asked for."""
    return lambda _side, seed, finding: chest.chest_radiograph(position, seed, finding)


def hand_view(position: str) -> Draw:
    """The hand in this position, of the side that was asked for."""
    return lambda side, seed, finding: hand.hand_radiograph(position, side, seed, finding)


CHEST_PA = View(
    "Chest PA", "PA", chest_view("PA"), ("L", "F"), chest.SPACING, (125, 1.6, 320), (271, 250), 1800
)
CHEST_LL = View(
    "Chest lateral",
    "LL",
    chest_view("LL"),
    ("P", "F"),
    chest.SPACING,
    (125, 5.1, 320),
    (238, 250),
    1800,
)
HAND_PA = View(
    "Hand PA", "PA", hand_view("PA"), ("L", "H"), hand.SPACING, (52, 1.8, 200), (395, 400), 1100
)
HAND_OBL = View(
    "Hand oblique",
    "OBL",
    hand_view("OBL"),
    ("L", "H"),
    hand.SPACING,
    (52, 2, 200),
    (418, 400),
    1100,
)
PELVIS = View(
    "Pelvis AP",
    "AP",
    hip.pelvis_radiograph,
    ("L", "F"),
    hip.SPACING,
    (78, 22, 320),
    (322, 300),
    1150,
)
HIP = View(
    "Hip oblique", "OBL", hip.hip_radiograph, ("L", "F"), hip.ONE, (75, 18, 320), (287, 300), 1150
)
# of each code: what may be found, and the views with what the laterality of each is
VIEWS: dict[str, tuple[str, list[tuple[View, str]]]] = {
    "DX-CHEST": ("pneumonia", [(CHEST_PA, "B"), (CHEST_LL, "U")]),
    "DX-HAND": ("fracture", [(HAND_PA, ""), (HAND_OBL, "")]),
    "DX-HIP": ("fracture", [(PELVIS, "B"), (HIP, "")]),
}


def dx_objects(procedure: ScheduledProcedure, *, few: bool) -> Iterator[bytes]:
    """The views of the region; only the first one when few are wanted."""
    is_plate = procedure.procedure_type.code in ON_PLATES
    finding, views = VIEWS[procedure.procedure_type.code]
    finding = finding_of(procedure, finding, few)
    side = side_of(procedure)
    for number, (view, laterality) in enumerate(views[: 1 if few else None], start=1):
        dataset = common_part(procedure, CLASSES[is_plate], number, 1)
        dataset.ImageType = ["DERIVED", "PRIMARY"]
        dataset.SeriesDescription = dataset.ProtocolName = view.description
        dataset.ImageLaterality = laterality or side
        dataset.ViewPosition = view.position
        dataset.ViewCodeSequence = [code(*CODES[view.description])]
        dataset.PatientOrientation = list(view.orientation)
        add_region(dataset)
        add_exposure(dataset, view)
        add_shown_as_it_is(dataset, view.spacing)
        if is_plate:
            add_plate(dataset, number)
        else:
            dataset.PositionerType = "COLUMN"  # type 2 for digital radiographs (PS3.3 C.8.11.5)
            add_detector(dataset)
        picture = view.draw(side, body_of(procedure), finding)
        add_pixels(dataset, np.clip(picture * GREYS, 0, GREYS).astype("<u2"), stored=12)
        yield encoded(dataset)


def add_exposure(dataset: Dataset, view: View) -> None:
    """What the exposure took, and how near it came to what was wanted (IEC 62494-1)."""
    kilovolt, product, current = view.exposure
    reached, wanted = view.indices
    dataset.KVP, dataset.XRayTubeCurrent = str(kilovolt), current
    dataset.Exposure, dataset.ExposureInuAs = round(product), round(product * 1000)
    dataset.ExposureTime = max(1, round(1000 * product / current))
    dataset.ExposureIndex, dataset.TargetExposureIndex = str(reached), str(wanted)
    dataset.DeviationIndex = f"{10 * np.log10(reached / wanted):.1f}"
    dataset.ImageAndFluoroscopyAreaDoseProduct = f"{product * kilovolt**2 / 2.2e5:.4f}"
    dataset.DistanceSourceToDetector = str(view.distance)
    dataset.FocalSpots = "0.6"
    dataset.Grid = "NONE" if "Hand" in view.description else "FOCUSED"
    dataset.FilterMaterial, dataset.AcquisitionContextSequence = "ALUMINUM", []


def add_shown_as_it_is(dataset: Dataset, spacing: float) -> None:
    """Grey is already what the reader should see."""
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "US"
    dataset.PresentationLUTShape = "IDENTITY"
    dataset.LossyImageCompression = "00"
    dataset.ImagerPixelSpacing = [f"{spacing:.6f}"] * 2
    add_window(dataset, 2048, 4096)


def add_detector(dataset: Dataset) -> None:
    """The DX Image and DX Detector modules."""
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.PixelIntensityRelationship, dataset.PixelIntensityRelationshipSign = "LOG", -1
    dataset.DetectorType, dataset.DetectorConfiguration = "SCINTILLATOR", "AREA"
    dataset.DetectorID, dataset.DetectorTemperature = "FP-01", "31"
    dataset.FieldOfViewShape = "RECTANGLE"


def add_plate(dataset: Dataset, number: int) -> None:
    """The CR Series and CR Image modules: a phosphor plate, and the reader beside the room."""
    dataset.Modality = "CR"
    dataset.PlateType, dataset.PhosphorType = "STORAGE PHOSPHOR", "BAFI"
    dataset.PlateID, dataset.Sensitivity = f"PLATE-{number:02d}", "400"
    dataset.CassetteOrientation, dataset.CassetteSize = "PORTRAIT", "24CMX30CM"
    dataset.AcquisitionDeviceProcessingDescription = "EXTREMITY"
