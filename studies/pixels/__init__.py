"""Pixels of received objects: single frames decoded, and pictures drawn of them.

Only ever imported in the limited child: what these modules read was made by strangers.
"""

from studies.dicom import Header
from studies.dicom.encapsulation import VIDEO
from studies.facts import Picture
from studies.pixels.frames import decoded_frame
from studies.pixels.picture import PictureOrder, picture
from studies.pixels.shape import NoPicture

__all__ = ["NoPicture", "PictureOrder", "decoded_frame", "draw"]


def draw(header: Header, order: PictureOrder) -> Picture:
    """A picture of the object: of its pixels when they can be shown, else of its kind."""
    from studies.pictograms import pictogram  # noqa: PLC0415 - rarely needed

    if header.pixels is None or header.transfer_syntax in VIDEO:
        return pictogram(header, order, "")  # nothing failed: this kind has no picture of ours
    try:
        return picture(header, order)
    except NoPicture as why:
        return pictogram(header, order, str(why))
