"""What became of each object, as the Store Instances Response Module says it (PS3.18 I.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from gateway.dicomweb.search.values import Element, element
from gateway.statuses import DOES_NOT_MATCH, OUT_OF_RESOURCES, UNKNOWN_CLASS

# Failure reasons (PS3.18 I.2.2.2) and our own within their groups; docs/conformance.md 2.7.
OTHER_STUDY = DOES_NOT_MATCH  # the object is of another study than the address
NOT_DICOM = 0xC001
CUT_SHORT = 0xC002
NO_IDENTIFIERS = 0xC003
NO_OBJECT = 0xC004  # a part of another media type or encoding
# Warning reason of our own, beside B000, B006 and B007, which never happen here.
A_PERSON_DECIDES = 0xB100

REASONS = {
    "not_dicom": NOT_DICOM,
    "empty": NOT_DICOM,
    "truncated": CUT_SHORT,
    "bad_length": CUT_SHORT,
    "missing_uid": NO_IDENTIFIERS,
    "bad_uid": NO_IDENTIFIERS,
    "media_directory": UNKNOWN_CLASS,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one object. `address` is where it is retrieved, below the root."""

    sop_class: str = ""
    sop_uid: str = ""
    study_uid: str = ""
    address: str = ""
    failure: int = 0
    warning: int = 0

    @property
    def is_identified(self) -> bool:
        """Does it say which object it is about?"""
        return bool(self.sop_class and self.sop_uid)


def status_of(outcomes: Iterable[Outcome]) -> HTTPStatus:
    """200 all stored, 202 some with a failure or a warning, 409 none, 503 none for want of room."""
    failures = [outcome.failure for outcome in outcomes]
    if not all(failures):
        warned = any(failures) or any(outcome.warning for outcome in outcomes)
        return HTTPStatus.ACCEPTED if warned else HTTPStatus.OK
    if set(failures) == {OUT_OF_RESOURCES}:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.CONFLICT


def response_module(outcomes: Iterable[Outcome], root: str) -> dict[str, Element]:
    """The data set of the answer, in the DICOM JSON model."""
    stored, failed, others = [], [], []
    for outcome in outcomes:
        if not outcome.failure:
            stored.append(_stored(outcome, root))
        elif outcome.is_identified:
            failed.append(_named(outcome) | _reason("00081197", outcome.failure))
        else:
            others.append(_reason("00081197", outcome.failure))
    module: dict[str, Element] = {}
    studies = {outcome.study_uid for outcome in outcomes if not outcome.failure}
    if len(studies) == 1:
        module["00081190"] = element("UR", f"{root}/studies/{studies.pop()}")
    for tag, items in (("00081198", failed), ("00081199", stored), ("0008119A", others)):
        if items:
            module[tag] = {"vr": "SQ", "Value": items}
    return dict(sorted(module.items()))


def _named(outcome: Outcome) -> dict[str, Any]:
    return {
        "00081150": element("UI", outcome.sop_class),
        "00081155": element("UI", outcome.sop_uid),
    }


def _stored(outcome: Outcome, root: str) -> dict[str, Any]:
    item = _named(outcome) | {"00081190": element("UR", root + outcome.address)}
    return item | _reason("00081196", outcome.warning) if outcome.warning else item


def _reason(tag: str, number: int) -> dict[str, Element]:
    return {tag: {"vr": "US", "Value": [number]}}
