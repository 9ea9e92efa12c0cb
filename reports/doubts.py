"""What a second reader would ask before signing. Never refuses: it only asks."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.words import Words
from worklist.models import ScheduledProcedure

PLACEHOLDER = re.compile(r"\[[^\[\]\n]{0,80}\]|_{3,}")
SIDES = {"L": re.compile(r"\bleft\b", re.I), "R": re.compile(r"\bright\b", re.I)}
OTHER = {"L": "R", "R": "L"}


def doubts_about(words: Words, procedures: Iterable[ScheduledProcedure]) -> list[str]:
    """Sentences to show beside the button: places left open, the other side, no impression."""
    said = f"{words.findings}\n{words.impression}"
    found = []
    left_open = len(PLACEHOLDER.findall(f"{words.technique}\n{said}"))
    if left_open:
        found.append(
            ngettext(
                "%(number)d place is still to be filled in.",
                "%(number)d places are still to be filled in.",
                left_open,
            )
            % {"number": left_open}
        )
    found += other_side(said, procedures)
    if words.findings.strip() and not words.impression.strip():
        found.append(_("There is no impression."))
    return found


def other_side(said: str, procedures: Iterable[ScheduledProcedure]) -> list[str]:
    """The examination was of one side, and the words speak of the other one alone."""
    sides = {procedure.side for procedure in procedures} & set(OTHER)
    if len(sides) != 1:
        return []
    (side,) = sides
    if SIDES[side].search(said) or not SIDES[OTHER[side]].search(said):
        return []
    names = {"L": _("left"), "R": _("right")}
    return [
        _("The examination is of the %(side)s side; the words say %(other)s.")
        % {"side": names[side], "other": names[OTHER[side]]}
    ]
