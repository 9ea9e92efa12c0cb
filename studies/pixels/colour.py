"""Samples of several planes, or of a palette, to red, green and blue."""

from collections.abc import Callable

import numpy as np

from studies.dicom import Header
from studies.pixels.luts import palette_of
from studies.pixels.native import Array, stored_values
from studies.pixels.shape import NoPicture, Shape

# PS3.3 C.7.6.3.1.2: YBR_FULL to RGB, full range.
_RED_OF_CR, _GREEN_OF_CB, _GREEN_OF_CR, _BLUE_OF_CB = 1.402, 0.344136, 0.714136, 1.772
_LUMINANCE_ONLY = {"YBR_FULL", "YBR_FULL_422"}
_KNOWN = _LUMINANCE_ONLY | {"RGB", "YBR_RCT", "YBR_ICT"}


def seer(header: Header, shape: Shape, photometric: str) -> Callable[[Array], Array]:
    """What turns stored samples into three planes that may be averaged."""
    if photometric == "PALETTE COLOR":
        indices, colours = palette_of(header)
        return lambda array: colours[indices.look_up(stored_values(array, shape))]
    if photometric not in _KNOWN:
        raise NoPicture(f"The colour model {photometric} is not known.")
    surplus = shape.bits_stored - 8
    if surplus > 0:
        return lambda array: stored_values(array, shape) >> surplus
    return lambda array: stored_values(array, shape)


def red_green_blue(mean: Array, photometric: str) -> Array:
    """Averaged planes to RGB bytes."""
    if photometric in _LUMINANCE_ONLY:
        luminance, blue, red = mean[..., 0], mean[..., 1] - 128, mean[..., 2] - 128
        mean = np.stack(
            (
                luminance + _RED_OF_CR * red,
                luminance - _GREEN_OF_CB * blue - _GREEN_OF_CR * red,
                luminance + _BLUE_OF_CB * blue,
            ),
            axis=-1,
        )
    return np.clip(np.rint(mean), 0, 255).astype(np.uint8)
