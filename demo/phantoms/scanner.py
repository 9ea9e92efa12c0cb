"""What a scanner makes of tissues: Hounsfield units, or the signal of an MR sequence."""

import numpy as np

from demo.phantoms.noise import Values, grain, smooth_noise, softened
from demo.phantoms.space import Space
from demo.phantoms.tissues import CT, Tissue, looks_in


def ct_values(space: Space, noise: float, seed: int) -> Values:
    """Hounsfield units, (slices, rows, columns), with the blur and the noise of a scanner."""
    table = np.asarray(looks_in(CT), np.float32)
    values = grain(space.shape, noise, seed + 3)
    weight = np.float32(0.4) * space.axes[1][:, None]  # blood sinks to the back of the lungs
    for number, labels in enumerate(space.labels):
        values[number] += softened(table[labels] + weight * (labels == Tissue.LUNG))
    return values


def mr_values(space: Space, sequence: int, seed: int) -> Values:
    """Signal from 0 to about 1200, brighter near the coil, noise that is never negative."""
    values = softened(space.seen_as(looks_in(sequence)))
    coil = smooth_noise((4, 4, 4), 2, seed + 5)[1:3, 1:3, 1:3]
    tilt = 1 + 0.05 * coil
    for axis, side in enumerate(values.shape):
        places = np.linspace(0, 1, side, dtype=np.float32)
        places = places.reshape([-1 if a == axis else 1 for a in range(3)])
        tilt = np.take(tilt, [0], axis) * (1 - places) + np.take(tilt, [1], axis) * places
    values *= tilt.astype(np.float32)
    values += grain(values.shape, 13, seed + 4)
    return np.abs(values, out=values)
