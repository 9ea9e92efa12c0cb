"""The worker's part of transfers: carries what waits, one object after the other.

Each object that arrived has its row before the next one is sent, so that whoever goes on after a
crash sends nothing twice but, at worst, the one that was under way.
"""

import logging
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.live import poke
from equipment.services import note_call
from gateway.calling import NoAnswer, calling
from gateway.calling.archives import SOME_FAILED, SUCCESS, refusal_of, retrieve
from gateway.calling.storing import WARNINGS, Lost, NotSent, Outgoing, Sender, batches
from studies.lease import Lease
from studies.models import Instance, SentObject, Transfer
from studies.models.queries import InstanceQuerySet
from studies.models.transfer import BACK_OFF

SPELL_SECONDS = 60  # then others get their turn; the next spell goes on
FETCH_SECONDS = 240  # below the time limit of a task
SAY_SECONDS = 1.0  # between two looks whether somebody cancelled
ROWS_AT_ONCE = 100
LONGEST_REASON = 300

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """Somebody cancelled."""


class More(Exception):
    """The spell is over and there is more to do."""


def carry_next() -> bool:
    """Carry one transfer that is due, for a spell. False when none is."""
    claimed = Transfer.objects.claim(1)
    if not claimed:
        return False
    transfer = Transfer.objects.with_details().get(pk=claimed[0].pk)
    with Lease(Transfer.objects.all(), [transfer.pk]):
        try:
            reason = _send(transfer) if transfer.is_sending else _fetch(transfer)
        except Stopped:
            return True
        except More:
            Transfer.objects.all().give_back([transfer.pk])
            return True
        except (NoAnswer, Lost) as why:
            _try_later(transfer, why)
            return True
        except Exception:
            logger.exception("Transfer %s failed", transfer.pk)
            _settle(transfer, Transfer.Status.FAILED, _("An error of ours; the log has it."))
            return True
    note_call(transfer.node)
    _settle(transfer, Transfer.Status.FAILED if reason else Transfer.Status.DONE, reason)
    return True


# ── sending ──────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Journey:
    """One spell of sending."""

    transfer: Transfer
    until: float
    said_at: float = 0.0

    def check(self) -> None:
        """Say how far it is, and stop when it should. Raises Stopped, More."""
        now = time.monotonic()
        if now - self.said_at >= SAY_SECONDS:
            self.said_at = now
            _say(self.transfer)
        if now > self.until:
            _say(self.transfer)
            raise More


def _send(transfer: Transfer) -> str:
    """Everything that has not arrived yet; why something was not taken, or nothing."""
    journey = Journey(transfer, time.monotonic() + SPELL_SECONDS)
    rows = _objects_of(transfer)
    Transfer.objects.filter(pk=transfer.pk).update(total=rows.count())
    rest = rows.exclude(pk__in=SentObject.objects.filter(transfer=transfer).values("instance"))
    pairs = rest.order_by().values_list("sop_class_uid", "transfer_syntax").distinct()
    for batch in batches(list(pairs)):
        contexts = [one for several in batch.values() for one in several]
        pks = list(
            rest.filter(sop_class_uid__in=list(batch)).in_order().values_list("pk", flat=True)
        )
        with calling(transfer.node, contexts) as association:
            _send_all(journey, pks, Sender(association))
    _say(transfer)
    refused = SentObject.objects.filter(transfer=transfer, is_taken=False)
    reasons = Counter(refused.values_list("reason", flat=True))
    return reasons.most_common(1)[0][0] if reasons else ""


def _objects_of(transfer: Transfer) -> InstanceQuerySet:
    which = Q(series__study=transfer.study_id)
    if transfer.series_id:
        which = Q(series=transfer.series_id)
    return Instance.objects.clinical().filter(which)


def _send_all(journey: Journey, pks: list[int], sender: Sender) -> None:
    columns = ("pk", "sop_class_uid", "sop_instance_uid", "transfer_syntax", "path")
    for start in range(0, len(pks), ROWS_AT_ONCE):
        some = pks[start : start + ROWS_AT_ONCE]
        for pk, *facts in Instance.objects.filter(pk__in=some).in_order().values_list(*columns):
            journey.check()
            _send_one(journey.transfer, pk, Outgoing(*facts), sender)


def _send_one(transfer: Transfer, pk: int, one: Outgoing, sender: Sender) -> None:
    try:
        status, reason = sender.send(one), ""
    except NotSent as why:
        status, reason = 0, why.sentence
        is_taken = False
    else:
        is_taken = status == SUCCESS or status in WARNINGS
        if not is_taken:
            reason = _("%(name)s answered %(status)s.") % {
                "name": transfer.node,
                "status": f"{status:04X}H",
            }
    SentObject.objects.update_or_create(
        transfer=transfer,
        instance_id=pk,
        defaults={"status": status, "reason": reason[:LONGEST_REASON], "is_taken": is_taken},
    )


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────


def _fetch(transfer: Transfer) -> str:
    """The whole study; what comes again is known here already."""
    progress = None
    for progress in retrieve(transfer.node, transfer.study_uid, FETCH_SECONDS):
        transfer.done, transfer.failed = progress.completed, progress.failed
        transfer.total = progress.completed + progress.failed + progress.remaining
        _say_numbers(transfer)
    if progress is None or progress.status is None:
        raise NoAnswer(_("%(name)s stopped answering.") % {"name": transfer.node})
    if progress.status == SUCCESS:
        if not progress.completed:
            return _("%(name)s has no such study any more.") % {"name": transfer.node}
        return ""
    if progress.status == SOME_FAILED and not progress.failed:
        return ""
    return refusal_of(transfer.node, progress)


# ── what the rows say ────────────────────────────────────────────────────────────────────────────


def _say(transfer: Transfer) -> None:
    sent = SentObject.objects.filter(transfer=transfer)
    transfer.done = sent.filter(is_taken=True).count()
    transfer.failed = sent.filter(is_taken=False).count()
    transfer.total = max(transfer.total, transfer.done + transfer.failed)
    _say_numbers(transfer)


def _say_numbers(transfer: Transfer) -> None:
    """Raises Stopped when it does not wait any more."""
    still = Transfer.objects.filter(pk=transfer.pk, status=Transfer.Status.WAITING)
    if not still.update(done=transfer.done, failed=transfer.failed, total=transfer.total):
        raise Stopped
    _poke(transfer)


def _try_later(transfer: Transfer, why: NoAnswer | Lost) -> None:
    """Put it off by the table of pauses, or give it up when that is at its end."""
    sentence = str(why)[:LONGEST_REASON]
    note_call(transfer.node, sentence)
    is_lasting = isinstance(why, NoAnswer) and not why.is_for_now
    if is_lasting or transfer.attempts > len(BACK_OFF):
        _settle(transfer, Transfer.Status.FAILED, sentence)
        return
    Transfer.objects.waiting().filter(pk=transfer.pk).update(reason=sentence)
    Transfer.objects.all().put_off([transfer.pk], BACK_OFF[max(transfer.attempts, 1) - 1])
    _poke(transfer)


def _settle(transfer: Transfer, status: str, reason: str) -> None:
    with transaction.atomic():
        row = Transfer.objects.all().locked_waiting([transfer.pk]).first()
        if row is None:
            return  # somebody cancelled in this very moment
        row.move_to(status)
        row.reason = reason[:LONGEST_REASON]
        row.ended_at = timezone.now()
        row.save(update_fields=["status", "reason", "ended_at"])
        transaction.on_commit(partial(_poke, transfer))


def _poke(transfer: Transfer) -> None:
    poke("transfers", f"transfers-{transfer.patient_id}")
