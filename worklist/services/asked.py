"""What machines ask the worklist for is kept for a while, for whoever wonders what they see."""

import datetime as dt
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.refusals import Refused
from equipment.models import Device
from equipment.services import caller_of
from worklist.dicom import Found, NotAnswerable, Profile, find_steps, identifier_of
from worklist.models import WorklistQuery

if TYPE_CHECKING:
    from staff.models import User

KEPT_PER_DEVICE = 100  # different questions or answers
KEPT_FOR = dt.timedelta(days=3)
LOOKED_BACK = 5  # scanners ask two or three questions in turn, every minute


@dataclass(frozen=True, slots=True)
class Asked:
    """One query and its answer, in plain values."""

    keys: dict[str, str]
    status: int
    steps: list[int] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    error: str = ""
    was_cut: bool = False


def note_query(
    device_pk: int,
    asked: Asked,
    *,
    milliseconds: int,
    times: int = 1,
    since: dt.datetime | None = None,
) -> None:
    """Keep what a device asked, so many times since a moment ago, and was answered; what it asked
    just before only counts up.

    That is nearly always so, and one statement.
    """
    now = timezone.now()
    told = WorklistQuery(
        device_id=device_pk,
        first_at=since or now,
        last_at=now,
        times=times,
        milliseconds=milliseconds,
        **{one.name: getattr(asked, one.name) for one in fields(asked)},
    )
    if WorklistQuery.objects.count_up(told, LOOKED_BACK):
        return
    with transaction.atomic():
        told.save()
        earlier = WorklistQuery.objects.of_device(device_pk)
        kept = earlier.latest_first().values("pk")[:KEPT_PER_DEVICE]
        earlier.exclude(pk__in=kept).delete()


def try_query(device: Device, keys: dict[str, str], *, by: "User") -> Found:
    """What the device would be answered if it asked this now; it is not told anything."""
    try:
        found = find_steps(identifier_of(keys), Profile.of(caller_of(device)))
    except NotAnswerable as why:
        raise Refused(str(why)) from why
    record("worklist.tried", device, by=by, steps=len(found.procedures))
    return found


def forget_queries() -> int:
    """Delete what is older than some days. Returns how many there were."""
    old = WorklistQuery.objects.older_than(timezone.now() - KEPT_FOR)
    return old.delete()[0]
