"""Work handed to a worker. A task looks for its rows itself, and may run twice or side by side."""

import time

from celery import shared_task
from django.db import InterfaceError, OperationalError

from common.bell import heard, hold, ring_once
from studies.archives import unpack_next
from studies.commitment import decide
from studies.ingest import BATCH, file_batch
from studies.models import Commitment
from studies.thumbnails import draw_batch

MOST_DECIDED = 200  # requests in one go; the sweep finds the rest
SPELL_SECONDS = 2.0  # then the other kinds of work get their turn
GATHERING_SECONDS = 0.1
ENOUGH = BATCH // 2  # objects; then there is no need to wait for more
DRAWING_SECONDS = 0.3  # nobody sees an image before it is filed: pictures make way sooner
DATABASE_AWAY = (OperationalError, InterfaceError)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True, max_retries=5)
def file_waiting() -> None:
    """File what waits, for a spell, while another process draws; and go on.

    After a few objects it waits for a moment: where some came more come, and what a study costs is
    the same for one object as for many. Nobody else is called to them meanwhile.
    """
    until = time.monotonic() + SPELL_SECONDS
    heard(file_waiting)
    while count := file_batch():
        ring_once(make_thumbnails)
        if time.monotonic() >= until:
            ring_once(file_waiting)
            break
        if count < ENOUGH:
            hold(file_waiting)
            time.sleep(GATHERING_SECONDS)
            heard(file_waiting)
    if Commitment.objects.undecided().exists():
        ring_once(decide_commitments)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True, max_retries=5)
def make_thumbnails() -> None:
    """Draw the small pictures that wait, for a spell, and go on."""
    heard(make_thumbnails)
    until = time.monotonic() + DRAWING_SECONDS
    while draw_batch():
        if time.monotonic() >= until:
            ring_once(make_thumbnails)
            break


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
