"""A data set in another uncompressed transfer syntax: other wrapping, the same values.

Values travel as bytes: text stays in its character set, numbers are swapped only when the source
was big-endian. Only what must change does: group lengths fall away, and sequences get delimiters
in place of lengths. Runs in the limited child.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from studies.dicom.opening import Header
from studies.dicom.reader import (
    ENDS,
    ITEM,
    MAX_DEPTH,
    OFFSET_TABLES,
    SEQUENCE_END,
    UNDEFINED,
    Reader,
    Scope,
)
from studies.dicom.vrs import BINARY, LONG, NAMES, little_endian
from studies.facts import NotUsable

ICON_IMAGE_SEQUENCE = 0x00880200
PIXEL_REPRESENTATION = 0x00280103
SHORTEST = 8  # bytes of the shortest element
LONGEST_SHORT = 0xFFFE  # what sixteen bits of length can say, and even
_FILLED_WITH_ZEROS = frozenset(BINARY) | {"UI"}
_BEGIN_ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
_END_ITEM = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
_END_SEQUENCE = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)

Changes = Mapping[int, tuple[str, bytes] | None]  # None: leave it out


@dataclass(frozen=True, slots=True)
class Rewritten:
    """All elements but the pixel data: those before it, and those after."""

    head: bytes
    tail: bytes


def rewritten(header: Header, changes: Changes, *, explicit: bool) -> Rewritten:
    """The elements of the object, little-endian. Raises NotUsable."""
    return _Rewriter(header, explicit=explicit).all(changes)


def element_head(tag: int, vr: str, length: int, *, explicit: bool) -> bytes:
    """What stands before a value (PS3.5 7.1.2, 7.1.3)."""
    group, element = tag >> 16, tag & 0xFFFF
    if not explicit:
        return struct.pack("<HHI", group, element, length)
    raw_vr = vr.encode("ascii")
    if raw_vr in LONG:
        return struct.pack("<HH2sHI", group, element, raw_vr, 0, length)
    if length > LONGEST_SHORT:  # PS3.5 6.2.2, note on UN
        return struct.pack("<HH2sHI", group, element, b"UN", 0, length)
    return struct.pack("<HH2sH", group, element, raw_vr, length)


class _Rewriter(Reader):
    """Walks the bytes as the reader does, and hands on what it finds."""

    def __init__(self, header: Header, *, explicit: bool) -> None:
        super().__init__(header.buffer, header.order)
        self._header = header
        self._explicit = explicit
        self._pixel_tag = header.pixels.tag if header.pixels else 1 << 32
        self._is_compressed = header.pixels is not None and header.pixels.fragments is not None

    def all(self, changes: Changes) -> Rewritten:
        start = self._header.start
        scope = Scope(len(self.buffer), explicit=self.buffer[start + 4 : start + 6] in NAMES)
        found, _end = self._walk(start, scope)
        kept = {tag: piece for tag, piece in found if self._is_kept(tag, changes)}
        for tag, change in changes.items():
            if change is not None:
                vr, value = change
                kept[tag] = self._element_of(tag, vr, value)
        ordered = sorted(kept)
        return Rewritten(
            b"".join(kept[tag] for tag in ordered if tag < self._pixel_tag),
            b"".join(kept[tag] for tag in ordered if tag > self._pixel_tag),
        )

    def _is_kept(self, tag: int, changes: Changes) -> bool:
        if tag == self._pixel_tag or tag in changes:
            return False
        return not (self._is_compressed and tag in OFFSET_TABLES)

    def _walk(self, at: int, scope: Scope) -> tuple[list[tuple[int, bytes]], int]:
        """The elements of a scope in their new wrapping, and where it ended."""
        found: list[tuple[int, bytes]] = []
        while at + SHORTEST <= scope.end:
            tag, vr, start, length = self._head(at, scope)
            if tag in ENDS:
                return found, start if tag else scope.end
            if tag == ITEM:  # a stray one: its elements count as ours
                at = start
                continue
            piece, at = self._piece(tag, vr, (start, length), scope)
            if tag & 0xFFFF:
                found.append((tag, piece))
        return found, max(at, scope.end)

    def _piece(self, tag: int, vr: str, extent: tuple[int, int], scope: Scope) -> tuple[bytes, int]:
        start, length = extent
        if length == UNDEFINED and vr in BINARY and vr != "UN":
            return self._fragmented(tag, start, scope)
        if length == UNDEFINED or vr == "SQ":
            return self._sequence(tag, vr, extent, scope)
        end = start + length
        if end > scope.end:
            raise self._overrun(tag, start, length, scope)
        if tag == self._pixel_tag and not scope.depth:
            return b"", end
        raw = bytes(self.buffer[start:end])
        self._remember(tag, raw, scope)
        return self._element_of(tag, vr, self._swapped(raw, vr)), end

    def _remember(self, tag: int, raw: bytes, scope: Scope) -> None:
        """What decides about the representation of later elements."""
        if tag == PIXEL_REPRESENTATION:
            scope.signed = int.from_bytes(raw, "big" if self.order == ">" else "little") == 1
        elif tag & 0x10000 and 0x10 <= tag & 0xFFFF <= 0xFF:  # noqa: PLR2004 - private creators
            creator = raw.decode("latin-1").strip(" \0")
            scope.creators[(tag >> 16 << 8) | (tag & 0xFF)] = creator

    def _swapped(self, raw: bytes, vr: str) -> bytes:
        if self.order == "<":
            return raw
        return little_endian(raw, "US" if vr == "AT" else vr, self.order)

    def _element_of(self, tag: int, vr: str, value: bytes) -> bytes:
        if len(value) % 2:  # every length is even (PS3.5 7.1.1), whatever was sent
            value += b"\0" if vr in _FILLED_WITH_ZEROS else b" "
        return element_head(tag, vr, len(value), explicit=self._explicit) + value

    def _fragmented(self, tag: int, start: int, scope: Scope) -> tuple[bytes, int]:
        """Compressed pixel data. Elsewhere than on top nobody could decode it by this header."""
        _fragments, end, _is_closed = self._fragments(start, scope.end)
        if tag == self._pixel_tag and not scope.depth:
            return b"", end
        raise NotUsable("no_picture", "A picture inside of it is compressed.", refuse=False)

    def _sequence(
        self, tag: int, vr: str, extent: tuple[int, int], scope: Scope
    ) -> tuple[bytes, int]:
        start, length = extent
        end = scope.end if length == UNDEFINED else start + length
        if end > scope.end:
            raise self._overrun(tag, start, length, scope)
        if scope.depth >= MAX_DEPTH:
            raise NotUsable("too_deep", f"Sequences lie more than {MAX_DEPTH} deep in one another.")
        # UN of undefined length hides an implicit sequence (PS3.5 6.2.2 note 4).
        explicit = scope.explicit and vr != "UN"
        try:
            items, stop = self._rewritten_items(tag, start, end, scope, explicit=explicit)
        except NotUsable:
            if tag != ICON_IMAGE_SEQUENCE and not tag & 0x10000:
                raise
            # A compressed icon, or a maker's own copy of one: nothing that is read from.
            _items, closed = self._items(tag, start, end, scope, explicit=explicit)
            return b"", end if length != UNDEFINED or closed is None else closed
        head = element_head(tag, "SQ", UNDEFINED, explicit=self._explicit)
        return head + items + _END_SEQUENCE, end if length != UNDEFINED else stop

    def _rewritten_items(
        self, tag: int, at: int, end: int, scope: Scope, *, explicit: bool
    ) -> tuple[bytes, int]:
        pieces: list[bytes] = []
        while at + SHORTEST <= end:
            group, element, length = self._implicit_head.unpack_from(self.buffer, at)
            found = (group << 16) | element
            at += SHORTEST
            if found == SEQUENCE_END:
                return b"".join(pieces), at
            if found != ITEM:
                raise NotUsable("unreadable", "Something else than an item lies in a sequence.")
            item_end = end if length == UNDEFINED else at + length
            if item_end > end:
                raise self._overrun(tag, at, length, scope)
            inner = scope.inside(item_end, "")
            inner.explicit = explicit
            elements, stop = self._walk(at, inner)
            at = stop if length == UNDEFINED else item_end
            pieces += [_BEGIN_ITEM, *(piece for _tag, piece in elements), _END_ITEM]
        return b"".join(pieces), at
