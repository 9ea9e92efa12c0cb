"""Requests for commitment and their outcomes as data sets (PS3.4 tables J.3.2-1 and J.3.3-1)."""

import re
from collections.abc import Sequence

from pydicom.dataset import Dataset

from gateway.dimse.storage import is_storage
from studies.models import CommitmentItem
from studies.services import Wanted

# PS3.7 annex C
NO_SUCH_ARGUMENT = 0x0114
INVALID_ARGUMENT = 0x0115
OUT_OF_RESOURCES = 0x0213

MOST_OBJECTS = 50_000
UID_TEXT = re.compile(r"[0-9.]{1,64}")


class NotAskable(Exception):
    """The request makes no sense; `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


def wanted_in(dataset: Dataset) -> Wanted:
    """The objects that are asked about. Raises NotAskable."""
    items = dataset.get("ReferencedSOPSequence") or []
    if not items:
        raise NotAskable(NO_SUCH_ARGUMENT)
    if len(items) > MOST_OBJECTS:
        raise NotAskable(OUT_OF_RESOURCES)
    classes = {
        uid_in(item, "ReferencedSOPInstanceUID"): uid_in(item, "ReferencedSOPClassUID")
        for item in items
    }
    unsupported = frozenset(one for one in set(classes.values()) if not is_storage(one))
    return Wanted(classes, unsupported)


def uid_in(dataset: Dataset, keyword: str) -> str:
    text = str(dataset.get(keyword) or "").strip("\0 ")
    if not text:
        raise NotAskable(NO_SUCH_ARGUMENT)
    if not UID_TEXT.fullmatch(text):
        raise NotAskable(INVALID_ARGUMENT)
    return text


def outcome_dataset(safe: Sequence[CommitmentItem], failed: Sequence[CommitmentItem]) -> Dataset:
    """The same without the name of the transaction, which on the web stands in the address."""
    dataset = Dataset()
    if safe:
        dataset.ReferencedSOPSequence = [_reference(item) for item in safe]
    if failed:
        dataset.FailedSOPSequence = [_reference(item) for item in failed]
    return dataset


def _reference(item: CommitmentItem) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = item.sop_class_uid
    reference.ReferencedSOPInstanceUID = item.sop_instance_uid
    if item.reason is not None:
        reference.FailureReason = item.reason
    return reference
