"""MR: head, knee and lumbar spine, several sequences of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from demo.objects.common import (
    add_pixels,
    add_window,
    body_of,
    common_part,
    encoded,
    finding_of,
    side_of,
    uid_of,
)
from demo.objects.stacks import Stack
from demo.phantoms.head import head
from demo.phantoms.knee import knee
from demo.phantoms.scanner import mr_values
from demo.phantoms.space import Space
from demo.phantoms.tissues import FLAIR, PD, T1, T2
from demo.phantoms.trunk import trunk
from worklist.models import ScheduledProcedure

FEW = 12


@dataclass(frozen=True, slots=True)
class Sequence:
    """One series: what it weighs, where it cuts, and its times in milliseconds."""

    description: str
    weighting: int
    stack: Stack
    repetition: int
    echo: float
    inversion: int = 0
    window: tuple[int, int] = (450, 1000)


BRAIN = Stack("AXIAL", (-50, 94, 28), 256, 230, (0, -2))
PROFILE = Stack("SAGITTAL", (-64.8, 64.8, 28), 256, 250, (-6, -18))
SPINE = Stack("SAGITTAL", (-28, 28, 15), 384, 300, (40, -128))
KNEE = Stack("SAGITTAL", (-41.4, 41.4, 24), 320, 160, (4, 0))
KNEE_FRONT = Stack("CORONAL", (-42, 42, 25), 320, 160, (0, 0))
SEQUENCES: dict[str, tuple[Callable[..., Space], str, list[Sequence]]] = {
    "MR-HEAD": (head, "meningioma", [
        Sequence("T2 TSE axial", T2, BRAIN, 5200, 98, window=(480, 1000)),
        Sequence("T2 FLAIR axial", FLAIR, BRAIN, 9000, 114, 2500, window=(400, 850)),
        Sequence("T1 SE axial", T1, BRAIN, 520, 12, window=(420, 850)),
        Sequence("T1 SE sagittal", T1, PROFILE, 500, 11, window=(420, 850)),
    ]),
    "MR-LSPINE": (trunk, "prolapse", [
        Sequence("T2 TSE sagittal", T2, SPINE, 3600, 105, window=(440, 1000)),
        Sequence("T1 TSE sagittal", T1, SPINE, 600, 11, window=(430, 900)),
    ]),
    "MR-KNEE": (knee, "meniscus", [
        Sequence("PD TSE fat saturated sagittal", PD, KNEE, 2900, 34, window=(400, 850)),
        Sequence("T1 SE sagittal", T1, KNEE, 550, 12, window=(430, 900)),
        Sequence("PD TSE fat saturated coronal", PD, KNEE_FRONT, 2900, 34, window=(400, 850)),
    ]),
}  # fmt: skip


def mr_objects(procedure: ScheduledProcedure, *, few: bool) -> Iterator[bytes]:
    """Every sequence of the region; twelve slices of the first one when few are wanted."""
    anatomy, finding, sequences = SEQUENCES[procedure.procedure_type.code]
    seed, drawn = body_of(procedure), None
    if few:
        sequences = sequences[:1]
    for series, sequence in enumerate(sequences, start=1):
        stack = sequence.stack
        if few:
            stack = Stack(
                stack.orientation, (*stack.places[:2], FEW), stack.size, stack.field, stack.centre
            )
        if drawn is None or drawn[0] is not stack:
            x, y, z = stack.axes()
            if anatomy is knee and side_of(procedure) == "R":
                x = -x
            drawn = stack, anatomy(x, y, z, seed, finding_of(procedure, finding, few))
        values = mr_values(drawn[1], sequence.weighting, seed + series)
        for number, plane in enumerate(stack.cut(values), start=1):
            dataset = common_part(procedure, MRImageStorage, series, number)
            dataset.ImageType = ["ORIGINAL", "PRIMARY", "OTHER", "SE"]
            dataset.FrameOfReferenceUID = uid_of(procedure, 0)
            if procedure.procedure_type.needs_side:
                dataset.Laterality = side_of(procedure)
            stack.describe(dataset, number)
            add_sequence(dataset, sequence)
            add_window(dataset, *sequence.window)
            add_pixels(dataset, plane)
            yield encoded(dataset)


def add_sequence(dataset: Dataset, sequence: Sequence) -> None:
    """The MR Image module."""
    is_fast = "TSE" in sequence.description or bool(sequence.inversion)
    dataset.SeriesDescription = dataset.ProtocolName = sequence.description
    dataset.ScanningSequence = ["SE", "IR"] if sequence.inversion else "SE"
    dataset.SequenceVariant = "SK"
    dataset.ScanOptions = "FS" if "saturated" in sequence.description else ""
    dataset.MRAcquisitionType = "2D"
    dataset.RepetitionTime, dataset.EchoTime = sequence.repetition, sequence.echo
    if sequence.inversion:
        dataset.InversionTime = sequence.inversion
    dataset.EchoTrainLength = 15 if is_fast else 1
    dataset.FlipAngle, dataset.NumberOfAverages, dataset.EchoNumbers = "90", "2", 1
    dataset.MagneticFieldStrength, dataset.ImagingFrequency = "1.5", "63.87"
    dataset.ImagedNucleus, dataset.PixelBandwidth = "1H", "150"
    dataset.InPlanePhaseEncodingDirection = "ROW"
    dataset.SAR = 1.2
