"""Questions about patients, in words."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import (
    Case,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Left

from patients.dates import days_meant_by
from patients.models.alert import Alert

if TYPE_CHECKING:
    from patients.models.patient import Patient
    from staff.models import User

# Word similarity from which a misspelt name is offered: forgives one slip in a short name.
CLOSE_ENOUGH = 0.4
ENOUGH = 2000  # of each kind, when somebody has typed "a"


class Fold(Func):
    """The database's own `fold_text`: lower case, no accents. Immutable, so it can be indexed."""

    function = "fold_text"
    output_field = models.TextField()


class SearchKey(Func):
    """The database's own `search_key`: a name in letters from a to z, whatever its script.

    Greek, Cyrillic, Arabic and Hebrew letters become their neighbours, every other sign a short
    code. So one trigram index serves all scripts whatever the locale of the database is, and
    "Papadopoulos" finds Παπαδόπουλος.
    """

    function = "search_key"
    output_field = models.TextField()


class IsLike(Func):
    """`word <% text`: some part of the text is like the word (pg_trgm), found by its index.

    How like is `pg_trgm.word_similarity_threshold`, which the search sets for its transaction.
    """

    template = "%(expressions)s"
    arg_joiner = " <%% "
    output_field = models.BooleanField()


class Likeness(Func):
    """How like a part of the text is to the word: 0 to 1."""

    function = "word_similarity"
    output_field = FloatField()


# Enough of a name to put it in order. A whole one may be longer than an index can hold.
IN_NAME_ORDER = Left("folded_name", 200)


def has_digit(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user: "User") -> Self:
        """Rows this person may see. A referrer sees the patients they have ordered for."""
        if user.has_perm("patients.view_patient"):
            return self
        if user.has_perm("patients.view_own_patient"):
            own = self.model._default_manager.filter(orders__ordered_by=user)
            return self.filter(pk__in=own.values("pk"))
        return self.none()

    def identified_by(self, patient_id: str, issuer: str) -> Self:
        return self.filter(patient_id=patient_id, issuer=issuer)

    def confirmed(self) -> Self:
        """Patients whom a person or an order has registered."""
        return self.filter(is_provisional=False)

    def among(self, keys: Iterable[int]) -> Self:
        return self.filter(pk__in=keys)

    def born_on(self, days: Collection[dt.date]) -> Self:
        return self.filter(birth_date__in=days) if days else self.none()

    def known_by(self, numbers: Collection[str]) -> Self:
        """Whose record number, or another number, is one of these."""
        everybody = self.model._default_manager
        own = everybody.filter(patient_id__in=numbers).values("pk")
        other = everybody.filter(identifiers__value__in=numbers).values("pk")
        return self.filter(pk__in=own.union(other))

    def named(self, family: str, given: str) -> Self:
        """Called exactly so in any script, whichever way round the names were written."""
        names = [f"{family}^{given}", f"{given}^{family}"]
        found = Q()
        for name in names:
            found |= Q(search_key__contains=SearchKey(Value(name)))
        return self.filter(found)

    def fitting(self, word: str, most: int | None = None) -> Self:
        """One word of a search: part of a name in any script, a number, or a birth date.

        Each kind has an index of its own; one OR over all of them would use none. `most` ends the
        looking early: nobody reads on after thousands, but the family names come first.
        """
        everybody = self.model._default_manager
        key = SearchKey(Value(word))
        kinds = [
            everybody.filter(search_key__contains=key),
            everybody.filter(search_key__startswith=key),
            everybody.filter(patient_id__in={word, word.upper()}),
            everybody.filter(patient_id__istartswith=word),
            everybody.filter(identifiers__value__istartswith=word),
            everybody.filter(orders__accession_number__in={word, word.upper()}),
            everybody.born_on(days_meant_by(word)),
        ]
        first, *others = (kind.values("pk")[:most] for kind in kinds if not kind.query.is_empty())
        return self.filter(pk__in=first.union(*others))

    def matching(self, words: str) -> Self:
        """Every word fits: see `fitting`. Spelling counts; accents and capitals do not."""
        found, each = self, words.split()
        for word in each:
            found = found.fitting(word, ENOUGH if len(each) == 1 else None)
        return found

    def spelt_like(self, words: Collection[str]) -> Self:
        """Every word is like a part of the name. Needs the threshold set: see search.py."""
        found = self
        for word in words:
            found = found.filter(IsLike(SearchKey(Value(word)), F("search_key")))
        likenesses = [Likeness(SearchKey(Value(word)), F("search_key")) for word in words]
        return found.alias(likeness=sum(likenesses, Value(0.0))).order_by(
            "-likeness", IN_NAME_ORDER, "pk"
        )

    def best_first(self, words: Collection[str]) -> Self:
        """Whoever has exactly this number, then whose family name begins so, then by name."""
        first = next(iter(words), "")
        numbers = {form for word in words for form in (word, word.upper()) if has_digit(word)}
        cases = [When(search_key__startswith=SearchKey(Value(first)), then=Value(1))]
        if numbers:
            cases.insert(0, When(self._has_number(numbers), then=Value(0)))
        rank = Case(*cases, default=Value(2), output_field=IntegerField())
        return self.alias(rank=rank).order_by("rank", IN_NAME_ORDER, "pk")

    def _has_number(self, numbers: Collection[str]) -> Q:
        everybody = self.model._default_manager.filter(pk=OuterRef("pk"))
        return (
            Q(patient_id__in=numbers)
            | Q(Exists(everybody.filter(identifiers__value__in=numbers)))
            | Q(Exists(everybody.filter(orders__accession_number__in=numbers)))
        )

    def in_name_order(self) -> Self:
        return self.order_by(IN_NAME_ORDER, "pk")

    def following(self, patient: "Patient") -> Self:
        """Those after `patient` in name order: a page begins where the last one ended."""
        name = patient.folded_name[:200]
        return self.alias(start=IN_NAME_ORDER).filter(
            Q(start__gt=name) | Q(start=name, pk__gt=patient.pk)
        )

    def with_alerts(self) -> Self:
        """For lists. The banner asks for itself, because it also says what nobody has asked."""
        return self.prefetch_related(models.Prefetch("alerts", queryset=Alert.objects.active()))

    def with_identifiers(self) -> Self:
        """The other numbers, each kind together."""
        return self.prefetch_related("identifiers")

    def last_visits(self) -> "models.QuerySet[Patient, Any]":
        """Key, and when the latest procedure was begun that the patient came for."""
        return self.values_list("pk").annotate(at=Max("orders__procedures__started_at"))
