"""Directories of media: DICOMDIR (PS3.3 annex F). They list files and are nothing to file."""

from typing import Any

from studies.dicom import values as v
from studies.facts import NotUsable
from studies.file_names import leads_out

MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
RECORDS, FILE_ID = "00041220", "00041500"


def check_media(meta: v.Elements, elements: v.Elements) -> None:
    """Raise NotUsable when this is a directory, with a word of its own when it points elsewhere.

    We never open what it lists: its files come one by one. One that leads out of its medium was
    made by somebody who hopes that others do.
    """
    class_uid = v.text(elements, "00080016") or v.text(meta, "00020002")
    if class_uid != MEDIA_DIRECTORY and RECORDS not in elements:
        return
    if any(_climbs(v.values(record, FILE_ID)) for record in v.items(elements, RECORDS)):
        sentence = "This directory lists files that lie outside its medium."
        raise NotUsable("climbs", sentence)
    raise NotUsable(
        "media_directory", "The directory of the medium; its images are taken one by one."
    )


def _climbs(components: list[Any]) -> bool:
    """Whether a Referenced File ID (F.3.2.2), one value a folder, leaves the medium's root."""
    return any(not component for component in components) or leads_out(
        "/".join(map(str, components))
    )
