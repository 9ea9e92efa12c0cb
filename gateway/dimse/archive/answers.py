"""Rows as the data sets that answer a C-FIND, in letters that the asker reads."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset

from gateway.dimse.archive.asking import Found
from gateway.dimse.archive.identifier import CHARACTER_SET, LEVEL, Identifier
from worklist.dicom.charsets import sayable

UTF_8 = "ISO_IR 192"
RETRIEVE_AE_TITLE = 0x00080054
_TEXTS = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})


def data_set(
    row: dict[str, Any], identifier: Identifier, found: Found, character_set: str
) -> Dataset:
    """The keys that were asked for, and nothing else but what says how to read and get them."""
    answer = Dataset.from_json(
        {tag: told for tag, told in row.items() if tag in found.told and "BulkDataURI" not in told}
    )
    for tag in found.told - row.keys():
        number = int(tag, 16)
        answer.add_new(number, _vr(number, identifier), None)
    answer.add_new(LEVEL, "CS", str(identifier.depth))
    answer.add_new(RETRIEVE_AE_TITLE, "AE", settings.DICOM_AE_TITLE)
    answer.pop(CHARACTER_SET, None)
    said = character_set if sayable(_texts_of(answer), character_set) else UTF_8
    if said:
        answer.add_new(CHARACTER_SET, "CS", said.split("\\"))
    return answer


def _vr(tag: int, identifier: Identifier) -> str:
    try:
        return dictionary_VR(tag)
    except KeyError:
        return str(identifier.keys[tag].VR)


def _texts_of(data_set: Dataset) -> Iterator[str]:
    for element in data_set.iterall():
        if element.VR in _TEXTS:
            yield str(element.value or "")
