"""The history of a scheduled procedure."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class MoveQuerySet(models.QuerySet["Move"]):
    def last_into(self, status: str) -> "Move":
        """The latest move into `status`. Raises Move.DoesNotExist when there never was one.

        Another time or device is noted as a move that stays in its state: that is none into it.
        """
        return self.filter(to_status=status).exclude(from_status=status).latest("pk")


class Move(models.Model):
    """One step in the life of a scheduled procedure: from, to, who, when, why (field 5.1 (f))."""

    procedure = models.ForeignKey(
        "worklist.ScheduledProcedure", on_delete=models.PROTECT, related_name="moves"
    )
    from_status = models.CharField(max_length=16, blank=True, default="")
    to_status = models.CharField(max_length=16)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    objects = MoveQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
