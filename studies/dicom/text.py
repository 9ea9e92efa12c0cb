"""Text of DICOM elements: (0008,0005) Specific Character Set and code extensions (PS3.5 6.1).

Written by hand because names must survive two things at once: ISO 2022 escape sequences, inside
which the bytes of `=`, `^` and `\\` may be half of a character (so decode first, split after), and
machines that declare one character set and write another (so nothing here ever raises).
What cannot be decoded shows as U+FFFD, for a person to see. Where no character set is declared at
all, bytes beyond ASCII are read as UTF-8, else as Latin-1, which is what such machines mean nearly
always; `facts` says so in its `fault`.
"""

import functools
import re
from typing import NamedTuple

_TERM = re.compile(r"ISO[ _-]?(?:2022[ _-]?)?(?:IR)?[ _-]?(\d+)")
_ESCAPE = re.compile(rb"\x1b([\x20-\x2f]+[\x30-\x7e])")
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+|[\x00-\x7f]+")
_NAME_ENDS = re.compile(rb"([\\^=\r\n\f\t])")
_TEXT_ENDS = re.compile(rb"([\\\r\n\f\t])")

# Without code extensions (PS3.3 table C.12-2), and the same numbers with them (C.12-3, C.12-4).
_CODECS = {
    "6": "ascii",
    "100": "latin_1",
    "101": "iso8859_2",
    "109": "iso8859_3",
    "110": "iso8859_4",
    "144": "iso8859_5",
    "127": "iso8859_6",
    "126": "iso8859_7",
    "138": "iso8859_8",
    "148": "iso8859_9",
    "203": "iso8859_15",
    "13": "shift_jis",
    "14": "shift_jis",
    "166": "iso8859_11",
    "149": "euc_kr",
    "58": "gb2312",
    "87": "ascii",
    "159": "ascii",
    "192": "utf_8",
}
_WHOLE = {"ISO_IR 192": "utf_8", "UTF-8": "utf_8", "UTF8": "utf_8", "GB18030": "gb18030"}
_WHOLE |= {"GBK": "gbk", "GB2312": "gb2312", "ISO_IR 6": "ascii", "": "ascii"}

# Escape sequences that put a set into G1 (the upper half), and into G0 (the lower).
_TO_G1 = {
    b"-A": "latin_1",
    b"-B": "iso8859_2",
    b"-C": "iso8859_3",
    b"-D": "iso8859_4",
    b"-L": "iso8859_5",
    b"-G": "iso8859_6",
    b"-F": "iso8859_7",
    b"-H": "iso8859_8",
    b"-M": "iso8859_9",
    b"-b": "iso8859_15",
    b"-T": "iso8859_11",
    b")I": "shift_jis",
    b"$)C": "euc_kr",
    b"$)A": "gb2312",
}
_TO_G0 = {b"(B": b"", b"(J": b"", b"$B": b"\x1b$B", b"$@": b"\x1b$B", b"$(D": b"\x1b$(D"}


class Charset(NamedTuple):
    """One value of (0008,0005), understood."""

    upper: str  # the codec of bytes before any escape sequence
    is_known: bool
    is_declared: bool = True

    def text(self, raw: bytes, *, is_name: bool = False) -> str:
        """Decode, never raising. NUL bytes, which no database takes, are dropped."""
        if b"\x1b" in raw:
            text = self._with_escapes(raw, _NAME_ENDS if is_name else _TEXT_ENDS)
        else:
            text = self._plain(raw)
        return text.replace("\x00", "") if "\x00" in text else text

    def _plain(self, raw: bytes) -> str:
        try:
            return raw.decode(self.upper)
        except UnicodeDecodeError:
            return _guess(raw, self.upper, "ascii" if self.is_declared else "latin_1")

    def _with_escapes(self, raw: bytes, ends: re.Pattern[bytes]) -> str:
        upper, lower, done, text = self.upper, b"", 0, []
        for escape in _ESCAPE.finditer(raw):
            text.append(self._segment(raw[done : escape.start()], upper, lower, ends))
            upper = _TO_G1.get(escape[1], upper)
            lower = _TO_G0.get(escape[1], lower)
            done = escape.end()
        text.append(self._segment(raw[done:], upper, lower, ends))
        return "".join(text)

    def _segment(self, raw: bytes, upper: str, lower: bytes, ends: re.Pattern[bytes]) -> str:
        """The bytes between two escape sequences."""
        if lower:  # two bytes a character in the lower half: no byte in it is a delimiter
            runs = _HIGH_RUNS.findall(raw)
            return "".join(_run(run, upper, lower) for run in runs)
        if upper != self.upper != "ascii":
            # At a delimiter the upper half goes back to its first set (PS3.5 6.1.2.5.3).
            head, *rest = ends.split(raw, maxsplit=1)
            return _guess(head, upper) + _guess(b"".join(rest), self.upper)
        return _guess(raw, upper)


@functools.lru_cache(maxsize=64)
def charset_of(declared: bytes) -> Charset:
    """What the raw value of (0008,0005) means. Only its first value matters before an escape."""
    terms = declared.decode("ascii", "replace").replace("\x00", "").split("\\")
    first = terms[0].strip().upper()
    if first in _WHOLE:
        return Charset(_WHOLE[first], is_known=True, is_declared=bool(first))
    numbered = _TERM.fullmatch(first)
    codec = _CODECS.get(numbered[1]) if numbered else None
    return Charset(codec or "ascii", is_known=codec is not None)


ASCII = charset_of(b"")


def _run(raw: bytes, upper: str, lower: bytes) -> str:
    if raw[0] >= 0x80:  # noqa: PLR2004 - the upper half of the code table
        return _guess(raw, upper)
    return (lower + raw).decode("iso2022_jp_2", "replace")


def _guess(raw: bytes, codec: str, last_resort: str = "ascii") -> str:
    """Decode. Where nothing better than ASCII was declared, UTF-8 that is valid is believed."""
    if codec == "ascii":
        try:
            return raw.decode("utf_8")
        except UnicodeDecodeError:
            return raw.decode(last_resort, "replace")
    return raw.decode(codec, "replace")
