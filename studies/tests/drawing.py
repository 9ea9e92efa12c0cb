"""Pictures and samples of files, as arrays to compare; and the standard's own formula."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from studies.dicom import open_object
from studies.facts import Picture
from studies.pixels import PictureOrder, draw
from studies.pixels.frames import frame_samples
from studies.pixels.native import stored_values
from studies.pixels.shape import Shape

Pixels = npt.NDArray[Any]


def drawn(path: Path, **wishes: Any) -> Picture:
    return draw(open_object(path), PictureOrder(**{"image_format": "PNG", **wishes}))


def levels(picture: Picture) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(picture.data)))


def at_full_size(path: Path, **wishes: Any) -> Pixels:
    """Grey levels of frame 0, one for each pixel."""
    return levels(drawn(path, **{"size": None, "frame": 0, **wishes})).astype(int)


def by_formula(values: Pixels, centre: float, width: float) -> Pixels:
    """PS3.3 C.11.2.1.2.1, LINEAR, written as the standard writes it."""
    x = values.astype(float)
    y = ((x - (centre - 0.5)) / (width - 1) + 0.5) * 255
    y = np.where(x <= centre - 0.5 - (width - 1) / 2, 0, y)
    return np.where(x > centre - 0.5 + (width - 1) / 2, 255, y)


def stored(path: Path, frame: int = 0) -> Pixels:
    header = open_object(path)
    decoded = frame_samples(header, Shape.of(header), frame)
    return stored_values(decoded.array, decoded.shape).astype(int)
