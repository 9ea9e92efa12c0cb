"""CT: head, chest and abdomen, in Hounsfield units."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydicom.uid import CTImageStorage

from demo.objects.common import (
    add_pixels,
    add_window,
    body_of,
    code,
    common_part,
    encoded,
    finding_of,
    uid_of,
)
from demo.objects.stacks import Stack
from demo.phantoms.head import head
from demo.phantoms.scanner import ct_values
from demo.phantoms.space import Space
from demo.phantoms.trunk import lay_on_table, trunk
from worklist.models import ScheduledProcedure

FEW = 12
# in which the dose was measured (CID 4052), by whether it is a head
PHANTOMS = {
    True: ("113690", "IEC Head Dosimetry Phantom"),
    False: ("113691", "IEC Body Dosimetry Phantom"),
}


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one region is scanned and shown."""

    description: str
    anatomy: Callable[..., Space]
    finding: str
    stack: Stack
    noise: float
    window: tuple[int, int, str]
    dose: tuple[float, int, int]  # CTDIvol in mGy, mAs, tube current in mA
    contrast: str = ""


PROTOCOLS = {
    "CT-HEAD": Protocol(
        "Head 2 mm brain", head, "subdural", Stack("AXIAL", (-55, 95, 80), 256, 230, (0, -2)),
        3.4, (40, 80, "BRAIN"), (48.2, 280, 280),
    ),
    "CT-CHEST": Protocol(
        "Chest 5 mm venous", trunk, "nodule", Stack("AXIAL", (205, -75, 57), 512, 390),
        11, (40, 400, "MEDIASTINUM"), (6.9, 95, 190), "Iodinated contrast medium 350",
    ),
    "CT-ABD": Protocol(
        "Abdomen 5 mm venous", trunk, "appendicitis", Stack("AXIAL", (5, -315, 65), 512, 370),
        11, (50, 400, "ABDOMEN"), (9.4, 130, 260), "Iodinated contrast medium 350",
    ),
}  # fmt: skip


def ct_objects(procedure: ScheduledProcedure, *, few: bool) -> Iterator[bytes]:
    """One axial series of the region; twelve slices when few are wanted."""
    protocol = PROTOCOLS[procedure.procedure_type.code]
    stack, seed = protocol.stack, body_of(procedure)
    if few:
        stack = Stack(
            stack.orientation, (*stack.places[:2], FEW), stack.size, stack.field, stack.centre
        )
    space = protocol.anatomy(*stack.axes(), seed, finding_of(procedure, protocol.finding, few))
    if protocol.anatomy is trunk:
        lay_on_table(space)
    values = ct_values(space, protocol.noise, seed)
    for number, plane in enumerate(stack.cut(values), start=1):
        dataset = common_part(procedure, CTImageStorage, 1, number)
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.SeriesDescription = dataset.ProtocolName = protocol.description
        dataset.FrameOfReferenceUID = uid_of(procedure, 0)
        stack.describe(dataset, number)
        ctdi, product, current = protocol.dose
        dataset.KVP, dataset.Exposure, dataset.XRayTubeCurrent = "120", product, current
        dataset.ExposureTime = round(1000 * product / current)
        dataset.CTDIvol = ctdi
        dataset.CTDIPhantomTypeCodeSequence = [code(*PHANTOMS[protocol.anatomy is head], "DCM")]
        dataset.DataCollectionDiameter, dataset.ReconstructionDiameter = "500", f"{stack.field:g}"
        dataset.ScanOptions, dataset.FilterType = "HELICAL MODE", "BODY"
        dataset.ConvolutionKernel, dataset.GantryDetectorTilt = "STANDARD", "0"
        dataset.DistanceSourceToDetector, dataset.DistanceSourceToPatient = "1085", "595"
        if protocol.contrast:
            dataset.ContrastBolusAgent, dataset.ContrastBolusRoute = protocol.contrast, "IV"
        dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "HU"
        add_window(dataset, *protocol.window)
        add_pixels(dataset, plane)
        yield encoded(dataset)
