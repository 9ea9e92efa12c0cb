"""The small pictures that workers have drawn: what is there is not drawn again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.questions import asked_again
from gateway.dicomweb.finding import Stored
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


def kept_picture(stored: Stored, number: int | None) -> Kept | None:
    """The stored picture, if there is one that shows the frame (None: a telling one)."""
    row = asked_again("thumbnail", _pictures, stored.sop_uid)
    found = Kept(*row) if row else None
    if found is None or not found.media:
        return None
    return found if number is None or found.frame == number - 1 else None


def _pictures(sop_uid: str) -> "QuerySet[Thumbnail, Any]":
    return Thumbnail.objects.ready().of_object(sop_uid).values_list("path", "frame", "status")
