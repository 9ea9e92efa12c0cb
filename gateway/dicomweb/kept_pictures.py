"""The small pictures that workers have drawn: what is there is not drawn again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from common.questions import asked_again
from gateway.dicomweb.finding import Stored
from gateway.dicomweb.neighbours import MOST_ROWS, Row, neighbours
from studies.models import Thumbnail

if TYPE_CHECKING:
    from django.db.models import QuerySet

SIDE = 256  # pixels of the longer side
_SUFFIXES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that lies on disk."""

    path: str
    frame: int
    status: str

    @property
    def media(self) -> str:
        return _SUFFIXES.get(self.path[self.path.rfind(".") :].lower(), "")

    @property
    def shows_pixels(self) -> bool:
        """Not a pictogram that stands in for them."""
        return self.status == Thumbnail.Status.MADE


def kept_picture(request: HttpRequest, stored: Stored, number: int | None) -> Kept | None:
    """The stored picture, if there is one that shows the frame (None: a telling one)."""
    row = _neighbour(stored) if hasattr(request, "came_quickly") else None
    row = row or asked_again("thumbnail", _pictures, stored.sop_uid)
    found = Kept(*row) if row else None
    if found is None or not found.media:
        return None
    return found if number is None or found.frame == number - 1 else None


def _neighbour(stored: Stored) -> Row | None:
    """The same for a page that asks for all pictures of a series. Whoever asks may see them."""

    def rows() -> dict[str, Row]:
        pictures = Thumbnail.objects.ready().of_series(stored.series_uid)
        named = pictures.values_list("instance__sop_instance_uid", "path", "frame", "status")
        return {uid: tuple(row) for uid, *row in named[:MOST_ROWS]}

    return neighbours.find(("pictures", stored.series_uid), stored.sop_uid, rows)


def _pictures(sop_uid: str) -> "QuerySet[Thumbnail, Any]":
    return Thumbnail.objects.ready().of_object(sop_uid).values_list("path", "frame", "status")
