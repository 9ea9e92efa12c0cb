"""A list of studies: what was asked for, and one page of what was found."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from equipment.models import Modality
from studies.models import Study
from studies.models.study import StudyQuerySet

if TYPE_CHECKING:
    from staff.models import User

PAGE = 50
LONGEST_KEY = 18  # digits of a bigint

WINDOWS: dict[str, tuple[str | Promise, int | None]] = {
    "today": (_("Today"), 0),
    "week": (_("7 days"), 6),
    "month": (_("30 days"), 29),
    "all": (_("All"), None),
}


@dataclass
class StudyList:
    """One page of studies, newest first. The next page begins after a key."""

    user: "User"
    words: str
    window: str
    modality: str
    after: Study | None = None

    @classmethod
    def of(cls, user: "User", params: QueryDict) -> "StudyList":
        """What the form says; nonsense counts as not asked for."""
        words = " ".join(params.get("q", "").replace("\0", "").split())[:100]
        window = params.get("window", "")
        modality = params.get("modality", "")
        key = params.get("after", "")
        is_key = key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY
        return cls(
            user,
            words,
            window if window in WINDOWS else "week",
            modality if modality in Modality.values else "",
            Study.objects.visible_to(user).filter(pk=key).first() if is_key else None,
        )

    @cached_property
    def _found(self) -> list[Study]:
        studies: StudyQuerySet = Study.objects.visible_to(self.user).newest_first()
        if self.first_day:
            studies = studies.since(self.first_day)
        if self.modality:
            studies = studies.of_modality(self.modality)
        if self.words:
            studies = studies.matching(self.words)
        return self._page_of(studies.with_list_details())

    def _page_of(self, studies: StudyQuerySet) -> list[Study]:
        """Dated ones first, then those that do not say when they were made: two short walks along
        an index instead of one long sort."""
        dated, undated = studies.dated(), studies.undated()
        found: list[Study] = []
        if self.after is None or self.after.study_date:
            found = list((dated.following(self.after) if self.after else dated)[: PAGE + 1])
        elif self.after:
            undated = undated.following(self.after)
        left = PAGE + 1 - len(found)
        return found + (list(undated[:left]) if left else [])

    @property
    def first_day(self) -> dt.date | None:
        """Where the window begins; None for everything."""
        days = WINDOWS[self.window][1]
        return None if days is None else timezone.localdate() - dt.timedelta(days=days)

    @property
    def studies(self) -> list[Study]:
        return self._found[:PAGE]

    @property
    def next_after(self) -> int | None:
        """Where the next page begins; None on the last one."""
        return self.studies[-1].pk if len(self._found) > PAGE else None

    @property
    def windows(self) -> list[tuple[str, str | Promise]]:
        return [(key, label) for key, (label, _days) in WINDOWS.items()]

    @property
    def modalities(self) -> list[tuple[str, str]]:
        return [(modality.value, str(modality.label)) for modality in Modality]
