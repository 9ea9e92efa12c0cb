"""From a scheduled procedure to a worklist data set: what was asked for, and nothing else."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from worklist.dicom.charsets import sayable
from worklist.dicom.keys import ABSENT, WORKLIST, Key, Step, Table
from worklist.dicom.matching import CHARACTER_SET, OFFSET
from worklist.dicom.times import offset_text
from worklist.models import ScheduledProcedure

UTF_8 = "ISO_IR 192"
LONGEST = {"SH": 16, "LO": 64, "CS": 16, "LT": 10240, "PN": 64 * 3 + 2}  # characters (PS3.5 6.2)
NO_BACKSLASH = frozenset({"SH", "LO", "PN"})


@dataclass(frozen=True)
class Asking:
    """How the asker wants its answers."""

    identifier: Dataset
    zone: dt.tzinfo
    wants_offset: bool
    character_set: str


def answer_for(procedure: ScheduledProcedure, asking: Asking) -> Dataset:
    """One worklist item (PS3.4 K.6.1.2.2): the requested attributes, in letters the asker reads."""
    step = Step(procedure, asking.zone)
    texts: list[str] = []
    answer = _project(asking.identifier, WORKLIST, step, texts)
    if asking.wants_offset:
        answer.add_new(OFFSET, "SH", offset_text(step.start))
    # Type 1C: required for anything beyond ASCII, and never zero-length (PS3.4 C.2.2.2).
    said = asking.character_set if sayable(texts, asking.character_set) else UTF_8
    if said:
        answer.add_new(CHARACTER_SET, "CS", said.split("\\"))
    return answer


def _project(asked: Dataset | None, table: Table, subject: Any, texts: list[str]) -> Dataset:
    """The attributes that `asked` names; None asks for all there are."""
    answer = Dataset()
    for tag, key in table.items():
        if asked is not None and tag not in asked:
            continue
        if isinstance(key, Key):
            value, vr = key.value(subject), dictionary_VR(tag)
            if value is not ABSENT:
                answer.add_new(tag, vr, _fitting(vr, value, texts))
        else:
            wanted = _item(asked, tag)
            items = [_project(wanted, key.table, one, texts) for one in key.items(subject)]
            answer.add_new(tag, "SQ", Sequence(items))
    return answer


def _item(asked: Dataset | None, tag: int) -> Dataset | None:
    """What a sequence key asks for: its item's attributes, or all when it is empty (C.2.2.2.6)."""
    items = asked[tag].value if asked is not None else None
    return items[0] if items and len(items[0]) else None


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
