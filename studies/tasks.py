"""Work handed to a worker. A task looks for its rows itself, and may run twice or side by side."""

import time
from collections.abc import Callable

from celery import shared_task
from django.db import InterfaceError, OperationalError

from common.bell import heard, ring_once
from studies.archives import unpack_next
from studies.commitment import decide
from studies.ingest import file_batch
from studies.models import Commitment
from studies.thumbnails import draw_batch

MOST_DECIDED = 200  # requests in one go; the sweep finds the rest
SPELL_SECONDS = 2.0  # then the other kinds of work get their turn
DRAWING_SECONDS = 0.3  # nobody sees an image before it is filed: pictures make way sooner
DATABASE_AWAY = (OperationalError, InterfaceError)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True, max_retries=5)
def file_waiting() -> None:
    """File what waits, for a spell; then let pictures be drawn, and go on."""
    heard(file_waiting)
    filed, is_more = for_a_spell(file_batch)
    if filed:
        ring_once(make_thumbnails)
        if Commitment.objects.undecided().exists():
            ring_once(decide_commitments)
    if is_more:
        ring_once(file_waiting)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True, max_retries=5)
def make_thumbnails() -> None:
    """Draw the small pictures that wait, for a spell, and go on."""
    heard(make_thumbnails)
    _drawn, is_more = for_a_spell(draw_batch, DRAWING_SECONDS)
    if is_more:
        ring_once(make_thumbnails)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True, max_retries=5)
def unpack_archives() -> None:
    """Unpack one uploaded archive for a while; let its members be filed, and go on."""
    heard(unpack_archives)
    if unpack_next():
        ring_once(file_waiting)
        ring_once(unpack_archives)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True, max_retries=5)
def decide_commitments() -> None:
    """Look whether the objects that machines ask about are safe. (Whoever tells them listens.)"""
    heard(decide_commitments)
    for pk in Commitment.objects.undecided().values_list("pk", flat=True)[:MOST_DECIDED]:
        decide(pk)


def for_a_spell(batch: Callable[[], int], seconds: float = SPELL_SECONDS) -> tuple[int, bool]:
    """Batch after batch until nothing waits or the spell is over: how many, and is there more."""
    until = time.monotonic() + seconds
    done = 0
    while count := batch():
        done += count
        if time.monotonic() >= until:
            return done, True
    return done, False
