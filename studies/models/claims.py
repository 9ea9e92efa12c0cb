"""Rows that wait for a worker: how one worker takes some of them, and how a dead one lets go."""

import datetime as dt
from collections.abc import Iterable
from itertools import takewhile
from typing import Any, Self, TypeVar

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

LEASE = dt.timedelta(seconds=8)  # longer than a pause of a living worker, shorter than patience

Claimed = TypeVar("Claimed", bound=models.Model)


class ClaimableQuerySet(models.QuerySet[Claimed]):
    """Rows with `status`, `attempts`, `next_attempt_at`, worked on by any number of workers."""

    def waiting(self) -> Self:
        return self.filter(status="WAITING")

    def due(self, now: dt.datetime) -> Self:
        """Waiting, and not put off after a failed try; oldest first."""
        return self.waiting().filter(next_attempt_at__lte=now).order_by("next_attempt_at", "pk")

    def claim(self, limit: int) -> list[Claimed]:
        """Take up to `limit` rows that are due. They come due again by themselves if we die.

        A row whose first try ended badly is taken alone, so that it harms no neighbour again and
        only its own tries are counted.
        """
        with transaction.atomic():
            now = timezone.now()
            found: list[Any] = list(
                self.due(now).select_for_update(skip_locked=True, of=("self",))[:limit]
            )
            mine = found[:1] if found and found[0].attempts else []
            mine = mine or list(takewhile(lambda row: not row.attempts, found))
            self.filter(pk__in=[row.pk for row in mine]).update(
                attempts=F("attempts") + 1, next_attempt_at=now + LEASE
            )
        for row in mine:
            row.attempts += 1
        return mine

    def locked_waiting(self, pks: Iterable[int]) -> Self:
        """Those of these rows that nobody has settled yet, locked in one fixed order."""
        return self.waiting().filter(pk__in=pks).select_for_update(of=("self",)).order_by("pk")

    def hold_waiting(self, pks: Iterable[int]) -> set[int]:
        """The same, told by their keys."""
        return set(self.locked_waiting(pks).values_list("pk", flat=True))

    def renew(self, pks: Iterable[int]) -> None:
        """Say that these are still being worked on, but for those given back (untried again)."""
        still_held = self.waiting().filter(pk__in=pks, attempts__gt=0)
        still_held.update(next_attempt_at=timezone.now() + LEASE)

    def give_back(self, pks: Iterable[int]) -> None:
        """Let go of rows that were taken but not tried."""
        self.waiting().filter(pk__in=pks).update(
            attempts=F("attempts") - 1, next_attempt_at=timezone.now()
        )

    def put_off(self, pks: Iterable[int], seconds: float) -> None:
        """Try these again later: something went wrong that may pass."""
        later = timezone.now() + dt.timedelta(seconds=seconds)
        self.waiting().filter(pk__in=pks).update(next_attempt_at=later)
