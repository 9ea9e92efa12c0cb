"""Text as people compare it."""

import re
import unicodedata


def fold(text: str) -> str:
    """`text` without case and accents, for comparing names: "Müller" and "MULLER" are one."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def counted(text: str) -> list[str | int]:
    """What to sort names by that people number: "Archive 2" comes before "Archive 13"."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", fold(text))]
