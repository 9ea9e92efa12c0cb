"""What a machine means when it does not let us in, in a sentence somebody can act on."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# PS3.8 table 9-21: (source, diagnostic). Result 2 is "for now", whatever the reason.
_REASONS: dict[tuple[int, int], Promise] = {
    (1, 2): _("it does not speak our application context"),
    (1, 3): _("it does not know our AE title %(ours)s: it has to be registered there"),
    (1, 7): _(
        "it is not called %(theirs)s: the AE title here is wrong, or another machine answers"
    ),
    (2, 2): _("it speaks another version of the protocol"),
    (3, 1): _("it is too busy"),
    (3, 2): _("it has as many associations as it takes"),
}
_NO_REASON = _("it gives no reason")


def why(source: int, diagnostic: int, *, ours: str, theirs: str) -> str:
    """The reason of an A-ASSOCIATE-RJ."""
    said = _REASONS.get((source, diagnostic), _NO_REASON)
    return str(said) % {"ours": ours, "theirs": theirs}
