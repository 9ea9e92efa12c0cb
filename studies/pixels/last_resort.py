"""gdcm: it reads every JPEG there is, and is known to abort on damaged ones.

Only imported when a lossless or twelve-bit JPEG has to be decoded, only in the limited child.
"""

import gdcm
import numpy as np

from studies.pixels.native import Array
from studies.pixels.shape import NoPicture, Shape

_WIDE = 8


def gdcm_samples(data: bytes, shape: Shape, syntax: str, precision: int) -> tuple[Array, int]:
    """One frame as unsigned samples, and how many bits of each the codestream holds."""
    image = _image(data, shape, syntax, precision)
    text = image.GetBuffer()
    # gdcm hands out bytes dressed as text.
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else bytes(text)
    count = shape.rows * shape.columns * shape.samples
    dtype = "<u2" if precision > _WIDE else "u1"
    if len(raw) < count * np.dtype(dtype).itemsize:
        raise NoPicture("The compressed frame could not be decoded.")
    flat = np.frombuffer(raw, dtype, count)
    if not shape.is_colour:
        return flat.reshape(shape.rows, shape.columns), precision
    if image.GetPlanarConfiguration() == 1:
        planes = flat.reshape(3, shape.rows, shape.columns)
        return np.moveaxis(planes, 0, 2), precision
    return flat.reshape(shape.rows, shape.columns, 3), precision


def _image(data: bytes, shape: Shape, syntax: str, precision: int) -> "gdcm.Image":
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(data)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((shape.columns, shape.rows, 1))
    image.SetDataElement(element)
    kind = gdcm.PhotometricInterpretation.GetPIType(shape.photometric)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    if shape.is_colour:
        image.SetPlanarConfiguration(0)
    known = gdcm.TransferSyntax.GetTSType(syntax)
    image.SetTransferSyntax(gdcm.TransferSyntax(known))
    allocated = 16 if precision > _WIDE else 8
    image.SetPixelFormat(gdcm.PixelFormat(shape.samples, allocated, precision, precision - 1, 0))
    return image
