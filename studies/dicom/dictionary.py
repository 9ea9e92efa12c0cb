"""The data dictionary: which value representation a tag has when the file does not say."""

import functools

from pydicom.datadict import (
    dictionary_VR,
    private_dictionary_VR,
)

_AMBIGUOUS = {
    "US or SS": "US",  # SS when (0028,0103) says signed: decided by the reader
    "OB or OW": "OW",
    "US or OW": "OW",
    "US or SS or OW": "OW",
}
SIGN_DEPENDENT = frozenset({"US or SS"})


@functools.lru_cache(maxsize=8192)
def public_vr(tag: int) -> str:
    """The dictionary's value representation of a standard tag; UN when it knows none."""
    if not tag & 0xFFFF:
        return "UL"  # a group length
    try:
        vr = dictionary_VR(tag)
    except KeyError:
        return "UN"
    return vr if len(vr) == 2 or vr in SIGN_DEPENDENT else _AMBIGUOUS.get(vr, "UN")  # noqa: PLR2004


@functools.lru_cache(maxsize=8192)
def private_vr(tag: int, creator: str) -> str:
    """The value representation of a maker's own tag; UN when nobody has told pydicom."""
    if not creator:
        return "UN"
    try:
        vr = private_dictionary_VR(tag, creator)
    except KeyError:
        return "UN"
    return vr if len(vr) == 2 else _AMBIGUOUS.get(vr, "UN")  # noqa: PLR2004
