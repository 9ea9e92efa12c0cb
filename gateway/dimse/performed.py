"""N-CREATE and N-SET of performed steps (PS3.4 Annex F).

What a modality reports has happened. Refused is only what cannot be understood, what it has said
before, and what it has no right to say.
"""

import logging
import re
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, cast

from django.db import DatabaseError
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.dimse_primitives import N_CREATE, N_SET
from pynetdicom.events import Event

from equipment.services import Caller
from gateway.performed import reporter_called
from gateway.statuses import NOT_AUTHORISED, PROCESSING_FAILURE, UNRECOGNISED_OPERATION
from worklist.dicom import NotAnswerable, read_identifier
from worklist.dicom.performed import (
    NotUsable,
    changed_for_good,
    lacking,
    read_begun,
    read_changed,
)
from worklist.models import PerformedProcedure
from worklist.models.order import new_uid
from worklist.services import AlreadyTold, NeverTold, NoLonger, report_begun, report_changed

if TYPE_CHECKING:
    from gateway.dimse.association import Call

PERFORMED_STEP = UID("1.2.840.10008.3.1.2.3.3")

# PS3.7 annex C
NO_SUCH_ATTRIBUTE = 0x0105
INVALID_VALUE = 0x0106
LIST_ERROR = 0x0107
DUPLICATE_INSTANCE = 0x0111
NO_SUCH_INSTANCE = 0x0112
INVALID_INSTANCE = 0x0117
MISSING_ATTRIBUTE = 0x0120
MISSING_VALUE = 0x0121
OUT_OF_RESOURCES = 0x0213

# Error ID and Error Comment of PS3.4 F.7.2.2.3
NO_LONGER = (0xA710, "Performed Procedure Step Object may no longer be updated")
UID_TEXT = re.compile(r"[0-9.]{1,64}")
LONGEST_COMMENT = 64

STATUSES = {
    0x0000: "taken",
    LIST_ERROR: "taken; an attribute that should have been there is missing, or one that may not"
    " change was repeated: Error Comment or Attribute Identifier List name it",
    NO_SUCH_ATTRIBUTE: "an N-SET would change what may not change after N-CREATE; nothing is kept",
    INVALID_VALUE: "the status is not one of the three, or not IN PROGRESS in N-CREATE; a date or"
    " time that is none",
    PROCESSING_FAILURE: "the data set cannot be read; with Error ID A710: the modality has ended"
    " the step, it may no longer be updated; else an error of ours, which the log has",
    DUPLICATE_INSTANCE: "there is a step of this instance UID; it stays as it is",
    NO_SUCH_INSTANCE: "N-SET: there is no step of this instance UID",
    INVALID_INSTANCE: "the instance UID is longer than 64 characters, or not digits and dots",
    MISSING_ATTRIBUTE: "a type 1 attribute is missing",
    MISSING_VALUE: "a type 1 attribute has no value",
    NOT_AUTHORISED: "this machine may not report performed steps",
    UNRECOGNISED_OPERATION: "N-GET: it is asked for with the SOP class for retrieval",
    OUT_OF_RESOURCES: "the database is away: send it again later",
}
logger = logging.getLogger(__name__)
Answer = tuple[int | Dataset, Dataset | None]


def handle_create(event: Event) -> Answer:
    """N-CREATE: a modality has begun."""
    return _answered(event, _create)


def handle_set(event: Event) -> Answer:
    """N-SET: it tells more, or that it has ended."""
    return _answered(event, _set)


def _answered(event: Event, answer: Callable[[Event, Caller], Answer]) -> Answer:
    """The answer, or the status that says why there is none."""
    caller = cast("Call", event.assoc).caller
    if caller is None or not caller.may_report_steps:
        return NOT_AUTHORISED, None
    try:
        return answer(event, caller)
    except NotUsable as why:
        logger.info("%s reported what cannot be taken: %s", event.assoc, why.sentence)
        return _status(why.status, why.sentence, why.keywords), None
    except REFUSED as why:
        return _refusal(why), None
    except DatabaseError as why:
        logger.warning("Could not answer %s: %s", event.assoc, type(why).__name__)
        return OUT_OF_RESOURCES, None
    except Exception:
        logger.exception("Could not answer %s", event.assoc)
        return PROCESSING_FAILURE, None


REFUSED = (NotAnswerable, AlreadyTold, NeverTold, NoLonger)


def _refusal(why: Exception) -> int | Dataset:
    if isinstance(why, NoLonger):
        status = _status(PROCESSING_FAILURE, NO_LONGER[1])
        status.ErrorID = NO_LONGER[0]
        return status
    if isinstance(why, NotAnswerable):
        return _status(PROCESSING_FAILURE, "The data set cannot be read.")
    return DUPLICATE_INSTANCE if isinstance(why, AlreadyTold) else NO_SUCH_INSTANCE


def _create(event: Event, caller: Caller) -> Answer:
    request = cast(N_CREATE, event.request)
    given = str(request.AffectedSOPInstanceUID or "")
    if given and not UID_TEXT.fullmatch(given):
        return INVALID_INSTANCE, None
    dataset = _read(request.AttributeList, event, caller)
    missing = lacking(dataset)
    uid = given or new_uid()
    report_begun(uid, read_begun(dataset), reporter_called(caller.ae_title, caller.device_pk))
    status = _status(LIST_ERROR if missing else 0, "", missing)
    status.AffectedSOPInstanceUID = uid
    answer = None
    if not given:  # the machine learns what its step is called (PS3.7 10.1.5.1.4)
        answer = Dataset()
        answer.AffectedSOPInstanceUID = uid
    return status, answer


def _set(event: Event, caller: Caller) -> Answer:
    request = cast(N_SET, event.request)
    uid = str(request.RequestedSOPInstanceUID or "")
    dataset = _read(request.ModificationList, event, caller)
    told = read_changed(dataset)
    step = PerformedProcedure.objects.with_uid(uid)
    if step is None:
        raise NeverTold(uid)
    if not step.is_reported_over and (other := changed_for_good(told, step.attributes)):
        raise NotUsable(NO_SUCH_ATTRIBUTE, tuple(other), "These may not change any more.")
    report_changed(uid, told, reporter_called(caller.ae_title, caller.device_pk))
    return 0, None


def _read(encoded: BytesIO | None, event: Event, caller: Caller) -> Dataset:
    syntax = event.context.transfer_syntax
    return read_identifier(encoded or BytesIO(), syntax, caller.character_set)


def _status(code: int, sentence: str, keywords: Iterable[str] = ()) -> Dataset:
    """A status with what it is about: as a list of tags where the message has one, and in words."""
    status = Dataset()
    status.Status = code
    words = " ".join((sentence, *keywords)).strip()
    if words:
        status.ErrorComment = words[:LONGEST_COMMENT]
    return status
