"""Which modality words mean the same work here."""

# A radiography room reads CR or DX depending on its detector: an order cannot know.
RADIOGRAPHY = frozenset({"CR", "DX"})


def spellings(modality: str) -> frozenset[str]:
    """All words that stand for the same kind of device."""
    return RADIOGRAPHY if modality in RADIOGRAPHY else frozenset({modality})


def alike(one: str, other: str) -> bool:
    """Is it the same kind of device?"""
    return other in spellings(one)
