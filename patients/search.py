"""A search for patients: what was asked, and what was found, the likeliest first."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.http import QueryDict

from patients.dates import dates_and_rest
from patients.models import Patient, PatientQuerySet
from patients.models.queries import CLOSE_ENOUGH

if TYPE_CHECKING:
    from staff.models import User

PAGE = 50
FEW = 8  # for boxes and pickers
LONGEST_KEY = 18  # digits of a bigint
MOST_WORDS = 6
LONGEST_SEARCH = 100
SHORTEST_GUESS = 3  # letters below which a misspelling could be anything


def words_of(text: str) -> list[str]:
    """What was typed, as words: at most six, a hundred characters together."""
    plain = " ".join(text.replace("\0", "").split())[:LONGEST_SEARCH]
    return plain.replace(",", " ").split()[:MOST_WORDS]


@dataclass
class Search:
    """Patients who fit; without words all of them, in name order, page by page.

    The next page begins after a key, not after a name. What was found by words is cut after a
    page: whoever sees fifty people named Kim adds a birth date rather than reading on.
    """

    user: "User"
    words: str
    after: Patient | None = None
    most: int = PAGE

    @classmethod
    def of(cls, user: "User", params: QueryDict, most: int = PAGE) -> "Search":
        words = " ".join(words_of(params.get("q", "")))
        key = params.get("after", "")
        is_key = key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY
        visible = Patient.objects.visible_to(user)
        return cls(user, words, visible.filter(pk=key).first() if is_key else None, most)

    @cached_property
    def _visible(self) -> PatientQuerySet:
        return Patient.objects.visible_to(self.user).with_alerts()

    @cached_property
    def _found(self) -> list[Patient]:
        if not self.words:
            patients = self._visible.in_name_order()
            return list((patients.following(self.after) if self.after else patients)[: PAGE + 1])
        dates, rest = dates_and_rest(self.words.split())
        patients = self._visible
        for days in dates:
            patients = patients.born_on(days)
        exact = patients.matching(" ".join(rest)).best_first(rest)
        return list(exact[: self.most + 1]) or self._guessed(patients, rest)

    def _guessed(self, patients: PatientQuerySet, words: list[str]) -> list[Patient]:
        """Whose name is like what was typed, when nobody's is exactly so."""
        names = [word for word in words if len(word) >= SHORTEST_GUESS and not word.isdecimal()]
        if not names or len(names) < len(words):
            return []
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
                    [str(CLOSE_ENOUGH)],
                )
            found = list(patients.spelt_like(names)[: self.most])
        self.is_guess = bool(found)
        return found

    is_guess = False
    """Nobody is called exactly so: these are called nearly so. Known once `patients` were asked."""

    @property
    def patients(self) -> list[Patient]:
        return self._found[: self.most]

    @property
    def has_more(self) -> bool:
        return len(self._found) > self.most

    @property
    def next_after(self) -> int | None:
        """Where the next page of the whole list begins; None on the last one, and in a search."""
        return self.patients[-1].pk if self.has_more and not self.words else None
