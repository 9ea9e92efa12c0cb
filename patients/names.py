"""Person names as DICOM keeps them: three scripts, five components each (PS3.5 6.2.1)."""

import unicodedata
from dataclasses import astuple, dataclass, fields
from typing import Self

from django.utils.translation import gettext as _

LONGEST_GROUP = 64  # characters of one component group, its carets among them
RESERVED = frozenset("\\^=")


@dataclass(frozen=True, slots=True)
class PersonName:
    """One component group: a name in one script."""

    family: str = ""
    given: str = ""
    middle: str = ""
    prefix: str = ""
    suffix: str = ""

    @classmethod
    def of(cls, group: str) -> Self:
        """Read "Family^Given^Middle^Prefix^Suffix"; what stands behind the fifth is the fifth's."""
        count = len(fields(cls))
        parts = [part.strip() for part in group.split("^", count - 1)]
        return cls(*parts)

    def __str__(self) -> str:
        """As the standard writes it, without empty components at the end."""
        return "^".join(" ".join(part.split()) for part in astuple(self)).rstrip("^")


def wrong_with_component(text: str) -> str:
    """Why this cannot be a part of a name; empty when it can."""
    if found := RESERVED.intersection(text):
        return _("A name cannot hold %(signs)s.") % {"signs": " ".join(sorted(found))}
    if any(unicodedata.category(sign) == "Cc" for sign in text):
        return _("A name cannot hold control characters.")
    return ""


def wrong_with_group(name: PersonName | str) -> str:
    """Why these parts together are no component group; empty when they are."""
    length = len(str(name))
    if length <= LONGEST_GROUP:
        return ""
    return _(
        "In one script a name holds %(most)s characters, this one has %(length)s: shorten it, as "
        "machines would."
    ) % {"most": LONGEST_GROUP, "length": length}
