"""The worker's part: draw the small pictures. It starts nothing, and may run again at any time."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.files import KeptFile, absolute, keep_together, remove
from common.live import poke
from common.write_back import write_back
from studies import limited
from studies.facts import NotUsable, Picture
from studies.lease import Lease
from studies.models import Thumbnail
from studies.wording import sentence_of

logger = logging.getLogger(__name__)

BATCH = 24
SIZE = 256  # pixels of the longer side
MOST_ATTEMPTS = 2
PAUSE_SECONDS = 2.0
FOLDER = "thumbnails"
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png"}

Status = Thumbnail.Status


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that lies on disk; or none, and why."""

    picture: Picture | None
    kept: KeptFile | None
    fault: str
    again: bool = False


def draw_batch(limit: int = BATCH) -> int:
    """Draw up to `limit` waiting pictures; how many were taken up. 0 means that nothing waits."""
    claimed = Thumbnail.objects.with_instance().claim(limit)
    if not claimed:
        return 0
    with Lease(Thumbnail.objects.all(), [thumbnail.pk for thumbnail in claimed]):
        settle(draw_all(claimed))
    return len(claimed)


def draw_all(thumbnails: Sequence[Thumbnail]) -> dict[int, Drawn]:
    """Every picture, drawn by the limited child and kept. What cannot be drawn says why."""
    worn_out = [one for one in thumbnails if one.attempts > MOST_ATTEMPTS]
    fresh = [one for one in thumbnails if one.attempts <= MOST_ATTEMPTS]
    found = limited.draw_many([absolute(one.instance.path) for one in fresh], size=SIZE)
    answers = list(zip(fresh, found, strict=True))
    pictures = {one.pk: told for one, told in answers if isinstance(told, Picture)}
    contents = [(told.data, SUFFIXES[told.media_type]) for told in pictures.values()]
    kept = dict(zip(pictures, keep_together(contents, FOLDER), strict=True))
    drawn = {one.pk: Drawn(None, None, _gave_up()) for one in worn_out}
    for one, told in answers:
        drawn[one.pk] = (
            _not_drawn(one, told)
            if isinstance(told, NotUsable)
            else Drawn(told, kept[one.pk], told.fault)
        )
    return drawn


def _gave_up() -> str:
    return _("Drawing it was tried twice and never came to an end.")


def _not_drawn(thumbnail: Thumbnail, why: NotUsable) -> Drawn:
    may_pass = not why.refuse and thumbnail.attempts < MOST_ATTEMPTS
    return Drawn(None, None, sentence_of(why), again=may_pass)


@transaction.atomic
def settle(drawn: dict[int, Drawn]) -> None:
    """Write down all of them at once. A picture that lost a race with another worker is removed."""
    rows = list(Thumbnail.objects.with_instance().locked_waiting(drawn))
    for lost in drawn.keys() - {row.pk for row in rows}:
        _forget(drawn[lost].kept)
    settled = [row for row in rows if not drawn[row.pk].again]
    Thumbnail.objects.all().put_off([row.pk for row in rows if drawn[row.pk].again], PAUSE_SECONDS)
    for row in settled:
        write_down(row, drawn[row.pk])
    write_back(settled, SETTLED_FIELDS)
    transaction.on_commit(partial(poke, *topics_of(settled)))


SETTLED_FIELDS = ["status", "path", "width", "height", "frame", "fault", "made_at"]


def write_down(row: Thumbnail, drawn: Drawn) -> None:
    """What became of the drawing (unsaved). A pictogram that stands in for pixels is a failure."""
    if row.path:
        transaction.on_commit(partial(remove, row.path))
        row.path = ""
    picture = drawn.picture
    if picture is None or (picture.kind != Status.MADE and drawn.fault):
        row.move_to(Status.FAILED)
    else:
        row.move_to(picture.kind)
    if picture is not None and drawn.kept is not None:
        row.path, row.frame = drawn.kept.path, picture.frame
        row.width, row.height = picture.width, picture.height
    row.fault = drawn.fault.replace("\x00", "")[:300]
    row.made_at = timezone.now()


def topics_of(settled: Sequence[Thumbnail]) -> list[str]:
    """The pages on which these pictures are seen."""
    topics = {"board", "studies"} if settled else set()
    for row in settled:
        series = row.instance.series
        topics.add(f"study-{series.study_id}")
        if series.procedure_id:
            topics.add(f"procedure-{series.procedure_id}")
    return sorted(topics)


def _forget(kept: KeptFile | None) -> None:
    if kept is not None:
        transaction.on_commit(partial(remove, kept.path))
