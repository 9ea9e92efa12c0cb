"""What the clock starts: look for rows nobody was told about, and call quiet studies ready."""

import datetime as dt
import logging
import time
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from common.bell import ring
from studies import services, tasks
from studies.models import Archive, Commitment, IncomingFile, Instance, Study, Thumbnail
from studies.models.study import SHORT_PAUSE

logger = logging.getLogger(__name__)

HALF_WRITTEN_SECONDS = 24 * 3600  # an upload may pause over night, not longer
ORPHAN_SECONDS = 24 * 3600


@shared_task
def sweep_incoming() -> None:
    """Ring for received objects that are due: a bell was lost, or a worker died."""
    if IncomingFile.objects.due(timezone.now()).exists():
        ring(tasks.file_waiting)


@shared_task
def sweep_thumbnails() -> None:
    """The same for pictures that are not drawn."""
    if Thumbnail.objects.due(timezone.now()).exists():
        ring(tasks.make_thumbnails)


@shared_task
def sweep_archives() -> None:
    """The same for archives that are not unpacked."""
    if Archive.objects.due(timezone.now()).exists():
        ring(tasks.unpack_archives)


@shared_task
def sweep_commitments() -> None:
    """The same for machines that ask whether objects are safe."""
    if Commitment.objects.undecided().due(timezone.now()).exists():
        ring(tasks.decide_commitments)


@shared_task
def settle_studies() -> None:
    """Call studies ready whose images have all come, or for which nothing came for a while."""
    quiet = Study.objects.arriving().quiet_since(timezone.now() - SHORT_PAUSE)
    for pk in quiet.values_list("pk", flat=True):
        services.settle_study(pk)


@shared_task
def clear_half_written() -> None:
    """Remove what was begun and never named; report, but keep, objects that no row knows."""
    oldest = time.time() - HALF_WRITTEN_SECONDS
    for half in Path(settings.HALF_WRITTEN).iterdir():
        if half.is_file() and half.stat().st_mtime < oldest:
            half.unlink(missing_ok=True)
    orphans = count_orphans()
    if orphans:
        logger.error("%s kept objects are known to no row; look into the objects folder", orphans)


def count_orphans() -> int:
    """Objects of the day before yesterday that neither an instance nor a received file names.

    Each day is looked at once it is over, so that the cost does not grow with the archive.
    """
    day = timezone.now() - dt.timedelta(seconds=ORPHAN_SECONDS + 24 * 3600)
    root = Path(settings.DATA_DIR)
    there = {
        str(place.relative_to(root))
        for place in (root / "objects" / day.strftime("%Y/%m/%d")).rglob("*")
        if place.is_file()
    }
    known = set(IncomingFile.objects.at_paths(there)) | set(Instance.objects.at_paths(there))
    return len(there - known)
