"""Is this the same object? Bytes first, then the content under another wrapping."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common.files import absolute
from studies.facts import InstanceFacts
from studies.headers import unpack
from studies.identity import Difference
from studies.models import IncomingFile, Instance

IDENTITY = ("00100010", "00100020", "00100021", "00100030")
AVAILABLE_SYNTAX = "00083002"
PREAMBLE = 128
MAGIC = b"DICM"
GROUP_LENGTH = b"\x02\x00\x00\x00UL\x04\x00"  # (0002,0000), always explicit little endian
MOST_DIFFERENCES = 20
LONGEST_VALUE = 120


def is_same_object(kept: Instance, arrived: IncomingFile, facts: InstanceFacts) -> bool:
    """Whether nothing would be lost by keeping the one we have.

    The file meta group says who wrote the file, not what the object is (PS3.10 7.1): the same
    object by network and by upload differs there only. The same attributes and the same native
    pixels are the same object too, whichever little-endian syntax carried them.
    """
    if kept.sha256 == arrived.sha256:
        return True
    if _sum_of(_dataset(absolute(kept.path))) == _sum_of(_dataset(absolute(arrived.path))):
        return True
    pixels_here = _native_pixels(kept.path, kept.pixel_layout, kept.frames)
    pixels_there = _native_pixels(arrived.path, facts.pixel_layout, facts.frames)
    if pixels_here is None or pixels_there is None:
        return False
    here, there = _attributes(unpack(kept.header.json)), _attributes(facts.header)
    return here == there and _sum_of(pixels_here) == _sum_of(pixels_there)


def is_intact(kept: Instance) -> bool:
    """Whether the bytes we rely on are still there, in full."""
    try:
        return absolute(kept.path).stat().st_size == kept.size
    except OSError:
        return False


def object_differences(kept: Instance, facts: InstanceFacts) -> list[Difference]:
    """Which attributes differ, by tag; the pixels when no attribute does."""
    here, there = _attributes(unpack(kept.header.json)), _attributes(facts.header)
    if kept.transfer_syntax != facts.transfer_syntax:
        syntaxes = Difference(
            field="transfer_syntax", here=kept.transfer_syntax, arrived=facts.transfer_syntax
        )
        found = [syntaxes]
    else:
        found = []
    for tag in sorted(here.keys() | there.keys()):
        if here.get(tag) != there.get(tag):
            found.append(
                Difference(field=tag, here=_said(here.get(tag)), arrived=_said(there.get(tag)))
            )
    return found[:MOST_DIFFERENCES] or [Difference(field="pixels", here="", arrived="")]


def _attributes(header: bytes) -> dict[str, Any]:
    """The DICOM JSON object without what it says about its own encoding."""
    attributes: dict[str, Any] = json.loads(header)
    attributes.pop(AVAILABLE_SYNTAX, None)
    return attributes


def _said(element: Any) -> str:
    """The value of a DICOM JSON element (PS3.18 F.2.2) in a few words."""
    if element is None:
        return "–"
    if "Value" not in element:
        return "…" if element.keys() - {"vr"} else ""
    said = [_name_of(value) for value in element["Value"]]
    return "\\".join(said)[:LONGEST_VALUE]


def _name_of(value: Any) -> str:
    if isinstance(value, dict):
        groups = (value.get(group, "") for group in ("Alphabetic", "Ideographic", "Phonetic"))
        return "=".join(groups).rstrip("=") or "…"
    return "" if value is None else str(value)


def _dataset(place: Path) -> Iterator[bytes]:
    """The bytes after the file meta group; all bytes when there is none."""
    with place.open("rb") as stream:
        head = stream.read(PREAMBLE + 16)
        start = 0
        if head[PREAMBLE : PREAMBLE + 4] == MAGIC and head[PREAMBLE + 4 :][:8] == GROUP_LENGTH:
            start = PREAMBLE + 16 + int.from_bytes(head[-4:], "little")
        stream.seek(start)
        while piece := stream.read(1024 * 1024):
            yield piece


def _native_pixels(path: str, layout: dict[str, Any] | None, frames: int) -> Iterator[bytes] | None:
    """The bytes of all frames where they lie side by side in the file; None elsewhere."""
    if not layout or "frame_size" not in layout:
        return None
    return _slice(absolute(path), layout["offset"], layout["frame_size"] * frames)


def _slice(place: Path, start: int, length: int) -> Iterator[bytes]:
    with place.open("rb") as stream:
        stream.seek(start)
        while length > 0 and (piece := stream.read(min(1024 * 1024, length))):
            length -= len(piece)
            yield piece


def _sum_of(pieces: Iterator[bytes]) -> bytes:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def says_the_same_patient(kept: Instance, facts: InstanceFacts) -> bool:
    """Whether both objects name the patient alike, letter by letter.

    A study may by now be filed under another record than its images name, because a person
    corrected that. Its late images go where the early ones went.
    """
    here, there = _attributes(unpack(kept.header.json)), _attributes(facts.header)
    return all(_said(here.get(tag)) == _said(there.get(tag)) for tag in IDENTITY)
