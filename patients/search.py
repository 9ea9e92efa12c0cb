"""A search for patients: what was asked, and one page of what was found."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict

from patients.models import Patient

if TYPE_CHECKING:
    from staff.models import User

PAGE = 50
LONGEST_KEY = 18  # digits of a bigint


@dataclass
class Search:
    """One page of patients in name order. The next page begins after a key, not after a name."""

    user: "User"
    words: str
    after: Patient | None = None

    @classmethod
    def of(cls, user: "User", params: QueryDict) -> "Search":
        words = " ".join(params.get("q", "").replace("\0", "").split())[:100]
        key = params.get("after", "")
        is_key = key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY
        visible = Patient.objects.visible_to(user)
        return cls(user, words, visible.filter(pk=key).first() if is_key else None)

    @cached_property
    def _found(self) -> list[Patient]:
        patients = Patient.objects.visible_to(self.user).in_name_order().with_alerts()
        if self.words:
            patients = patients.matching(self.words)
        if self.after:
            patients = patients.following(self.after)
        return list(patients[: PAGE + 1])

    @property
    def patients(self) -> list[Patient]:
        return self._found[:PAGE]

    @property
    def next_after(self) -> int | None:
        """Where the next page begins; None on the last one."""
        return self.patients[-1].pk if len(self._found) > PAGE else None
