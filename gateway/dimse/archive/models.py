"""The two information models, their levels, and the keys that are unique at each (PS3.4 C.3)."""

from dataclasses import dataclass
from enum import StrEnum

FIND, MOVE, GET = "1", "2", "3"  # the last number of their SOP classes


class Depth(StrEnum):
    """Query/Retrieve Level (0008,0052)."""

    PATIENT = "PATIENT"
    STUDY = "STUDY"
    SERIES = "SERIES"
    IMAGE = "IMAGE"


UNIQUE = {
    Depth.PATIENT: "PatientID",
    Depth.STUDY: "StudyInstanceUID",
    Depth.SERIES: "SeriesInstanceUID",
    Depth.IMAGE: "SOPInstanceUID",
}
UNIQUE_TAGS = {
    Depth.PATIENT: 0x00100020,
    Depth.STUDY: 0x0020000D,
    Depth.SERIES: 0x0020000E,
    Depth.IMAGE: 0x00080018,
}


@dataclass(frozen=True, slots=True)
class Model:
    """Patient Root or Study Root."""

    name: str
    root: str
    levels: tuple[Depth, ...]

    def sop_class(self, operation: str) -> str:
        return f"{self.root}.{operation}"


PATIENT_ROOT = Model("Patient Root", "1.2.840.10008.5.1.4.1.2.1", tuple(Depth))
STUDY_ROOT = Model("Study Root", "1.2.840.10008.5.1.4.1.2.2", tuple(Depth)[1:])
MODELS = (PATIENT_ROOT, STUDY_ROOT)


def model_of(sop_class: str) -> Model:
    """The model that a Q/R SOP class belongs to."""
    return next(one for one in MODELS if sop_class.rpartition(".")[0] == one.root)


# SOP Class Extended Negotiation (PS3.4 tables C.5-2, C.5-3): one byte an answer.
# C-FIND: relational queries, combined date and time, fuzzy names, timezone, enhanced conversion.
# C-MOVE and C-GET: relational retrieval, enhanced conversion.
_GRANTED = {FIND: bytes([1, 1, 0, 0, 0]), MOVE: bytes([1, 0]), GET: bytes([1, 0])}
OPERATIONS = {
    one.sop_class(operation): operation for one in MODELS for operation in (FIND, MOVE, GET)
}


def granted(sop_class: str, asked: bytes) -> bytes | None:
    """What of an extended negotiation is granted; None when it is about another service."""
    operation = OPERATIONS.get(sop_class)
    if operation is None or not asked:
        return None
    given = _GRANTED[operation].ljust(len(asked), b"\0")
    return bytes(one & other for one, other in zip(asked, given, strict=False))
