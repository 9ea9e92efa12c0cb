"""The identifiers an object goes by: its own, its file's, or ones given here (decision 0006)."""

import re
import uuid
from dataclasses import dataclass

from studies.dicom import values as v
from studies.dicom.opening import Header
from studies.facts import NotUsable

# Leading zeros in a component break PS3.5 9.1 and are all the same seen in real files.
_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
UID_LENGTH = 64

CLASS, SOP, STUDY, SERIES = "00080016", "00080018", "0020000D", "0020000E"
NAMES = {
    CLASS: "SOP Class UID",
    SOP: "SOP Instance UID",
    STUDY: "Study Instance UID",
    SERIES: "Series Instance UID",
}
IN_META = {CLASS: "00020002", SOP: "00020003"}
_WHOSE = ("00100010", "00100020", "00080050")  # patient's name and number, accession number
_SERIES_OF_A_STUDY = ("00080060", "00200011")  # modality, number
# Every identifier given here is made from it: another value would give other ones.
_OURS = uuid.UUID("0f6a2a4e-5a0c-4d8e-9f0b-8c1d6f5b7e21")


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Valid, every one. `given` names those that were made here."""

    class_uid: str
    sop_uid: str
    study_uid: str
    series_uid: str
    given: tuple[str, ...]

    @property
    def fault(self) -> str:
        """What to tell a person about it, or blank."""
        if not self.given:
            return ""
        names = ", ".join(self.given)
        return f"It came without some identifiers and was given them here: {names}."

    def told(self, elements: v.Elements) -> dict[str, dict[str, object]]:
        """The elements that the object does not have itself, as DICOM JSON."""
        uids = {
            CLASS: self.class_uid,
            SOP: self.sop_uid,
            STUDY: self.study_uid,
            SERIES: self.series_uid,
        }
        return {
            tag: {"vr": "UI", "Value": [uid]}
            for tag, uid in uids.items()
            if not v.text(elements, tag)
        }


def is_uid(text: str) -> bool:
    """Whether it is one: numbers between dots, at most 64 characters (PS3.5 9.1)."""
    return len(text) <= UID_LENGTH and _UID.fullmatch(text) is not None


def identifiers_of(header: Header) -> Identifiers:
    """Find or make them. Raises NotUsable when one is lost or is none.

    Type 1 in SOP Common, General Study and General Series (PS3.3 C.12.1, C.7.2.1, C.7.3.1): a
    file without them belongs nowhere. They become parts of addresses, so nothing else may stand
    in them.
    """
    found = {tag: _own(header, tag) for tag in NAMES}
    lost = [tag for tag in NAMES if not found[tag] and not _may_be_given(header.elements, tag)]
    for tag, name in NAMES.items():
        if tag in lost:
            raise NotUsable("missing_uid", f"The {name} is missing.")
        if found[tag] and not is_uid(found[tag]):
            raise NotUsable("bad_uid", f"The {name} is not a valid identifier.")
    return _completed(header, found)


def _own(header: Header, tag: str) -> str:
    """What the object says, else what its file meta information says (PS3.10 7.1)."""
    own = v.text(header.elements, tag)
    return own or (v.text(header.meta, IN_META[tag]) if tag in IN_META else "")


def _may_be_given(elements: v.Elements, tag: str) -> bool:
    """What was never there may be given; what was emptied only if it was nobody's.

    "Never there" needs elements behind the place where it would stand: a file that ends before
    was cut. An object that names a patient or an order and has an empty identifier was parted
    from a study that exists; a new identifier would hide that. A class is nothing to be made up.
    """
    if tag == CLASS:
        return False
    element = elements.get(tag)
    if element is None:
        return max(elements) > tag
    return element.keys() == {"vr"} and not any(v.values(elements, whose) for whose in _WHOSE)


def _completed(header: Header, found: dict[str, str]) -> Identifiers:
    """Make what is missing, from the content: the same object always gets the same."""
    missing = [tag for tag in (STUDY, SERIES, SOP) if not found[tag]]
    content = header.content_sum() if missing else ""
    own_study = found[STUDY]
    sop_uid = found[SOP] or _made(SOP, content)
    study_uid = own_study or _made(STUDY, found[SERIES] or content)
    series_uid = found[SERIES] or _made(SERIES, _series_of(header, own_study) or content)
    return Identifiers(
        found[CLASS], sop_uid, study_uid, series_uid, tuple(NAMES[tag] for tag in missing)
    )


def _series_of(header: Header, study_uid: str) -> str:
    """One series for all objects of a study that say nothing of theirs and go together."""
    if not study_uid:
        return ""
    return "\\".join([study_uid, *(v.text(header.elements, tag) for tag in _SERIES_OF_A_STUDY)])


def _made(tag: str, seed: str) -> str:
    """A UID derived from a UUID (PS3.5 B.2): at most 44 characters."""
    return f"2.25.{uuid.uuid5(_OURS, f'{tag} {seed}').int}"
