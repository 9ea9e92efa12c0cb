"""Text as people compare it."""

import re
import unicodedata

from django.db.models import Func, TextField, Value

NUMBERS = Value(r"(\d+)"), Value("0" * 20 + r"\1"), Value("g")
OVERFULL = Value(r"0*(\d{20})"), Value(r"\1"), Value("g")


def fold(text: str) -> str:
    """`text` without case and accents, for comparing names: "Müller" and "MULLER" are one."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def counted(field: str) -> Func:
    """What to order names by that people number: "Archive 2" comes before "Archive 13".

    Without case and accents, by the database's own `fold_text`; every number is filled up to twenty
    digits, for an embedded database has no collation that counts.
    """
    folded = Func(field, function="fold_text")
    filled = Func(folded, *NUMBERS, function="regexp_replace")
    return Func(filled, *OVERFULL, function="regexp_replace", output_field=TextField())


def counted_here(text: str) -> list[str | int]:
    """The same for what is sorted in memory: a key."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", fold(text))]
