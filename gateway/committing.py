"""Telling machines that their objects are safe: N-EVENT-REPORT on an association of our own."""

import datetime as dt
import logging
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import build_role
from pynetdicom.association import Association

from gateway.calling import Line, NoAnswer, calling, context
from gateway.commitment_form import outcome_dataset
from studies import services
from studies.models import Commitment, CommitmentItem

PUSH_MODEL = UID("1.2.840.10008.1.20.1")
WELL_KNOWN = UID("1.2.840.10008.1.20.1.1")  # PS3.4 J.3.5: the one instance there is
ALL_SAFE, SOME_FAILED = 1, 2  # event types of PS3.4 table J.3.3-1

JUST_NOW = dt.timedelta(seconds=30)

logger = logging.getLogger(__name__)


def tell_due() -> bool:
    """Tell one asker whose answer is due; False when there is none."""
    commitment = Commitment.objects.decided().claim()
    if commitment is None:
        return False
    tell(commitment)
    return True


def tell(commitment: Commitment) -> None:
    """Call the asker and report. Whatever fails is written down, and tried again later."""
    peer = commitment.peer
    if peer is None:
        services.note_untold(
            commitment, _("The machine that asked is no longer registered."), is_hopeless=True
        )
        return
    if not peer.can_be_called and is_fresh(commitment):
        return  # it is being told on its own association; if not, this row comes due again
    try:
        # We are the provider on an association that we open: that has to be said (PS3.7 D.3.3.4).
        role = build_role(PUSH_MODEL, scu_role=False, scp_role=True)
        with calling(peer, [context(PUSH_MODEL)], Line(negotiation=[role])) as association:
            report(association, commitment)
    except NoAnswer as why:
        logger.info("%s could not be told: %s", commitment.asker, why.sentence)
        is_hopeless = not peer.can_be_called
        services.note_untold(commitment, why.sentence, is_hopeless=is_hopeless)
    else:
        services.note_told(commitment)


def is_fresh(commitment: Commitment) -> bool:
    """Was it decided just now?"""
    return timezone.now() - (commitment.decided_at or commitment.asked_at) < JUST_NOW


def report(association: Association, commitment: Commitment) -> None:
    """One N-EVENT-REPORT, answered with success. Raises NoAnswer."""
    safe, failed = services.outcome_of(commitment)
    try:
        status, _reply = association.send_n_event_report(
            information(commitment, safe, failed),
            SOME_FAILED if failed else ALL_SAFE,
            PUSH_MODEL,
            WELL_KNOWN,
        )
    except (ValueError, RuntimeError) as why:  # no context was accepted, or it has hung up
        raise NoAnswer(_("It did not accept to be told.")) from why
    code = status.get("Status")
    if code != 0:
        said = _("nothing") if code is None else f"{code:04X}H"
        raise NoAnswer(_("It answered %(status)s.") % {"status": said})


def information(
    commitment: Commitment, safe: Sequence[CommitmentItem], failed: Sequence[CommitmentItem]
) -> Dataset:
    """What is said (PS3.4 table J.3.3-1); a sequence without items is left out."""
    dataset = outcome_dataset(safe, failed)
    dataset.TransactionUID = commitment.transaction_uid
    return dataset
