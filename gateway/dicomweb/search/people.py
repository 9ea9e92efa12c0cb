"""Whose studies: patients are looked up first, by their own indexes, and then their studies.

One condition over both tables would be answered by reading all studies for one rare name.
"""

import re
from collections.abc import Iterable

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.lookups import IsNull

from gateway.dicomweb.search import matching
from patients.models import Fold, Patient
from patients.models.queries import IsLike

MOST = 2000  # patients that are named one by one; of more, some are soon met in any list
MOST_LIKE = 500  # whose names are only like the one asked for
SHORTEST_LIKE = 3  # letters below which a misspelling could be anything


def theirs(column: str, condition: Q, like: str = "") -> Q:
    """The condition that a row, by this column, belongs to a patient who fits."""
    patients = named(condition, like)
    if patients is not None:
        return Q(**{f"{column}__in": patients})
    # Of very many those whose name fits as it is are plenty. Asked row by row, from the top of the
    # list, where some are soon met; IS NOT NULL tells the database to expect so.
    fitting = Patient.objects.filter(condition, _called(like), pk=OuterRef(column))
    return Q(IsNull(Subquery(fitting.values("pk")[:1]), False))


def named(condition: Q, like: str = "") -> set[int] | None:
    """The keys of the patients who fit, and are called `like` this; None when they are too many
    to be named.

    Like is who is called so, or nearly so (fuzzy matching, PS3.18 8.3.4.2): a slip in each word is
    forgiven, in any script, and the words may stand in any component.
    """
    patients = Patient.objects.filter(condition)
    if not like:
        return _few(patients.values_list("pk", flat=True)[: MOST + 1])
    found = set()
    if words := like_words(like):
        found = {patient.pk for patient in patients.spelt_like(words).only("pk")[:MOST_LIKE]}
    exact = patients.filter(_called(like))
    return _few([*found, *exact.values_list("pk", flat=True)[: MOST + 1]])


def _called(name: str) -> Q:
    return matching.name("PatientName", "folded_name", name) if name else Q()


def _few(keys: Iterable[int]) -> set[int] | None:
    found = set(keys)
    return found if len(found) <= MOST else None


def typed_like(key: str, column: str, value: str) -> Q:
    """The same for a name that stands in a column as it was typed."""
    like = Q(*(IsLike(Fold(Value(word)), Fold(F(column))) for word in like_words(value)))
    literal = matching.typed_name(key, column, value)
    return literal | like if like else literal


def like_words(value: str) -> list[str]:
    words = re.split(r"[\s^=*?,]+", value)
    return [word for word in words if len(word) >= SHORTEST_LIKE]
