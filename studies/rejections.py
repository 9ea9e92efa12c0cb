"""What was rejected of late: the list of it, and how often each reason, device and person."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studies.models import ImageReview
from studies.models.review import ImageReviewQuerySet
from studies.reject_reasons import word_of
from studies.services.reviewing import UNDO

if TYPE_CHECKING:
    from staff.models import User

WINDOW = dt.timedelta(days=30)
PAGE = 50
LONGEST_KEY = 18  # digits of a bigint
MOST_BARS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a table of counts."""

    word: str
    count: int


@dataclass(frozen=True, slots=True)
class Bars:
    """How often each of something; the longest bar is `most`."""

    title: str | Promise
    rows: list[Bar]

    @property
    def most(self) -> int:
        return max((row.count for row in self.rows), default=1)


@dataclass
class RejectedList:
    """One page of standing rejections, the newest first, and the counts of all of them."""

    user: "User"
    before: int | None = None

    @classmethod
    def of(cls, user: "User", params: QueryDict) -> "RejectedList":
        key = params.get("before", "")
        is_key = key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY
        return cls(user, int(key) if is_key else None)

    @cached_property
    def _standing(self) -> ImageReviewQuerySet:
        since = timezone.now() - WINDOW
        return ImageReview.objects.visible_to(self.user).standing().since(since)

    @cached_property
    def _found(self) -> list[ImageReview]:
        rows = self._standing.with_page_details().newest_first()
        if self.before is not None:
            rows = rows.filter(pk__lt=self.before)
        return list(rows[: PAGE + 1])

    @property
    def reviews(self) -> list[ImageReview]:
        return self._found[:PAGE]

    @property
    def next_before(self) -> int | None:
        """Where the next page begins; None on the last one."""
        return self.reviews[-1].pk if len(self._found) > PAGE else None

    @property
    def needs_reason_before(self) -> dt.datetime:
        """What was rejected earlier comes back with a reason only."""
        return timezone.now() - UNDO

    @cached_property
    def _facts(self) -> list[tuple[str, str, str, str, str, str]]:
        rows = self._standing.order_by().values_list(
            "reason_code",
            "instance__series__procedure__device__name",
            "instance__series__sender",
            "by__first_name",
            "by__last_name",
            "by__username",
        )
        return list(rows)

    @property
    def total(self) -> int:
        return len(self._facts)

    @property
    def tables(self) -> list[Bars]:
        """By reason, by device, by person."""
        facts = self._facts
        return [
            Bars(_("Reasons"), bars(word_of(code) for code, *_rest in facts)),
            Bars(_("Devices"), bars(name or sender for _c, name, sender, *_rest in facts)),
            Bars(
                _("People"),
                bars(f"{first} {last}".strip() or login for *_rest, first, last, login in facts),
            ),
        ]


def bars(words: Iterable[str]) -> list[Bar]:
    """The most frequent of these words, and how often each."""
    counted = Counter(word or "–" for word in words)
    return [Bar(word, count) for word, count in counted.most_common(MOST_BARS)]
