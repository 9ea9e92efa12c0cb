"""Text as people compare it."""

import unicodedata


def fold(text: str) -> str:
    """`text` without case and accents, for comparing names: "Müller" and "MULLER" are one."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
