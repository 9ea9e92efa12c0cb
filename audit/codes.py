"""The codes that entries keep, in words.

Codes of choices are said as the fields of the models say them. For others, which no field offers,
the apps that write them say here what they mean.
"""

from collections.abc import Mapping
from functools import lru_cache

from django.apps import apps
from django.utils.functional import Promise

from audit.kinds import model_of

Words = Mapping[str, str | Promise]
_words: dict[str, str | Promise] = {}


def mean(words: Words) -> None:
    """Add words for codes. Codes of standards mean the same to everybody, ours are words."""
    _words.update(words)


def word_of(code: str, kind: str) -> str:
    """What people call it in an entry about a record of `kind`.

    A code that nobody knows any more, or that means one thing here and another there, says itself.
    """
    for words in (_words, _words_of(kind), _words_of_all()):
        if code in words:
            return str(words[code])
    return code


@lru_cache(maxsize=256)
def _words_of(kind: str) -> Words:
    """The codes that such a record can hold, unless two of its fields say them differently."""
    model = model_of(kind) if kind else None
    if model is None:
        return {}
    return _unanimous([dict(field.flatchoices) for field in model._meta.fields if field.choices])


@lru_cache(maxsize=1)
def _words_of_all() -> Words:
    return _unanimous([_words_of(model._meta.label_lower) for model in apps.get_models()])


def _unanimous(said: list[Words]) -> Words:
    found: dict[str, str | Promise] = {}
    disputed = set()
    for words in said:
        for code, word in words.items():
            if str(found.setdefault(code, word)) != str(word):
                disputed.add(code)
    return {code: word for code, word in found.items() if code not in disputed}
