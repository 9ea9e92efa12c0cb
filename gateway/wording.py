"""What was refused to machines, in the language of the department. The trail keeps the codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import codes
from audit.models import Entry
from gateway.dimse.admission import ACCEPTED, NOT_FOR_YOU, UNKNOWN_SERVICE, UNKNOWN_SYNTAX

# Codes of refused associations (`gateway.dimse.admission`).
WHY_TURNED_AWAY: dict[str, Promise] = {
    "UNKNOWN_CALLER": _(
        "No machine is registered under this AE title, or it is registered with another address."
    ),
    "WRONG_CALLED": _("It called us by another AE title than ours."),
    "UNKNOWN_CONTEXT": _("It asked for another application context than that of DICOM."),
    "MUST_USE_TLS": _("It is registered as a machine that must call by TLS, and called without."),
    "UNKNOWN_VERSION": _("It speaks another version of the protocol."),
    "CANNOT_ASK": _("The database was away, so nobody could tell who calls. It may try again."),
    "TOO_MANY": _("There were too many associations at once. It may try again."),
}
codes.mean(WHY_TURNED_AWAY)

# Results of presentation contexts (PS3.8 table 9-18).
WHY_NOT_TAKEN: dict[int, Promise] = {
    NOT_FOR_YOU: _("The settings of this machine do not allow it."),
    UNKNOWN_SERVICE: _("This service is not offered here."),
    UNKNOWN_SYNTAX: _("Of its transfer syntaxes none will do: it needs an uncompressed one."),
    ACCEPTED: _("It was refused then; now it would be accepted."),
}


def why_turned_away(entry: Entry) -> str:
    """Why a machine was turned away. Entries of earlier versions hold a sentence, not a code."""
    code = entry.details.get("reason_code", "")
    return str(WHY_TURNED_AWAY.get(code) or entry.details.get("reason", code))
