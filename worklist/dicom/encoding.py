"""Worklist answers as bytes (PS3.5 7): straight from their elements, in the syntax agreed on.

pydicom writes the same bytes from data sets, in ten times the time; a test compares the two. What
is not plain ASCII it spells for us.
"""

import struct
from functools import lru_cache
from typing import Any

from pydicom.charset import convert_encodings, default_encoding, encode_string
from pydicom.uid import UID
from pydicom.valuerep import PersonName

from worklist.dicom.answers import Element
from worklist.dicom.matching import CHARACTER_SET

ITEM = 0xFFFEE000
LONG = frozenset({"SQ", "UT", "UN"})  # their length has four bytes, after two empty ones
LONGEST_SHORT = 0xFFFF  # bytes of a value whose length has two
Encodings = list[str]


class Writer:
    """Writes data sets in one uncompressed transfer syntax."""

    def __init__(self, transfer_syntax: str) -> None:
        syntax = UID(transfer_syntax)
        self._is_explicit = not syntax.is_implicit_VR
        order = "<" if syntax.is_little_endian else ">"
        self._tag, self._short, self._long = (
            struct.Struct(order + code) for code in ("HH", "H", "L")
        )
        self._heads: dict[tuple[int, str], bytes] = {}

    def write(self, elements: list[Element]) -> bytes:
        """A whole data set."""
        said = elements[0][2] if elements and elements[0][0] == CHARACTER_SET else None
        return self._written(elements, convert_encodings(said) if said else [default_encoding])

    def _written(self, elements: list[Element], encodings: Encodings) -> bytes:
        return b"".join([self._element(*element, encodings) for element in elements])

    def _element(self, tag: int, vr: str, value: Any, encodings: Encodings) -> bytes:
        if vr == "SQ":
            content = b"".join([self._item(one, encodings) for one in value])
        elif isinstance(value, int):
            content = self._short.pack(value)  # US is the one kind of number on a worklist
        else:
            content = _text(vr, value, encodings)
        size = len(content)
        if self._is_explicit and vr not in LONG:
            if size <= LONGEST_SHORT:
                return self._head(tag, vr) + self._short.pack(size) + content
            vr = "UN"  # too long for its VR (PS3.5 6.2.2)
        return self._head(tag, vr) + self._long.pack(size) + content

    def _item(self, elements: list[Element], encodings: Encodings) -> bytes:
        content = self._written(elements, encodings)
        return self._head(ITEM, "") + self._long.pack(len(content)) + content

    def _head(self, tag: int, vr: str) -> bytes:
        """All that comes before the length."""
        head = self._heads.get((tag, vr))
        if head is None:
            kind = vr.encode() + b"\0\0" * (vr in LONG) if self._is_explicit else b""
            head = self._heads[tag, vr] = self._tag.pack(tag >> 16, tag & 0xFFFF) + kind
        return head


writer_of = lru_cache(maxsize=8)(Writer)


def _text(vr: str, value: Any, encodings: Encodings) -> bytes:
    """A value of characters, padded to an even length (PS3.5 6.2)."""
    if isinstance(value, list):
        content = b"\\".join([_spelt(vr, one, encodings) for one in value])
    else:
        content = _spelt(vr, value or "", encodings)
    return content + (b"\0" if vr == "UI" else b" ") if len(content) % 2 else content


def _spelt(vr: str, text: str, encodings: Encodings) -> bytes:
    if text.isascii():
        return (text.rstrip("=") if vr == "PN" else text).encode()
    if vr == "PN":
        return bytes(PersonName(text).encode(encodings))
    if vr in {"SH", "LO", "LT", "UT"}:
        return bytes(encode_string(text, encodings))
    return text.encode(default_encoding, "replace")
