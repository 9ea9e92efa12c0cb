"""What a person may do with an object that was set aside."""

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.bell import ring_once
from common.live import poke
from common.refusals import Refused
from studies import tasks
from studies.models import IncomingFile

if TYPE_CHECKING:
    from staff.models import User

Status = IncomingFile.Status
LONGEST_REASON = 500


@transaction.atomic
def retry_set_aside(incoming: IncomingFile, *, by: "User") -> IncomingFile:
    """Let a worker try again, now that something was put right. Refused unless it is set aside."""
    incoming = IncomingFile.objects.locked(incoming.pk)
    incoming.move_to(Status.WAITING)
    was = incoming.reason_code
    incoming.reason_code = incoming.reason = ""
    incoming.details = {}
    incoming.attempts = 0
    incoming.next_attempt_at = timezone.now()
    incoming.settled_at = None
    incoming.full_clean()
    incoming.save()
    record("incoming.retried", incoming, by=by, patient=incoming.patient, reason_code=was)
    transaction.on_commit(partial(ring_once, tasks.file_waiting))
    transaction.on_commit(partial(poke, "incoming"))
    return incoming


@transaction.atomic
def discard_set_aside(incoming: IncomingFile, *, by: "User", reason: str) -> IncomingFile:
    """Say that an object belongs nowhere, and why. Its bytes stay until retention ends.

    Refused without a reason, and unless it is set aside.
    """
    if not reason.strip():
        raise Refused(_("Say why this object is discarded."))
    incoming = IncomingFile.objects.locked(incoming.pk)
    incoming.move_to(Status.DISCARDED)
    incoming.details = {**incoming.details, "set_aside_because": incoming.reason}
    incoming.reason = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    incoming.settled_at = timezone.now()
    incoming.settled_by = by
    incoming.full_clean()
    incoming.save()
    record(
        "incoming.discarded",
        incoming,
        by=by,
        patient=incoming.patient,
        reason_code=incoming.reason_code,
    )
    transaction.on_commit(partial(poke, "incoming"))
    return incoming
