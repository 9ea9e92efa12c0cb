"""N-ACTION of storage commitment (PS3.4 Annex J): the request is taken, the answer comes later.

It is told on an association that we open (`gateway.committing`). A machine that nobody can call,
because its address is not registered, is told on its own association while that lasts.
"""

import logging
import time
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, cast

from django.db import DatabaseError
from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import N_ACTION
from pynetdicom.events import Event

from equipment.models import Device, Node, Peer
from equipment.services import Caller
from gateway.calling import NoAnswer
from gateway.commitment_form import (
    INVALID_ARGUMENT,
    NO_SUCH_ARGUMENT,
    OUT_OF_RESOURCES,
    NotAskable,
    uid_in,
    wanted_in,
)
from gateway.committing import WELL_KNOWN, report
from studies import services
from studies.models import Commitment
from studies.services import Asker
from worklist.dicom import NotAnswerable, read_identifier

if TYPE_CHECKING:
    from gateway.dimse.association import Call

REQUEST = 1  # the one action type (PS3.4 table J.3.2-1)

# PS3.7 annex C
PROCESSING_FAILURE = 0x0110
NO_SUCH_INSTANCE = 0x0112
NO_SUCH_ACTION = 0x0123
NOT_AUTHORISED = 0x0124

STATUSES = {
    0x0000: "taken; the outcome of each object is told by N-EVENT-REPORT",
    PROCESSING_FAILURE: "the data set cannot be read, or an error of ours, which the log has",
    NO_SUCH_INSTANCE: "the instance is not 1.2.840.10008.1.20.1.1",
    NO_SUCH_ARGUMENT: "the transaction UID, the sequence of objects, or a UID in it is missing",
    INVALID_ARGUMENT: "a UID is longer than 64 characters, or not digits and dots",
    NO_SUCH_ACTION: "another action type than 1",
    NOT_AUTHORISED: "this machine may not ask for storage commitment",
    OUT_OF_RESOURCES: "the database is away, or more than 50000 objects in one request",
}
STAYS_SECONDS = 5.0  # so long we wait for the outcome while the asker's association is open
LOOK_EVERY = 0.1

logger = logging.getLogger(__name__)
Answer = tuple[int, Dataset | None]


def handle_action(event: Event) -> Answer:
    """Take the request; say yes once it is written down."""
    call = cast("Call", event.assoc)
    if call.caller is None or not call.caller.may_ask_commitment:
        return NOT_AUTHORISED, None
    try:
        return _take(event, call), None
    except NotAskable as why:
        logger.info("%s asks for a commitment that makes no sense: %s", call, why)
        return why.status, None
    except NotAnswerable:
        return PROCESSING_FAILURE, None
    except DatabaseError as why:
        logger.warning("Could not answer %s: %s", call, type(why).__name__)
        return OUT_OF_RESOURCES, None
    except Exception:
        logger.exception("Could not answer %s", call)
        return PROCESSING_FAILURE, None


def _take(event: Event, call: "Call") -> int:
    request, caller = cast(N_ACTION, event.request), call.caller
    if request.RequestedSOPInstanceUID != WELL_KNOWN:
        raise NotAskable(NO_SUCH_INSTANCE)
    if request.ActionTypeID != REQUEST:
        raise NotAskable(NO_SUCH_ACTION)
    encoded = request.ActionInformation or BytesIO()
    dataset = read_identifier(encoded, event.context.transfer_syntax, caller.character_set)
    transaction_uid = uid_in(dataset, "TransactionUID")
    asker = Asker(caller.ae_title, "DIMSE", caller.device_pk, caller.node_pk)
    commitment = services.ask_commitment(asker, transaction_uid, wanted_in(dataset))
    if not can_be_called(caller):
        call.afterwards.append(partial(_tell_here, call, commitment))
    return 0


def can_be_called(caller: Caller) -> bool:
    peer: Peer | None = None
    if caller.device_pk is not None:
        peer = Device.objects.get(pk=caller.device_pk)
    elif caller.node_pk is not None:
        peer = Node.objects.get(pk=caller.node_pk)
    return peer is not None and peer.can_be_called


def _tell_here(call: "Call", commitment: Commitment) -> None:
    """Tell the asker on its own association, if the outcome is known before it wants more."""
    until = time.monotonic() + STAYS_SECONDS
    while (known := services.look_now(commitment)).status == Commitment.Status.WAITING:
        if time.monotonic() > until or _wants_more(call):
            return
        time.sleep(LOOK_EVERY)
    if known.status != Commitment.Status.DECIDED or _wants_more(call):
        return
    call._is_paused = True  # this thread is the one that would read the answer away
    try:
        report(call, known)
    except NoAnswer as why:
        services.note_untold(known, why.sentence)
    else:
        services.note_told(known)
    finally:
        call._is_paused = False


def _wants_more(call: "Call") -> bool:
    """Another message, a release or an abort is here: that goes first."""
    has_asked = not call.dimse.msg_queue.empty() or not call.dul.to_user_queue.empty()
    return has_asked or not call.is_established
