"""Which modality words mean the same work here."""

# A radiography room reads CR or DX depending on its detector: an order cannot know.
RADIOGRAPHY = frozenset({"CR", "DX"})


def spellings(modality: str) -> frozenset[str]:
    """All words that stand for the same kind of device."""
    return RADIOGRAPHY if modality in RADIOGRAPHY else frozenset({modality})


def alike(one: str, other: str) -> bool:
    """Is it the same kind of device?"""
    return other in spellings(one)


PLAIN = ("view", "kv", "mas", "exposure_index", "dap", "exposures", "is_shielded", "held_by")
SCREENED = ("dap", "fluoroscopy_s", "kv", "exposures", "is_shielded", "held_by")
EXPOSURE_FIELDS = {
    "CT": ("view", "ctdi_vol", "dlp", "kv", "mas", "exposures", "held_by"),
    "DX": PLAIN,
    "CR": PLAIN,
    "MG": ("view", "kv", "mas", "glandular_dose", "exposures"),
    "XA": SCREENED,
    "RF": SCREENED,
}
"""What a device that exposes says about it, in the order of its console. Others expose nothing."""
