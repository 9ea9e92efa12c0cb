"""N-GET of performed steps (PS3.4 F.8): what is known of one, whoever reported it."""

import logging
from typing import TYPE_CHECKING, Any, cast

from django.db import DatabaseError
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.dimse_primitives import N_GET
from pynetdicom.events import Event

from equipment.services import Caller
from gateway.performed import dataset_of
from gateway.statuses import NOT_AUTHORISED, PROCESSING_FAILURE, UNRECOGNISED_OPERATION
from worklist.dicom.performed import EXPECTED, NEEDED
from worklist.models import PerformedProcedure

if TYPE_CHECKING:
    from gateway.dimse.association import Call

RETRIEVE = UID("1.2.840.10008.3.1.2.3.4")

# PS3.7 annex C
OPTIONAL_NOT_KNOWN = 0x0001
NO_SUCH_INSTANCE = 0x0112
OUT_OF_RESOURCES = 0x0213

STATUSES = {
    0x0000: "the attributes that were asked for, or all",
    OPTIONAL_NOT_KNOWN: "some of the attributes asked for are not kept here",
    PROCESSING_FAILURE: "an error of ours; the log has it",
    NO_SUCH_INSTANCE: "there is no step of this instance UID",
    NOT_AUTHORISED: "this machine may not report performed steps",
    UNRECOGNISED_OPERATION: "anything but N-GET, which is all that this SOP class has",
    OUT_OF_RESOURCES: "the database is away",
}
KNOWN = frozenset((*NEEDED, *EXPECTED, "SpecificCharacterSet"))

logger = logging.getLogger(__name__)
Answer = tuple[int | Dataset, Dataset | None]


def handle_get(event: Event) -> Answer:
    """The attributes of one step."""
    caller = cast("Call", event.assoc).caller
    if caller is None or not caller.may_report_steps:
        return NOT_AUTHORISED, None
    try:
        return _get(event, caller)
    except DatabaseError as why:
        logger.warning("Could not answer %s: %s", event.assoc, type(why).__name__)
        return OUT_OF_RESOURCES, None
    except Exception:
        logger.exception("Could not answer %s", event.assoc)
        return PROCESSING_FAILURE, None


def _get(event: Event, caller: Caller) -> Answer:
    request = cast(N_GET, event.request)
    uid = str(request.RequestedSOPInstanceUID or "")
    step = PerformedProcedure.objects.with_uid(uid)
    if step is None:
        return NO_SUCH_INSTANCE, None
    whole = dataset_of(step, caller.character_set)
    named: Any = request.AttributeIdentifierList or []
    asked = [int(tag) for tag in (named if isinstance(named, list) else [named])]
    return project(whole, asked)


def project(whole: Dataset, asked: list[int]) -> Answer:
    """Only the attributes that are asked for; none named means all (PS3.7 10.1.2.1.5)."""
    if not asked:
        return 0, whole
    answer, unknown = Dataset(), []
    for tag in asked:
        if tag in whole:
            answer[tag] = whole[tag]
        elif keyword_for_tag(tag) not in KNOWN:
            unknown.append(tag)
    if whole.get("SpecificCharacterSet") and len(answer):
        answer.SpecificCharacterSet = whole.SpecificCharacterSet
    return (OPTIONAL_NOT_KNOWN if unknown else 0), answer
