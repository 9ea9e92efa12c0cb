"""What was rejected of late: the list of it, how often each reason, and of how many images made.

The share is of images as they stand: what was restored counts as made and not as rejected.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studies.models import ImageReview, Series
from studies.models.queries import Made
from studies.models.review import ImageReviewQuerySet
from studies.reject_reasons import word_of
from studies.services.reviewing import UNDO

if TYPE_CHECKING:
    from staff.models import User

WINDOWS = (30, 90, 365)  # days
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


@dataclass(frozen=True, slots=True)
class Share:
    """How many images were made, and how many of them are rejected."""

    word: str
    made: int
    rejected: int

    @property
    def percent(self) -> float:
        return 100 * self.rejected / self.made if self.made else 0.0


@dataclass(frozen=True, slots=True)
class Shares:
    """The share of each of something."""

    title: str | Promise
    rows: list[Share]

    @property
    def most(self) -> float:
        return max((row.percent for row in self.rows), default=0.0) or 1.0


@dataclass
class RejectedList:
    """One page of standing rejections, the newest first, and the counts of all of them."""

    user: "User"
    before: int | None = None
    days: int = WINDOWS[0]
    windows = WINDOWS

    @classmethod
    def of(cls, user: "User", params: QueryDict) -> "RejectedList":
        key = params.get("before", "")
        is_key = key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY
        days = {str(one): one for one in WINDOWS}.get(params.get("days", ""), WINDOWS[0])
        return cls(user, int(key) if is_key else None, days)

    @property
    def since(self) -> dt.datetime:
        return timezone.now() - dt.timedelta(days=self.days)

    @cached_property
    def standing(self) -> ImageReviewQuerySet:
        return ImageReview.objects.visible_to(self.user).standing().since(self.since)

    @cached_property
    def made(self) -> list[Made]:
        """Images made in this time at our devices, by device, performer and week."""
        return Series.objects.visible_to(self.user).made_and_rejected_since(self.since)

    @cached_property
    def _found(self) -> list[ImageReview]:
        rows = self.standing.with_page_details().newest_first()
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
    def _facts(self) -> list[tuple[str, str, str, str]]:
        rows = self.standing.order_by().values_list(
            "reason_code",
            "by__first_name",
            "by__last_name",
            "by__username",
        )
        return list(rows)

    @property
    def total(self) -> int:
        return len(self._facts)

    @property
    def share(self) -> Share:
        """Of all images made in this time."""
        return _share("", self.made)

    @property
    def shares(self) -> list[Shares]:
        """By device, by whoever performed the examination, and as time went."""
        return [
            Shares(_("By device"), shares((one.device, one) for one in self.made)),
            Shares(_("By who performed it"), shares((one.performer, one) for one in self.made)),
            Shares(_("By week"), list(self._in_time())),
        ]

    def _in_time(self) -> Iterator[Share]:
        for week in sorted({one.week for one in self.made}, reverse=True):
            of_it = [one for one in self.made if one.week == week]
            yield _share(date_format(week, "j M"), of_it)

    @property
    def tables(self) -> list[Bars]:
        """By reason, and by who said so."""
        facts = self._facts
        return [
            Bars(_("Reasons"), bars(word_of(code) for code, *_who in facts)),
            Bars(
                _("Rejected by"),
                bars(f"{first} {last}".strip() or login for _code, first, last, login in facts),
            ),
        ]


def bars(words: Iterable[str]) -> list[Bar]:
    """The most frequent of these words, and how often each."""
    counted = Counter(word or "–" for word in words)
    return [Bar(word, count) for word, count in counted.most_common(MOST_BARS)]


def shares(made: Iterable[tuple[str, Made]]) -> list[Share]:
    """The share of each word, the largest first."""
    grouped: dict[str, list[Made]] = {}
    for word, one in made:
        grouped.setdefault(word or "–", []).append(one)
    found = [_share(word, of_it) for word, of_it in grouped.items()]
    return sorted(found, key=lambda share: (-share.percent, share.word))


def _share(word: str, of_it: Iterable[Made]) -> Share:
    rows = list(of_it)
    return Share(word, sum(row.made for row in rows), sum(row.rejected for row in rows))
