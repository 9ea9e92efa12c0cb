"""Why an image is rejected: the codes of CID 7011 (PS3.16), and three of our own.

The standard's meaning goes into objects and exports; people read our word. The order is the one
tiles have until a department has rejected anything.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import codes

RECENT = dt.timedelta(days=90)  # what was used in this time says which reasons come first
STANDARD, LOCAL = "DCM", "99IMG"


@dataclass(frozen=True, slots=True)
class RejectReason:
    """One coded reason: `meaning` as the standard has it, `word` as the ward says it."""

    code: str
    scheme: str
    meaning: str
    word: str | Promise


REASONS: dict[str, RejectReason] = {
    reason.code: reason
    for reason in (
        RejectReason("111209", STANDARD, "Positioning", _("positioning")),
        RejectReason("111210", STANDARD, "Motion blur", _("motion")),
        RejectReason("CLOTHING", LOCAL, "Clothing or jewellery", _("clothing or jewellery")),
        RejectReason("111211", STANDARD, "Under exposed", _("too little exposure")),
        RejectReason("111212", STANDARD, "Over exposed", _("too much exposure")),
        RejectReason("WRONG_SIDE", LOCAL, "Wrong side", _("wrong side")),
        RejectReason("111207", STANDARD, "Image artifact(s)", _("artefact")),
        RejectReason("113026", STANDARD, "Double exposure", _("exposed twice")),
        RejectReason("WRONG_PATIENT", LOCAL, "Wrong patient", _("wrong patient")),
        RejectReason("111208", STANDARD, "Grid artifact(s)", _("grid artefact")),
        RejectReason("111214", STANDARD, "Detector artifact(s)", _("detector artefact")),
        RejectReason(
            "111215",
            STANDARD,
            "Artifact(s) other than grid or detector artifact",
            _("artefact, neither grid nor detector"),
        ),
        RejectReason("111213", STANDARD, "No image", _("no image on it")),
        RejectReason("111219", STANDARD, "Inappropriate image processing", _("wrong processing")),
        RejectReason("111216", STANDARD, "Mechanical failure", _("mechanical failure")),
        RejectReason("111217", STANDARD, "Electrical failure", _("electrical failure")),
        RejectReason("111218", STANDARD, "Software failure", _("software failure")),
        RejectReason("111220", STANDARD, "Other failure", _("another failure")),
        RejectReason("111221", STANDARD, "Unknown failure", _("nobody knows why")),
    )
}
codes.mean({code: reason.word for code, reason in REASONS.items()})


def word_of(code: str) -> str:
    """Our word for a code; a code that we no longer offer says itself."""
    reason = REASONS.get(code)
    return str(reason.word) if reason else code


def most_used_first(used: Iterable[str]) -> list[RejectReason]:
    """All reasons; those of `used` come first, in that order."""
    first = dict.fromkeys(code for code in used if code in REASONS)
    return [REASONS[code] for code in (*first, *(code for code in REASONS if code not in first))]
