"""The file meta information of objects that we write ourselves (PS3.10 7.1)."""

import struct
from collections.abc import Mapping

IMPLEMENTATION_UID = "2.25.263348473112843590837414571286134107531"
IMPLEMENTATION_VERSION = "IMAGING_DEPT_01"
_PREAMBLE = b"\0" * 128 + b"DICM"
_VERSION = struct.pack("<HH2s2xL2s", 2, 1, b"OB", 2, b"\0\1")  # (0002,0001)


def part10_head(elements: Mapping[int, tuple[str, str]]) -> bytes:
    """Preamble, prefix and file meta information, to stand before a data set.

    `elements` are (0002,eeee) → VR and text, ascending. Written by hand because a machine's own
    words are kept as they came, even where pydicom would object.
    """
    group = _VERSION + b"".join(
        _element(element, vr, text) for element, (vr, text) in elements.items()
    )
    return _PREAMBLE + struct.pack("<HH2sHL", 2, 0, b"UL", 4, len(group)) + group


def own_head(sop_class: str, sop_instance: str, transfer_syntax: str, *, sender: str = "") -> bytes:
    """The head of an object that comes without one: all that is known of it from outside.

    `sender` is the AE title it came from (0002,0016); empty for what we wrap anew.
    """
    elements = {
        0x0002: ("UI", sop_class),
        0x0003: ("UI", sop_instance),
        0x0010: ("UI", transfer_syntax),
        0x0012: ("UI", IMPLEMENTATION_UID),
        0x0013: ("SH", IMPLEMENTATION_VERSION),
    }
    return part10_head(elements | ({0x0016: ("AE", sender)} if sender else {}))


def _element(element: int, vr: str, text: str) -> bytes:
    value = text.encode("ascii", "replace")
    if len(value) % 2:
        value += b"\0" if vr == "UI" else b" "
    return struct.pack("<HH2sH", 2, element, vr.encode(), len(value)) + value
