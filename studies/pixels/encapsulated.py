"""An object with its pixels compressed without loss: which attributes change (PS3.5 A.4)."""

import struct
from typing import Any

from studies.dicom import Header
from studies.dicom.encapsulation import RLE
from studies.dicom.reader import UNDEFINED
from studies.dicom.rewriting import element_head, rewritten
from studies.facts import NotUsable
from studies.pixels.compressing import compressed_frame, later_fit, not_exact
from studies.pixels.plain import PLANAR, changes_for, frames_of

_EMPTY_TABLE = struct.pack("<HHI", 0xFFFE, 0xE000, 0)  # every frame is one fragment


def encapsulated(header: Header, syntax: str) -> tuple[dict[str, Any], bytes]:
    """Everything but the pixels, as `plain` gives it; the first frame is the end of the bytes.

    `pixels` is "fragments": compress the frames. `shape` is what all of them must have.
    """
    if header.pixels is None:
        raise NotUsable("not_exact", "It has no pixels that could be compressed.", refuse=False)
    frames = frames_of(header)
    if syntax != RLE and not later_fit(header, range(1, frames)):
        raise not_exact()
    first = compressed_frame(header, 0, syntax)
    changes = dict(changes_for(header, first))
    if changes[PLANAR] is not None:  # RLE keeps planes, the others pixels (PS3.5 8.2.2 to 8.2.4)
        changes[PLANAR] = "US", struct.pack("<H", 1 if syntax == RLE else 0)
    whole = rewritten(header, changes, explicit=True)
    head = whole.head + element_head(0x7FE00010, "OB", UNDEFINED, explicit=True) + _EMPTY_TABLE
    facts = {
        "pixels": "fragments",
        "head": len(head),
        "tail": len(whole.tail),
        "frames": frames,
        "shape": first.shape,
    }
    return facts, head + whole.tail + first.data
