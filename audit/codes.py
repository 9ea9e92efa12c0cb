"""The codes that entries keep, in words. The apps that write them say here what they mean."""

from collections.abc import Mapping

from django.utils.functional import Promise

_words: dict[str, str | Promise] = {}


def mean(words: Mapping[str, str | Promise]) -> None:
    """Add words for codes. Codes of standards mean the same to everybody, ours are words."""
    _words.update(words)


def word_of(code: str) -> str:
    """What people call it; a code that nobody knows any more says itself."""
    return str(_words.get(code, code))
