"""Samples side by side: several show one object in other encodings, and share its identifiers."""

import zlib
from dataclasses import dataclass, field
from pathlib import Path

from studies.dicom import facts_of
from studies.dicom.opening import DEFLATED
from studies.facts import InstanceFacts, NotUsable

PREAMBLE, LENGTH_OF_META = 132, 12


@dataclass
class Crowd:
    """Gives an object whose identifiers are taken new ones of the same length, in its bytes."""

    objects: set[str] = field(default_factory=set)
    study_of: dict[str, str] = field(default_factory=dict)
    patient_of: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def admit(self, path: Path) -> bytes:
        """The file's bytes; with other identifiers when an earlier one has the same."""
        content = path.read_bytes()
        try:
            facts = facts_of(path)
        except NotUsable:
            return content
        if not self._collides(facts):
            self._remember(facts)
            return content
        uids = dict.fromkeys((facts.sop_uid, facts.series.uid, facts.study.uid))
        new = {
            uid: f"2.{10 ** (len(uid) - 3) + len(self.objects) * 4 + place}"
            for place, uid in enumerate(uids)
        }
        self.objects |= set(new.values())
        return renamed(content, new, is_deflated=facts.transfer_syntax == DEFLATED)

    def _collides(self, facts: InstanceFacts) -> bool:
        study, series = facts.study.uid, facts.series.uid
        return (
            facts.sop_uid in self.objects
            or self.study_of.get(series, study) != study
            or self.patient_of.get(study, _patient(facts)) != _patient(facts)
        )

    def _remember(self, facts: InstanceFacts) -> None:
        self.objects.add(facts.sop_uid)
        self.study_of[facts.series.uid] = facts.study.uid
        self.patient_of[facts.study.uid] = _patient(facts)


def _patient(facts: InstanceFacts) -> tuple[str, ...]:
    patient = facts.patient
    return patient.patient_id, patient.issuer, patient.dicom_name, str(patient.birth_date)


def renamed(content: bytes, uids: dict[str, str], *, is_deflated: bool) -> bytes:
    """The same bytes with other identifiers, the longest first: one may begin another."""
    if is_deflated:
        meta = int.from_bytes(content[PREAMBLE + 8 : PREAMBLE + 12], "little")
        start = PREAMBLE + LENGTH_OF_META + meta
        inner = renamed(zlib.decompress(content[start:], -15), uids, is_deflated=False)
        packer = zlib.compressobj(wbits=-15)
        head = renamed(content[:start], uids, is_deflated=False)
        return head + packer.compress(inner) + packer.flush()
    for old in sorted(uids, key=len, reverse=True):
        content = content.replace(old.encode(), uids[old].encode())
    return content
