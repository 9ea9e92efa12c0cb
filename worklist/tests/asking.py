"""Asking the worklist as a modality does. Data sets are made here, not read."""

import datetime as dt
import io
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from worklist.dicom import Profile, read_identifier, worklist_answers
from worklist.dicom.keys import WORKLIST, Key
from worklist.models import ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory

PENDING, PENDING_WITH_WARNING = 0xFF00, 0xFF01
IMPLICIT = "1.2.840.10008.1.2"


def query(step: dict[str, Any] | None = None, **keys) -> Dataset:
    """An identifier: `step` are keys inside the scheduled procedure step sequence."""
    identifier = Dataset()
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    if step is not None:
        item = Dataset()
        for keyword, value in step.items():
            setattr(item, keyword, value)
        identifier.ScheduledProcedureStepSequence = Sequence([item])
    return identifier


def ask(identifier: Dataset, **profile) -> list[Dataset]:
    return [answer for _, answer in worklist_answers(identifier, Profile(**profile))]


def statuses(identifier: Dataset) -> set[int]:
    return {status for status, _ in worklist_answers(identifier, Profile())}


def steps(identifier: Dataset, **profile) -> list[str]:
    """The step ids that answer, in order."""
    if "ScheduledProcedureStepSequence" not in identifier:
        identifier.ScheduledProcedureStepSequence = Sequence([])
    elif "ScheduledProcedureStepID" not in identifier.ScheduledProcedureStepSequence[0]:
        identifier.ScheduledProcedureStepSequence[0].ScheduledProcedureStepID = ""
    answers = ask(identifier, **profile)
    return [one.ScheduledProcedureStepSequence[0].ScheduledProcedureStepID for one in answers]


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 7, day, hour, minute, tzinfo=dt.UTC)


def step_at(moment: dt.datetime, step_id: str) -> ScheduledProcedure:
    return ScheduledProcedureFactory.create(scheduled_start=moment, step_id=step_id)


def everything() -> Dataset:
    """A query for all attributes of the worklist model (PS3.4 table K.6-1)."""
    identifier = Dataset()
    for tag, key in WORKLIST.items():
        if isinstance(key, Key):
            identifier.add_new(tag, dictionary_VR(tag), None)
        else:
            identifier.add_new(tag, "SQ", [])
    return identifier


def on_the_wire(answer: Dataset) -> Dataset:
    """A data set as another machine reads it."""
    stream = DicomBytesIO()
    stream.is_little_endian, stream.is_implicit_VR = True, True
    write_dataset(stream, answer)
    return read_identifier(io.BytesIO(stream.getvalue()), IMPLICIT, "ISO_IR 6")


# Names as they are written, with the other groups of a person name behind them.
NAMES = {
    "japanese": ("Yamada^Tarou", "山田^太郎"),
    "korean": ("Hong^Gildong", "洪^吉洞=홍^길동"),
    "greek": ("Διονυσιος", ""),
    "arabic": ("قباني^لنزار", ""),
    "cyrillic": ("Люкceмбypг", ""),
    "hebrew": ("שרון^דבורה", ""),
    "thai": ("นามสกุล^ชื่อ", ""),
    "chinese": ("Wang^XiaoDong", "王^小东"),
    "french": ("Buc^Jérôme", ""),
    "german": ("Äneas^Rüdiger", ""),
    "turkish": ("Çavuşoğlu^İlker", ""),
    "polish": ("Wałęsa^Żaneta", ""),
}
