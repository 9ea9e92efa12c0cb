"""From an identifier to a question that the search engine understands, and to rows."""

from dataclasses import dataclass
from typing import Any

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from gateway.dicomweb.search.attributes import TABLES, TOLD_FROM_HEADERS, Level
from gateway.dicomweb.search.engine import MOST, Search
from gateway.dicomweb.search.parameters import Question
from gateway.dimse.archive.identifier import ABOUT, Identifier
from gateway.dimse.archive.models import Depth
from gateway.dimse.archive.patients import PATIENT_TAGS, patients
from studies.models import Instance, Series, Study
from worklist.dicom.identifier import text_of

LEVELS = {Depth.STUDY: Level.STUDY, Depth.SERIES: Level.SERIES, Depth.IMAGE: Level.INSTANCE}
# Told of every answer, whatever the engine knows.
ALWAYS = frozenset({"00080054", "00080056"})
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an identifier asks for: values to be matched, and attributes to be told."""

    depth: Depth
    matching: dict[str, str]  # tag path → value; never blank
    wanted: frozenset[str]  # tags

    @classmethod
    def of(cls, identifier: Identifier) -> "Asked":
        matching: dict[str, str] = {}
        wanted: set[str] = set()
        for element in identifier.keys:
            tag = f"{int(element.tag):08X}"
            if int(element.tag) in ABOUT or not element.tag.element or element.tag.is_private:
                continue
            wanted.add(tag)
            if element.VR == "SQ":
                for item in element.value or []:
                    matching |= _inside(tag, item)
            else:
                matching[tag] = text_of(identifier.keys, element.tag)
        asks = {tag: value for tag, value in matching.items() if value.strip("*")}
        return cls(identifier.depth, asks, frozenset(wanted))


def _inside(tag: str, item: Dataset) -> dict[str, str]:
    return {
        f"{tag}.{int(inner.tag):08X}": text_of(item, inner.tag)
        for inner in item
        if inner.VR != "SQ"
    }


@dataclass(frozen=True, slots=True)
class Found:
    """The matches, as DICOM JSON."""

    rows: Rows
    told: frozenset[str]  # of what was wanted, what is told at this level, with a value or without
    ignored: bool  # something that was asked is not supported
    was_cut: bool


def ask(asked: Asked) -> Found:
    """The rows that fit, the newest first. Raises BadQuestion, DatabaseError."""
    if asked.depth == Depth.PATIENT:
        return _patients(asked)
    level = LEVELS[asked.depth]
    most = MOST[level]
    question = Question(
        matching=asked.matching,
        names={path: _name(path) for path in asked.matching},
        included=asked.wanted,
        includes_all=False,
        limit=None,
        offset=0,
    )
    # Whether this machine may ask at all was decided at the door; rejected images are nobody's.
    search = Search(level, _stored(level), question, root="")
    rows = search.results()
    told = asked.wanted & (_supported(level, asked.wanted) | ALWAYS)
    is_unmatched = any("not supported" in warning for warning in search.warnings)
    was_cut = len(rows) >= most and any("additional" in one for one in search.warnings)
    return Found(rows, told, is_unmatched or told != asked.wanted, was_cut)


def _stored(level: Level) -> Any:
    if level == Level.STUDY:
        return Study.objects.clinical()
    return (Series if level == Level.SERIES else Instance).objects.clinical()


def _supported(level: Level, wanted: frozenset[str]) -> frozenset[str]:
    """Attributes that this level knows of; an instance knows all of its own header."""
    if level == Level.INSTANCE:
        return wanted
    known = {one.tag for above in Level if above <= level for one in TABLES[above]}
    return frozenset(known | TOLD_FROM_HEADERS[level])


def _patients(asked: Asked) -> Found:
    rows, was_cut = patients(asked.matching, asked.wanted)
    told = asked.wanted & (PATIENT_TAGS | ALWAYS)
    unmatched = asked.matching.keys() - PATIENT_TAGS
    return Found(rows, told, bool(unmatched) or told != asked.wanted, was_cut)


def _name(path: str) -> str:
    """The keyword of the last tag of a path, for sentences."""
    tag = path.rpartition(".")[2]
    return keyword_for_tag(int(tag, 16)) or tag
