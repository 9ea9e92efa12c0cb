"""Pixels of received objects: single frames decoded, and pictures drawn of them.

Only ever imported in the limited child: what these modules read was made by strangers.
"""

from studies.dicom import Header
from studies.facts import Picture
from studies.pixels.frames import decoded_frame
from studies.pixels.picture import PictureOrder, picture
from studies.pixels.shape import NoPicture

__all__ = ["NoPicture", "PictureOrder", "decoded_frame", "draw"]


def draw(header: Header, order: PictureOrder) -> Picture:
    """A picture of the object: of its pixels when they can be shown, else of its kind."""
    from studies.pictograms import pictogram  # noqa: PLC0415 - rarely needed

    if header.pixels is None:
        return pictogram(header, order, "")
    try:
        return picture(header, order)
    except NoPicture as why:
        return pictogram(header, order, str(why))
