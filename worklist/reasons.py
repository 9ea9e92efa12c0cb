"""Why a procedure stopped or never began: CID 9301 (PS3.16), in the department's words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import codes
from common.refusals import Refused

SCHEME = "DCM"
UNSPECIFIED = "110513"
DID_NOT_ARRIVE = "110507"
WRONG_ENTRY = "110514"
WRONG_SIDE = "110512"


@dataclass(frozen=True, slots=True)
class Reason:
    """One coded reason. `meaning` is the standard's wording, `word` what people here read."""

    code: str
    meaning: str
    word: str | Promise


REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("110515", "Patient condition prevented continuing", _("Patient's condition")),
        Reason("110505", "Patient refused to continue procedure", _("Patient refused")),
        Reason("110503", "Patient allergic to media/contrast", _("Allergic to contrast")),
        Reason("110508", "Patient pregnant", _("Patient is pregnant")),
        Reason("110506", "Patient taken for treatment or surgery", _("Taken for treatment")),
        Reason("110504", "Patient died", _("Patient died")),
        Reason("110507", "Patient did not arrive", _("Patient did not arrive")),
        Reason("110501", "Equipment failure", _("Equipment failure")),
        Reason("110516", "Equipment change", _("Changed to other equipment")),
        Reason("110514", "Incorrect worklist entry selected", _("Wrong worklist entry")),
        Reason("110502", "Incorrect procedure ordered", _("Wrong procedure ordered")),
        Reason("110512", "Incorrect side ordered", _("Wrong side ordered")),
        Reason("110510", "Duplicate order", _("Duplicate order")),
        Reason("110500", "Doctor canceled procedure", _("Cancelled by the doctor")),
        Reason("110511", "Nursing unit cancel", _("Cancelled by the ward")),
        Reason("110509", "Change of procedure for correct charging", _("Changed for charging")),
        Reason("110513", "Discontinued for unspecified reason", _("Another reason")),
    )
}
codes.mean({code: reason.word for code, reason in REASONS.items()})


def reason_of(code: str) -> Reason:
    """The reason behind a code. Raises Refused for a code that CID 9301 does not know."""
    if code not in REASONS:
        raise Refused(str(_("Choose a reason from the list.")))
    return REASONS[code]


def sentence_of_reason(code: str, free_text: str) -> str:
    """What is written down: the free text, or the words of the code.

    Raises Refused when the code says nothing by itself and nobody wrote why.
    """
    reason = reason_of(code)
    free_text = free_text.strip()
    if code == UNSPECIFIED and not free_text:
        raise Refused(str(_("Write the reason in a few words.")))
    return free_text[:200] or str(reason.word)
