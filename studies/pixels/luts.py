"""Lookup tables: modality, VOI and palette (PS3.3 C.11.1, C.11.2, C.7.6.3.1.5, C.7.9.2)."""

import dataclasses
from typing import Any

import numpy as np

from studies.dicom import Header
from studies.dicom import values as v
from studies.pixels.native import Array
from studies.pixels.shape import NoPicture

_PALETTE = (("1101", "1201", "1221"), ("1102", "1202", "1222"), ("1103", "1203", "1223"))
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
MAX_ENTRIES = 1 << 16


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Entry 0 answers input value `first`; inputs beyond the ends get the ends."""

    entries: Array
    first: int
    bits: int

    def look_up(self, values: Array) -> Array:
        index = np.clip(values.astype(np.int64) - self.first, 0, len(self.entries) - 1)
        found: Array = self.entries[index]
        return found

    @property
    def top(self) -> int:
        """The largest output: as declared, or as found when the table says more than declared."""
        return max((1 << self.bits) - 1, int(self.entries.max()))


def table_of(header: Header, item: v.Elements, path: str, *, is_signed: bool) -> Table | None:
    """The table of a LUT sequence item: descriptor (0028,3002) and data (0028,3006)."""
    return _table(header, item, (path + "00283002", path + "00283006"), is_signed=is_signed)


def _table(
    header: Header, item: v.Elements, paths: tuple[str, str], *, is_signed: bool
) -> Table | None:
    descriptor = v.numbers(item, paths[0][-8:])
    if len(descriptor) != 3:  # noqa: PLR2004
        return None
    count, first, bits = (int(number) for number in descriptor)
    count = (count & 0xFFFF) or MAX_ENTRIES
    if first > 0x7FFF and is_signed:  # noqa: PLR2004 - written as US, meant as SS
        first -= 0x10000
    entries = _entries(header, item, paths[1], count)
    return Table(entries, first, bits or 16) if entries is not None and len(entries) else None


def _entries(header: Header, item: v.Elements, path: str, count: int) -> Array | None:
    """The table's numbers, binary or listed; of eight bits when they fill only half the room."""
    if path in header.bulk:
        raw = header.bytes_of(path)
        if count <= len(raw) < 2 * count:
            return np.frombuffer(raw, "u1", count)
        return np.frombuffer(raw, "<u2", min(count, len(raw) // 2))
    listed = v.numbers(item, path[-8:])
    return np.array(listed[:count], np.int64) & 0xFFFF if listed else None


def palette_of(header: Header) -> tuple[Table, Array]:
    """The palette: a table for indices, and the colours 0–255 of its entries (n × 3)."""
    elements = header.elements
    red = _table(header, elements, ("00281101", "00281201"), is_signed=False)
    colours = []
    for descriptor, plain, segmented in _PALETTE:
        table = _table(header, elements, (f"0028{descriptor}", f"0028{plain}"), is_signed=False)
        if table is None:
            table = _segmented(header, elements, f"0028{descriptor}", f"0028{segmented}")
        colours.append(_as_bytes(table))
        red = red or table
    length = min(len(colour) for colour in colours)
    stacked = np.stack([colour[:length] for colour in colours], axis=1)
    if red is None:
        raise NoPicture("The palette is missing.")
    return Table(np.arange(length), red.first, 16), stacked


def _as_bytes(table: Table | None) -> Array:
    if table is None:
        raise NoPicture("The palette is missing.")
    entries = table.entries
    # Sixteen-bit entries whose upper byte is never used are eight-bit ones written wide.
    if entries.dtype.itemsize > 1 and table.bits > 8 and int(entries.max(initial=0)) > 0xFF:  # noqa: PLR2004
        return (entries >> 8).astype(np.uint8)
    return entries.astype(np.uint8)


def _segmented(header: Header, elements: v.Elements, descriptor: str, data: str) -> Table | None:
    """Expand segments of discrete, linear and repeated entries (PS3.3 C.7.9.2)."""
    numbers = [int(number) for number in v.numbers(elements, descriptor)]
    if len(numbers) != 3 or data not in header.bulk:  # noqa: PLR2004
        return None
    count, first, bits = numbers
    raw = header.bytes_of(data)
    words = np.frombuffer(raw, "u1" if bits == 8 else "<u2", len(raw) // (1 if bits == 8 else 2))  # noqa: PLR2004
    entries = _expanded([int(word) for word in words], count or MAX_ENTRIES)
    return Table(np.array(entries, np.uint16), first, bits)


def _expanded(words: list[int], count: int) -> list[int]:
    entries: list[int] = []
    segments: list[tuple[int, list[int]]] = []
    at = 0
    while at + 1 < len(words) and len(entries) < count:
        code, length = words[at], words[at + 1]
        size = {_DISCRETE: length, _LINEAR: 1, _INDIRECT: 2}.get(code, 0)
        body = words[at + 2 : at + 2 + size]
        if not size or len(body) < size:
            raise NoPicture("The segmented palette is damaged.")
        at += 2 + size
        if code == _INDIRECT:  # repeats earlier segments; its offset counts bytes of the table
            raise NoPicture("The segmented palette repeats itself in a way not known here.")
        segments.append((code, body))
        entries += body if code == _DISCRETE else _ramp(entries, length, body[0])
    return entries[:count]


def _ramp(entries: list[int], length: int, end: int) -> list[int]:
    if not entries:
        raise NoPicture("The segmented palette is damaged.")
    steps = np.linspace(entries[-1], end, length + 1)[1:]
    return [int(step) for step in np.rint(steps)]


def functional_group(header: Header, frame: int, tag: str) -> tuple[dict[str, Any], str]:
    """The first item of a functional group of one frame, and its path: per frame, else shared."""
    for sequence, index in (("52009230", frame), ("52009229", 0)):
        groups = v.items(header.elements, sequence)
        if index < len(groups) and (found := v.item(groups[index], tag)):
            return found, f"{sequence}/{index}/{tag}/0/"
    return {}, ""
