"""A query as plain text, to keep and to show; and back again, to ask it anew."""

from pydicom.config import IGNORE
from pydicom.datadict import dictionary_description, dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from worklist.dicom.identifier import text_of
from worklist.dicom.keys import WORKLIST, Key, Nested, Table
from worklist.dicom.matching import CHARACTER_SET, called

MOST_KEYS = 120
LONGEST_VALUE = 200
# What can be typed; numbers and bytes are not matched, so their values matter to nobody.
TEXT = frozenset(
    {"AE", "AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}
)


def keys_of(identifier: Dataset) -> dict[str, str]:
    """Keywords, those inside a sequence with dots between, and what is asked of each."""
    keys: dict[str, str] = {}
    _gather(identifier, "", keys)
    return keys


def _gather(asked: Dataset, inside: str, keys: dict[str, str]) -> None:
    for element in asked:
        name = inside + called(element.tag)
        if len(keys) >= MOST_KEYS or element.tag in {CHARACTER_SET} or element.tag.element == 0:
            continue
        if element.VR != "SQ":
            keys[name] = text_of(asked, element.tag)[:LONGEST_VALUE]
        elif element.value and len(element.value[0]):
            _gather(element.value[0], f"{name}.", keys)
        else:
            keys[name] = ""


def identifier_of(keys: dict[str, str]) -> Dataset:
    """The query behind such keys. Keywords that nobody knows are left out."""
    identifier = Dataset()
    for name, value in keys.items():
        *outer, keyword = name.split(".")
        if tag_for_keyword(keyword) not in {None, CHARACTER_SET} and all(map(_is_sequence, outer)):
            _put(_inside(identifier, outer), keyword, value)
    return identifier


def _inside(dataset: Dataset, sequences: list[str]) -> Dataset:
    for keyword in sequences:
        if not dataset.get(keyword):
            setattr(dataset, keyword, Sequence([Dataset()]))
        dataset = dataset[keyword].value[0]
    return dataset


def _is_sequence(keyword: str) -> bool:
    tag = tag_for_keyword(keyword)
    return tag is not None and dictionary_VR(tag) == "SQ"


def _put(dataset: Dataset, keyword: str, value: str) -> None:
    tag = tag_for_keyword(keyword)
    assert tag is not None  # noqa: S101 - `identifier_of` has looked
    vr = dictionary_VR(tag)
    if vr == "SQ":
        dataset.add_new(tag, vr, Sequence([]))
        return
    said = value if value and vr in TEXT else None
    dataset.add(DataElement(tag, vr, said, validation_mode=IGNORE))


def attribute_of(name: str) -> str:
    """What the standard calls an attribute, from its keywords with dots between."""
    tag = tag_for_keyword(name.rsplit(".", 1)[-1])
    return dictionary_description(tag) if tag is not None else name


def every_key(table: Table = WORKLIST, inside: str = "") -> dict[str, str]:
    """A query for every attribute that is answered here."""
    keys: dict[str, str] = {}
    for tag, key in table.items():
        name = inside + called(BaseTag(tag))
        if isinstance(key, Key):
            keys[name] = ""
        elif isinstance(key, Nested):
            keys |= every_key(key.table, f"{name}.")
    return keys
