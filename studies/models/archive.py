"""An archive that somebody uploaded: a parcel, unpacked by a worker, never an object itself."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from studies.models.claims import ClaimableQuerySet
from studies.models.incoming import Upload

if TYPE_CHECKING:
    from staff.models import User


class ArchiveQuerySet(ClaimableQuerySet["Archive"]):
    def of_upload(self, upload_pk: int) -> Self:
        return self.filter(upload=upload_pk)

    def visible_to(self, user: "User") -> Self:
        return self.filter(upload__in=Upload.objects.visible_to(user))

    def crashed(self) -> Self:
        """Those whose unpacking never came to an end. They wait for a person, newest first."""
        given_up = self.filter(status=Archive.Status.REFUSED, reason_code=Archive.CRASHED)
        return given_up.select_related("upload__by").order_by("-pk")

    def sizes_of(self, names: Iterable[str]) -> models.QuerySet["Archive", tuple[str, int]]:
        """Name and size of those that are among `names`."""
        return self.filter(original_name__in=list(names)).values_list("original_name", "size")


class Archive(Stateful):
    """A zip file. Its members become incoming files; a worker that dies goes on where it was."""

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Being unpacked")
        UNPACKED = "UNPACKED", _("Unpacked")
        REFUSED = "REFUSED", _("Refused")

    MOVES = {
        Status.WAITING: frozenset({Status.UNPACKED, Status.REFUSED}),
        Status.UNPACKED: frozenset[str](),
        Status.REFUSED: frozenset({Status.WAITING}),  # only what crashed: its bytes were kept
    }
    CRASHED = "crashed"

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="archives")
    original_name = models.CharField(max_length=500)
    path = models.CharField(max_length=200, blank=True, default="")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    reason_code = models.CharField(max_length=32, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    member_count = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0, help_text=_("Members done so far."))
    received_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_archive_per_name_in_an_upload", fields=["upload", "original_name"]
            ),
            models.CheckConstraint(
                name="refused_archive_has_a_reason",
                condition=~Q(status="REFUSED") | ~Q(reason=""),
                violation_error_message=_("Say why the archive was refused."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="archive_waiting",
                condition=Q(status="WAITING"),
            ),
            models.Index(
                fields=["-id"], name="archive_crashed", condition=Q(reason_code="crashed")
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def may_be_retried(self) -> bool:
        """Its bytes are still here: nothing was wrong with it but that it broke the worker."""
        return self.status == self.Status.REFUSED and self.reason_code == self.CRASHED
