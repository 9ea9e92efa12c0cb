"""What an object that cannot be read says of itself in its first bytes."""

import io
import re
from pathlib import Path

from pydicom import dcmread

HEAD = 4096
_UID = re.compile(r"[0-9]+(\.[0-9]+)+")
_CLASS, _INSTANCE = "MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID"


def named_in_head(place: Path) -> tuple[str, str]:
    """SOP class and instance of the file meta group, blank when it has none that can be read."""
    with place.open("rb") as stream:
        head = stream.read(HEAD)
    try:
        meta = dcmread(io.BytesIO(head), specific_tags=["SOPInstanceUID"]).file_meta
        named = str(meta.get(_CLASS) or ""), str(meta.get(_INSTANCE) or "")
    except Exception:  # damaged: pydicom raises whatever it stumbles over
        return "", ""
    return named if all(len(uid) <= 64 and _UID.fullmatch(uid) for uid in named) else ("", "")  # noqa: PLR2004
