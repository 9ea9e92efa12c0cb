"""From the identifier of a retrieval to the objects that are to be sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.calling.storing import Outgoing
from gateway.dimse.archive.identifier import ABOUT, Identifier, uids_of
from gateway.dimse.archive.models import UNIQUE, UNIQUE_TAGS, Depth
from patients.models import Patient
from studies.models import Instance
from studies.models.queries import InstanceQuerySet
from worklist.dicom.identifier import NotAnswerable, text_of

MOST = 65_535  # sub-operations: their numbers have sixteen bits (PS3.7 9.1.3)
ROWS_AT_ONCE = 200
ISSUER = 0x00100021
PATHS = {
    Depth.STUDY: "series__study__study_instance_uid",
    Depth.SERIES: "series__series_instance_uid",
    Depth.IMAGE: "sop_instance_uid",
}
_ALLOWED = frozenset(UNIQUE_TAGS.values()) | ABOUT | {ISSUER}


class TooMany(Exception):
    """More objects than one retrieval can count."""


@dataclass(frozen=True, slots=True)
class Row:
    """An object to send, and whose it is."""

    pk: int
    outgoing: Outgoing
    study_pk: int
    patient_pk: int


class Wanted:
    """The objects of a retrieval, in the order in which somebody would page through them."""

    def __init__(self, rows: InstanceQuerySet) -> None:
        self._rows = rows
        self.pks: Sequence[int] = list(rows.in_order().values_list("pk", flat=True)[: MOST + 1])
        if len(self.pks) > MOST:
            raise TooMany

    def __len__(self) -> int:
        return len(self.pks)

    def pairs(self) -> list[tuple[str, str]]:
        """The SOP classes and the transfer syntaxes in which they are stored."""
        return list(
            self._rows.order_by().values_list("sop_class_uid", "transfer_syntax").distinct()
        )

    def of_classes(self, sop_classes: Sequence[str]) -> Iterator[Row]:
        """Those of these classes; a few hundred rows in memory, however many there are."""
        for start in range(0, len(self.pks), ROWS_AT_ONCE):
            some = self.pks[start : start + ROWS_AT_ONCE]
            found = {row.pk: row for row in _rows(some, sop_classes)}
            yield from (found[pk] for pk in some if pk in found)


def _rows(pks: Sequence[int], sop_classes: Sequence[str]) -> Iterator[Row]:
    columns = (
        *("pk", "sop_class_uid", "sop_instance_uid", "transfer_syntax", "path"),
        *("series__study_id", "series__study__patient_id"),
    )
    rows = Instance.objects.clinical().filter(pk__in=pks, sop_class_uid__in=sop_classes)
    for pk, *facts, study_pk, patient_pk in rows.values_list(*columns):
        yield Row(pk, Outgoing(*facts), study_pk, patient_pk)


def wanted_by(identifier: Identifier) -> Wanted:
    """What is to be sent; nobody rejected it. Raises NotAnswerable, TooMany, DatabaseError."""
    strangers = [one for one in identifier.keys if int(one.tag) not in _ALLOWED]
    if any(one.value and one.tag.element for one in strangers):
        raise NotAnswerable("Only unique keys select what is retrieved.", int(strangers[0].tag))
    rows = Instance.objects.clinical()
    is_narrow = False
    for depth in identifier.model.levels:
        if depth == Depth.PATIENT:
            patient = _patient(identifier)
            if patient is not None:
                rows, is_narrow = rows.filter(series__study__patient=patient), True
            continue
        uids = uids_of(identifier, depth)
        if uids:
            rows, is_narrow = rows.filter(**{f"{PATHS[depth]}__in": uids}), True
    if not is_narrow or not identifier.value(identifier.depth):
        depth = identifier.depth
        raise NotAnswerable(f"{UNIQUE[depth]}: which?", UNIQUE_TAGS[depth])
    return Wanted(rows)


def _patient(identifier: Identifier) -> int | None:
    """The patient of a Patient Root retrieval; 0 when nobody has that number.

    A number alone may be that of two people, each known to another issuer: then neither is sent.
    """
    number = identifier.value(Depth.PATIENT)
    if not number:
        return None
    found = Patient.objects.filter(patient_id=number)
    if ISSUER in identifier.keys and (issuer := text_of(identifier.keys, ISSUER)):
        found = found.filter(issuer=issuer)
    pks = list(found.values_list("pk", flat=True)[:2])
    if len(pks) > 1:
        raise NotAnswerable("Two patients have that number: name the issuer.", ISSUER)
    return pks[0] if pks else 0
