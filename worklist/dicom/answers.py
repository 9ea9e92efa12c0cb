"""From a scheduled procedure to a worklist answer: what was asked for, and nothing else."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from worklist.dicom.charsets import sayable
from worklist.dicom.keys import ABSENT, WORKLIST, Nested, Step, Table
from worklist.dicom.matching import CHARACTER_SET, OFFSET
from worklist.dicom.times import offset_text
from worklist.models import ScheduledProcedure

UTF_8 = "ISO_IR 192"
LONGEST = {"SH": 16, "LO": 64, "CS": 16, "LT": 10240, "PN": 64 * 3 + 2}  # characters (PS3.5 6.2)
NO_BACKSLASH = frozenset({"SH", "LO", "PN"})
# Tag, VR and value; the value of a sequence are its items, each a list of such elements.
Element = tuple[int, str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One attribute of every answer to a query: its value comes from a step, or its items do."""

    tag: int
    vr: str
    value: Callable[[Any], Any]
    needs: str = ""
    inside: tuple["Part", ...] = ()

    def all_needs(self) -> set[str]:
        """What must be fetched for it, and for what is inside."""
        return {self.needs}.union(*(part.all_needs() for part in self.inside))


@dataclass(frozen=True)
class Asking:
    """What the asker wants to be told, and how."""

    identifier: Dataset
    zone: dt.tzinfo
    wants_offset: bool
    character_set: str

    @property
    def needs(self) -> frozenset[str]:
        """What must be fetched to tell it."""
        return frozenset().union(*(part.all_needs() for part in self.parts))

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What each answer holds, found out once for all of them."""
        parts = _parts_of(self.identifier, WORKLIST)
        if self.wants_offset:
            offset = Part(OFFSET, "SH", lambda step: offset_text(step.start))
            parts = tuple(sorted((*parts, offset), key=lambda part: part.tag))
        return parts


def elements_for(procedure: ScheduledProcedure, asking: Asking) -> list[Element]:
    """One worklist item (PS3.4 K.6.1.2.2): the requested attributes, in letters the asker reads.

    In the order of their tags.
    """
    texts: list[str] = []
    elements = _project(asking.parts, Step(procedure, asking.zone), texts)
    # Type 1C: required for anything beyond ASCII, and never zero-length (PS3.4 C.2.2.2).
    said = asking.character_set if sayable(texts, asking.character_set) else UTF_8
    if said:
        elements.insert(0, (CHARACTER_SET, "CS", said.split("\\")))
    return elements


def dataset_of(elements: list[Element]) -> Dataset:
    """The same for whoever works with data sets."""
    answer = Dataset()
    for tag, vr, value in elements:
        is_nested = vr == "SQ"
        answer.add_new(tag, vr, Sequence(map(dataset_of, value)) if is_nested else value)
    return answer


def _parts_of(asked: Dataset | None, table: Table) -> tuple[Part, ...]:
    """The attributes that `asked` names; None asks for all there are."""
    return tuple(
        Part(tag, "SQ", key.items, key.needs, _parts_of(_item(asked, tag), key.table))
        if isinstance(key, Nested)
        else Part(tag, dictionary_VR(tag), key.value, key.needs)
        for tag, key in table.items()
        if asked is None or tag in asked
    )


def _item(asked: Dataset | None, tag: int) -> Dataset | None:
    """What a sequence key asks for: its item's attributes, or all when it is empty (C.2.2.2.6)."""
    items = asked[tag].value if asked is not None else None
    return items[0] if items and len(items[0]) else None


def _project(parts: tuple[Part, ...], subject: Any, texts: list[str]) -> list[Element]:
    elements: list[Element] = []
    for part in parts:
        value = part.value(subject)
        if part.vr == "SQ":
            items = [_project(part.inside, one, texts) for one in value]
            elements.append((part.tag, part.vr, items))
        elif value is not ABSENT:
            elements.append((part.tag, part.vr, _fitting(part.vr, value, texts)))
    return elements


def _fitting(vr: str, value: Any, texts: list[str]) -> Any:
    """A value as its VR allows it, and its text noted for the choice of the character set."""
    if isinstance(value, list):
        return [_fitting(vr, one, texts) for one in value]
    if not isinstance(value, str) or vr not in LONGEST:
        return value
    text = value.replace("\\", "/") if vr in NO_BACKSLASH else value
    if vr != "LT":
        text = " ".join(text.split())
    text = text[: LONGEST[vr]]
    texts.append(text)
    return text
