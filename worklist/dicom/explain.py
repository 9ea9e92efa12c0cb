"""Why a step is not in the answer to a query: the conditions of the query itself, one by one."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.dataset import Dataset

from worklist.dicom.keys import WORKLIST, Key, Nested, Step, Table
from worklist.dicom.matching import Profile, understand
from worklist.dicom.plain import keys_of
from worklist.models import ScheduledProcedure
from worklist.models.asked import ASKED_STATE, BORN, HOURS, LISTED, START, Question

# Conditions that one key alone asks for, though it is not compared as text.
KEYS_BEHIND = {
    ASKED_STATE: "ScheduledProcedureStepSequence.ScheduledProcedureStepStatus",
    BORN: "PatientBirthDate",
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One condition that a step does not meet: what was asked for, and what is so here.

    `about` is a condition's name or a keyword. `first` and `end` are set for times.
    """

    about: str
    attribute: str = ""
    asked: str = ""
    here: str = ""
    first: dt.datetime | dt.time | None = None
    end: dt.datetime | dt.time | None = None


def obstacles(
    procedure: ScheduledProcedure, identifier: Dataset, profile: Profile
) -> list[Obstacle]:
    """What keeps the step out of the answer now; nothing, when it matches.

    Raises NotAnswerable, as the query itself would.
    """
    question = understand(identifier, profile).question
    failing = ScheduledProcedure.objects.failing(procedure.pk, question)
    if LISTED in failing and ASKED_STATE in failing:
        failing.remove(ASKED_STATE)  # a state that is on no list has no term either
    step, asked = Step(procedure, question.zone), keys_of(identifier)
    return [_described(one, question, step, asked) for one in failing]


def _described(about: str, question: Question, step: Step, asked: dict[str, str]) -> Obstacle:
    if about in {START, HOURS}:
        first, end = question.start if about == START else question.hours
        return Obstacle(about, first=first, end=end)
    key = KEYS_BEHIND.get(about, about)
    if key not in asked:
        return Obstacle(about)
    tag = tag_for_keyword(key.rsplit(".", 1)[-1])
    assert tag is not None  # noqa: S101 - only attributes of the table are conditions
    here = "; ".join(filter(None, values_at(step, key)))
    return Obstacle(about, dictionary_description(tag), asked[key], here)


def values_at(subject: object, path: str, table: Table = WORKLIST) -> Iterator[str]:
    """What an answer says of an attribute, by its keywords with dots between."""
    keyword, _, rest = path.partition(".")
    entry = table[tag_for_keyword(keyword)]  # type: ignore[index]
    if isinstance(entry, Key):
        yield str(entry.value(subject))
    elif isinstance(entry, Nested):
        for one in entry.items(subject):
            yield from values_at(one, rest, entry.table)
