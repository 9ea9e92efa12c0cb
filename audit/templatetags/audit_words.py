"""The trail in words: what was done, through which door, and the marks of its groups."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import codes, verbs
from audit.kinds import word_for
from audit.models import Entry
from audit.verbs import Group

register = template.Library()
register.filter("words_of", verbs.words_of)
register.filter("word_for", word_for)

# The details of entries are keys and codes; these are the words for their names.
DETAILS: dict[str, str | Promise] = {
    "cause": _("cause"),
    "changed": _("changed"),
    "device": _("device"),
    "effect": _("effect"),
    "fields": _("fields"),
    "filters": _("filters"),
    "files": _("files"),
    "how": _("through"),
    "images": _("images"),
    "instance": _("image"),
    "kind": _("kind"),
    "now": _("now"),
    "priority": _("priority"),
    "reason_code": _("reason"),
    "result": _("result"),
    "rule": _("rule"),
    "sender": _("sender"),
    "source": _("source"),
    "verdict": _("verdict"),
    "was": _("before"),
}
CODED = frozenset(
    {"cause", "effect", "kind", "now", "priority"}
    | {"reason_code", "result", "rule", "verdict", "was"}
)
MARKS = {
    Group.OPENINGS: "search",
    Group.CHANGES: "edit",
    Group.SIGN_INS: "key",
    Group.MACHINES: "equipment",
    Group.TRAIL: "audit",
}


@register.filter
def what_happened(entry: Entry) -> str:
    return verbs.words_of(entry.verb)


@register.filter
def group_mark(group: str) -> str:
    """The icon beside a deed: its shape tells the groups apart without colour."""
    return MARKS[Group(group)]


@register.filter
def details_of(entry: Entry) -> list[tuple[str, str]]:
    """The details of an entry as terms and words."""
    return [
        (str(DETAILS.get(name, name.replace("_", " "))), _said(entry, name, value))
        for name, value in entry.details.items()
        if value not in ("", None, [], {})
    ]


def _said(entry: Entry, name: str, value: object) -> str:
    if name in CODED and isinstance(value, str):
        return codes.word_of(value, entry.subject_type)
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
