"""What was refused to machines, in the language of the department. The trail keeps the codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gateway.dimse.admission import ACCEPTED, NOT_FOR_YOU, UNKNOWN_SERVICE, UNKNOWN_SYNTAX

# Results of presentation contexts (PS3.8 table 9-18).
WHY_NOT_TAKEN: dict[int, Promise] = {
    NOT_FOR_YOU: _("The settings of this machine do not allow it."),
    UNKNOWN_SERVICE: _("This service is not offered here."),
    UNKNOWN_SYNTAX: _("Of its transfer syntaxes none will do: it needs an uncompressed one."),
    ACCEPTED: _("It was refused then; now it would be accepted."),
}
