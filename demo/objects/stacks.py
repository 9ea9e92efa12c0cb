"""Where the slices of a volume lie in the patient (PS3.3 C.7.6.2)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from demo.phantoms.noise import Values

# Direction of the rows and of the columns; then the order of axes that a volume (z, y, x) needs.
ORIENTATIONS = {
    "AXIAL": ([1, 0, 0, 0, 1, 0], (0, 1, 2)),
    "SAGITTAL": ([0, 1, 0, 0, 0, -1], (2, 0, 1)),
    "CORONAL": ([1, 0, 0, 0, 0, -1], (1, 0, 2)),
}
ACROSS = {"AXIAL": "x", "SAGITTAL": "y", "CORONAL": "x"}
DOWN = {"AXIAL": "y", "SAGITTAL": "z", "CORONAL": "z"}


@dataclass(frozen=True, slots=True)
class Stack:
    """Parallel slices at equal distances, square, millimetres in the patient's coordinates."""

    orientation: str
    places: tuple[float, float, int]  # of the first and the last slice, and how many there are
    size: int
    field: float
    centre: tuple[float, float] = (0, 0)  # of each slice, in its two remaining coordinates

    @property
    def spacing(self) -> float:
        return self.field / self.size

    @property
    def step(self) -> float:
        first, last, count = self.places
        return (last - first) / (count - 1)

    def axes(self) -> tuple[Values, Values, Values]:
        """Coordinates along x, y and z, as phantoms want them."""
        line = (np.arange(self.size) - (self.size - 1) / 2) * self.spacing
        across = (line + self.centre[0]).astype(np.float32)
        downwards = -line if DOWN[self.orientation] == "z" else line
        down = (downwards + self.centre[1]).astype(np.float32)
        through = np.linspace(*self.places, dtype=np.float32)
        axes = {ACROSS[self.orientation]: across, DOWN[self.orientation]: down}
        x, y, z = (axes.get(name, through) for name in "xyz")
        return x, y, z

    def cut(self, values: Values) -> Iterator[NDArray[np.int16]]:
        """The slices of a volume drawn on these axes, one after the other."""
        for plane in values.transpose(ORIENTATIONS[self.orientation][1]):
            yield np.clip(plane, -1024, 3071).astype("<i2")

    def describe(self, dataset: Dataset, number: int) -> None:
        """The Image Plane module of slice `number`, counted from 1."""
        x, y, z = (axis[0] for axis in self.axes())
        place = self.places[0] + self.step * (number - 1)
        corner = {"AXIAL": (x, y, place), "SAGITTAL": (place, y, z), "CORONAL": (x, place, z)}
        dataset.ImageOrientationPatient = [str(part) for part in ORIENTATIONS[self.orientation][0]]
        dataset.ImagePositionPatient = [f"{part:.4f}" for part in corner[self.orientation]]
        dataset.PixelSpacing = [f"{self.spacing:.6f}"] * 2
        dataset.SliceThickness = dataset.SpacingBetweenSlices = f"{abs(self.step):.4f}"
        dataset.SliceLocation = f"{place:.4f}"
        dataset.PositionReferenceIndicator = ""
        dataset.PatientPosition = "HFS"
