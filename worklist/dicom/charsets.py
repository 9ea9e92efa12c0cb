"""Can a text be said in a character set? Asked before encoding, so that nothing turns into "?"."""

from collections.abc import Iterable
from functools import lru_cache

from pydicom.charset import python_encoding

PLAIN = frozenset({"", "ISO_IR 6", "ISO 2022 IR 6"})
LATIN_1_SUPPLEMENT = ("\x80", "\xff")


def sayable(texts: Iterable[str], character_set: str) -> bool:
    """Whether every text can be written in a Specific Character Set, "" meaning ASCII.

    False too for a character set that nobody knows.
    """
    terms = tuple(term.strip() for term in character_set.split("\\"))
    if not all(term in python_encoding for term in terms):
        return False
    letters = {letter for text in texts if not text.isascii() for letter in text}
    return all(letter.isascii() or _has(terms, letter) for letter in letters)


@lru_cache(maxsize=10_000)
def _has(terms: tuple[str, ...], letter: str) -> bool:
    if terms[0] in PLAIN and LATIN_1_SUPPLEMENT[0] <= letter <= LATIN_1_SUPPLEMENT[1]:
        return False  # pydicom takes ISO 646 for Latin-1 and would not announce the letter
    return any(_encodes(term, letter) for term in terms if term not in PLAIN)


def _encodes(term: str, letter: str) -> bool:
    encoding = python_encoding[term]
    try:
        encoded = letter.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    # ISO-IR 13 is the single-byte half of what Python calls Shift JIS.
    return encoding != "shift_jis" or len(encoded) == 1
