"""Reading a stranger's C-FIND identifier."""

import io

from pydicom.charset import convert_encodings, python_encoding
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag
from pydicom.uid import UID


class NotAnswerable(Exception):
    """The identifier makes no sense here; `offending` is the tag that says so, when one does."""

    def __init__(self, sentence: str, offending: int | None = None) -> None:
        super().__init__(sentence)
        self.offending = offending


def read_identifier(encoded: io.BytesIO, transfer_syntax: str, character_set: str) -> Dataset:
    """The data set of a C-FIND request. Raises NotAnswerable.

    `character_set` is assumed where the identifier names none but is not plain ASCII either.
    """
    syntax = UID(transfer_syntax)
    terms = [term.strip() for term in character_set.split("\\")]
    known = [term for term in terms if term in python_encoding] or ["ISO_IR 192"]
    encoded.seek(0)
    try:
        identifier = read_dataset(
            encoded,
            syntax.is_implicit_VR,
            syntax.is_little_endian,
            parent_encoding=convert_encodings(known),
        )
        for element in identifier.iterall():  # everything is decoded here, or not at all
            str(element.value)
    except Exception as why:  # whatever pydicom meets in a stranger's bytes
        raise NotAnswerable("The identifier cannot be read.") from why
    return identifier


def text_of(dataset: Dataset, tag: BaseTag | int) -> str:
    """The value of a key as one string, without padding; "" when it asks nothing."""
    value = dataset[tag].value
    if value is None:
        return ""
    several = value if isinstance(value, MultiValue) else [value]
    return "\\".join(str(one).replace("\0", "").strip() for one in several)
