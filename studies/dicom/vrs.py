"""Value representations: how wide their length is, and how their bytes become JSON values.

JSON values follow PS3.18 annex F: numbers for decimal strings, hexadecimal text for tags, objects
for names, null for an empty member among others, no Value at all when nothing is there.
"""

import base64
import math
import struct
from collections.abc import Callable
from typing import Any

from studies.dicom.text import Charset

TYPE_CODES = {
    "US": "H",
    "SS": "h",
    "UL": "I",
    "SL": "i",
    "UV": "Q",
    "SV": "q",
    "FL": "f",
    "FD": "d",
}
LONG = frozenset(
    [b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"]
)
SHORT = frozenset(
    [b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT", b"PN",
     b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"]
)  # fmt: skip
NAMES = {raw: raw.decode() for raw in LONG | SHORT}
BINARY = {"OB": 1, "OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8, "UN": 1}  # bytes a word

Values = list[Any]
Convert = Callable[[bytes, Charset], Values]


def _words(raw: bytes, _: Charset) -> Values:
    text = raw.decode("ascii", "replace").rstrip(" \x00")
    if "\\" in text:
        return [value.strip(" \x00") or None for value in text.split("\\")]
    return [text.strip(" \x00")] if text else []


def _long_text(raw: bytes, charset: Charset) -> Values:
    text = charset.text(raw).rstrip(" \x00")
    return [text] if text else []


def _short_text(raw: bytes, charset: Charset) -> Values:
    text = charset.text(raw)
    if "\\" in text:
        return [value.strip(" \x00") or None for value in text.split("\\")]
    text = text.strip(" \x00")
    return [text] if text else []


def _names(raw: bytes, charset: Charset) -> Values:
    text = charset.text(raw, is_name=True).rstrip(" \x00")
    return [_name(value) for value in text.split("\\")] if text else []


def _name(text: str) -> dict[str, str] | None:
    groups = zip(("Alphabetic", "Ideographic", "Phonetic"), text.split("="), strict=False)
    return {which: group.strip() for which, group in groups if group.strip()} or None


def _decimals(raw: bytes, _: Charset) -> Values:
    text = raw.decode("ascii", "replace").rstrip(" \x00")
    return [_decimal(value) for value in text.split("\\")] if text else []


def _decimal(text: str) -> float | int | str | None:
    text = text.strip(" \x00")
    try:
        if "." not in text and "e" not in text and "E" not in text:
            return int(text)
        number = float(text)
    except ValueError:
        return text or None
    return number if math.isfinite(number) else text


def _integers(raw: bytes, _: Charset) -> Values:
    text = raw.decode("ascii", "replace").rstrip(" \x00")
    return [_integer(value) for value in text.split("\\")] if text else []


def _integer(text: str) -> int | str | None:
    number = _decimal(text)
    return int(number) if isinstance(number, float) and number.is_integer() else number  # type: ignore[return-value]


def _tags(order: str) -> Convert:
    def tags(raw: bytes, _: Charset) -> Values:
        pairs = struct.iter_unpack(order + "HH", raw[: len(raw) // 4 * 4])
        return [f"{group:04X}{element:04X}" for group, element in pairs]

    return tags


def _numbers(order: str, code: str) -> Convert:
    one = struct.Struct(order + code)
    size = one.size

    def numbers(raw: bytes, _: Charset) -> Values:
        if len(raw) == size:
            return list(one.unpack(raw))
        count = len(raw) // size
        return list(struct.unpack(f"{order}{count}{code}", raw[: count * size]))

    return numbers


def _floats(order: str, code: str) -> Convert:
    numbers = _numbers(order, code)

    def floats(raw: bytes, charset: Charset) -> Values:
        # JSON knows no NaN and no infinity: they are written as text (PS3.18 F.2.3).
        return [v if math.isfinite(v) else str(v) for v in numbers(raw, charset)]

    return floats


def _text_converters() -> dict[str, Convert]:
    found: dict[str, Convert] = dict.fromkeys(
        ["AE", "AS", "CS", "DA", "DT", "TM", "UI", "UR"], _words
    )
    found |= dict.fromkeys(["LO", "SH", "UC"], _short_text)
    found |= dict.fromkeys(["LT", "ST", "UT"], _long_text)
    return found | {"PN": _names, "DS": _decimals, "IS": _integers}


def converters(order: str) -> dict[str, Convert]:
    """For each value representation, what makes JSON values of its bytes (`order` `<` or `>`)."""
    found = _text_converters() | {"AT": _tags(order)}
    for vr, code in TYPE_CODES.items():
        make = _floats if vr in {"FL", "FD"} else _numbers
        found[vr] = make(order, code)
    return found


def little_endian(raw: bytes, vr: str, order: str) -> bytes:
    """The bytes of a binary value, words swapped when they came big-endian."""
    width = BINARY.get(vr) or struct.calcsize(TYPE_CODES.get(vr, "B"))
    if order == "<" or width == 1:
        return raw
    whole = len(raw) // width * width
    swapped = bytearray(raw[:whole])
    for index in range(width):
        swapped[index::width] = raw[width - 1 - index : whole : width]
    return bytes(swapped) + raw[whole:]


def inline(raw: bytes, vr: str, order: str) -> dict[str, Any]:
    """A short binary value as JSON."""
    if not raw:
        return {"vr": vr}
    return {"vr": vr, "InlineBinary": base64.b64encode(little_endian(raw, vr, order)).decode()}
