"""The small picture of an instance, and the work of drawing it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from studies.models.claims import ClaimableQuerySet
from studies.models.study import Instance


class ThumbnailQuerySet(ClaimableQuerySet["Thumbnail"]):
    def with_instance(self) -> Self:
        return self.select_related("instance__series")

    def ready(self) -> Self:
        """Those with something to show."""
        return self.filter(status__in=[Thumbnail.Status.MADE, Thumbnail.Status.PICTOGRAM])

    def of_object(self, sop_uid: str) -> Self:
        return self.filter(instance__sop_instance_uid=sop_uid)

    def of_series(self, series_uid: str) -> Self:
        return self.filter(instance__series__series_instance_uid=series_uid)


class Thumbnail(Stateful):
    """A picture 256 pixels at its longer side, or a pictogram of what kind of object it is."""

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Being drawn")
        MADE = "MADE", _("Picture")
        PICTOGRAM = "PICTOGRAM", _("Pictogram")
        FAILED = "FAILED", _("Cannot be shown")

    MOVES = {
        Status.WAITING: frozenset({Status.MADE, Status.PICTOGRAM, Status.FAILED}),
        Status.MADE: frozenset({Status.WAITING}),
        Status.PICTOGRAM: frozenset({Status.WAITING}),
        Status.FAILED: frozenset({Status.WAITING}),
    }

    instance = models.OneToOneField(
        Instance, on_delete=models.CASCADE, primary_key=True, related_name="thumbnail"
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    path = models.CharField(max_length=200, blank=True, default="")
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    frame = models.PositiveIntegerField(default=0)
    fault = models.CharField(
        max_length=300, blank=True, default="", help_text=_("Why there is no true picture.")
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True, blank=True)

    objects = ThumbnailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="thumbnail_waiting",
                condition=models.Q(status="WAITING"),
            )
        ]

    @property
    def version(self) -> str:
        """Changes whenever the picture does."""
        return self.path.rpartition("/")[2].partition(".")[0]

    def __str__(self) -> str:
        return f"thumbnail of {self.instance_id}"
