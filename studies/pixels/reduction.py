"""Large frames to small ones, reading no more than a picture of that size needs.

Each block of pixels becomes one: the mean of up to four by four samples spread over the block.
For a memory-mapped radiograph this touches a part of the file only.
"""

from collections.abc import Callable

import numpy as np

from studies.pixels.native import Array

SAMPLES = 4  # of each block, in each direction


def block_mean(array: Array, factors: tuple[int, int], see: Callable[[Array], Array]) -> Array:
    """The mean of `see(samples)` over blocks of `factors` (down, across) pixels, as float32."""
    down, across = factors
    rows, columns = array.shape[0] // down * down, array.shape[1] // across * across
    array = array[:rows, :columns]
    total: Array | None = None
    spots = [(y, x) for y in _spread(down) for x in _spread(across)]
    for y, x in spots:
        seen = see(array[y::down, x::across])
        if total is None:
            total = seen.astype(np.float32)
        else:
            total += seen
    if total is None or not total.size:
        return np.zeros((1, 1), np.float32)
    return total if len(spots) == 1 else total * np.float32(1 / len(spots))


def _spread(factor: int) -> list[int]:
    """Which samples of a block of `factor` to look at: all of a small one."""
    if factor <= SAMPLES:
        return list(range(factor))
    return [int((2 * part + 1) * factor / (2 * SAMPLES)) for part in range(SAMPLES)]


def sampled(array: Array, wanted: int = 20_000) -> Array:
    """Every so-manyth pixel in both directions, about `wanted` in all."""
    step = max(int((array.shape[0] * array.shape[1] / wanted) ** 0.5), 1)
    return array[::step, ::step]
