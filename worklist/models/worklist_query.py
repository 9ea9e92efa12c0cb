"""What machines asked the worklist for, and what they were answered."""

import datetime as dt
import json
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from equipment.models import Device

if TYPE_CHECKING:
    from staff.models import User

SUCCESS, CANCELLED = 0x0000, 0xFE00


# Machines ask the same every minute; composing this would take longer than having it done.
COUNT_UP = """
UPDATE worklist_worklistquery SET last_at = %s, times = times + %s, milliseconds = %s
WHERE id IN (SELECT id FROM worklist_worklistquery WHERE device_id = %s
             ORDER BY last_at DESC, id DESC LIMIT %s)
  AND keys = %s::jsonb AND ignored = %s::jsonb AND status = %s AND error = %s
  AND steps = %s::bigint[] AND was_cut = %s
"""


class WorklistQueryQuerySet(models.QuerySet["WorklistQuery"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("worklist.view_worklistquery") else self.none()

    def of_device(self, device_pk: int) -> Self:
        return self.filter(device=device_pk)

    def count_up(self, told: "WorklistQuery", among: int) -> bool:
        """Was the same asked, and answered, among the latest queries of the device? Then that was
        asked once more."""
        keys, ignored = json.dumps(told.keys), json.dumps(told.ignored)
        facts = (keys, ignored, told.status, told.error, told.steps, told.was_cut)
        with connection.cursor() as cursor:
            changes = told.last_at, told.times, told.milliseconds
            cursor.execute(COUNT_UP, (*changes, told.device_id, among, *facts))
            return bool(cursor.rowcount)

    def latest_first(self) -> Self:
        return self.order_by("-last_at", "-pk")

    def older_than(self, moment: dt.datetime) -> Self:
        return self.filter(last_at__lt=moment)


class WorklistQuery(models.Model):
    """One question of one device and its answer; the same again only counts up.

    Keys and values of the identifier are kept, and which steps were answered: nothing of what the
    answers said. Few per device, and for some days alone.
    """

    # Not PROTECT: a trace that is thrown away after days keeps no device on the list.
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="worklist_queries")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    keys = models.JSONField(
        default=dict, help_text=_("The attributes it named, and the values it asked for.")
    )
    ignored = models.JSONField(default=list, help_text=_("Keys that are not matched here."))
    status = models.PositiveIntegerField(help_text=_("The final status (PS3.4 K.4.1.1.4)."))
    error = models.CharField(max_length=64, blank=True, default="")
    steps = ArrayField(models.BigIntegerField(), default=list)
    was_cut = models.BooleanField(default=False)
    milliseconds = models.PositiveIntegerField(default=0)

    objects = WorklistQueryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "worklist queries"
        indexes = [models.Index(fields=["device", "-last_at"], name="worklist_query_latest")]

    def __str__(self) -> str:
        return f"{self.device} {self.last_at:%H:%M:%S}"

    @property
    def was_answered(self) -> bool:
        return self.status == SUCCESS

    @property
    def was_cancelled(self) -> bool:
        return self.status == CANCELLED

    @property
    def has_failed(self) -> bool:
        return self.status not in {SUCCESS, CANCELLED}

    @property
    def status_code(self) -> str:
        """As manuals print it."""
        return f"{self.status:04X}"
