"""A status that moves only along a table."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from common.refusals import Refused


class Stateful(models.Model):
    """A row with a `status` that may only change along `MOVES`."""

    MOVES: ClassVar[Mapping[str, frozenset[str]]]
    status: str

    class Meta:
        abstract = True

    def can_move_to(self, wanted: str) -> bool:
        """Is there a move from here to `wanted`?"""
        return wanted in self.MOVES[self.status]

    def move_to(self, wanted: str) -> None:
        """Change the status (unsaved). Raises Refused when the table knows no such move."""
        if not self.can_move_to(wanted):
            raise Refused(
                _("%(what)s is %(now)s: it cannot become %(wanted)s.")
                % {"what": self, "now": self._said(self.status), "wanted": self._said(wanted)}
            )
        self.status = wanted

    def _said(self, status: str) -> str:
        choices = self._meta.get_field("status").flatchoices  # type: ignore[union-attr]
        return str(dict(choices).get(status, status)).lower()
