"""C-STORE: say yes only once the object is on disk and in the database."""

import logging
import re
from typing import TYPE_CHECKING, cast

from django.db import DatabaseError
from pydicom.uid import UID
from pynetdicom import sop_class
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from equipment.services import Caller
from gateway.dimse.landing import Landing, LandingStream
from gateway.dimse.scribe import Scribe
from gateway.statuses import (
    CANNOT_PROCESS,
    DOES_NOT_MATCH,
    NOT_AUTHORISED,
    OUT_OF_RESOURCES,
    SUCCESS,
    UNKNOWN_CLASS,
)
from studies.services import Announced, MachineArrival

if TYPE_CHECKING:
    from gateway.dimse.association import Call

# PS3.4 table B.2-1 and PS3.7 annex C
INVALID_OBJECT_INSTANCE = 0x0117
STATUSES = {
    SUCCESS: "kept",
    INVALID_OBJECT_INSTANCE: "the SOP class or instance UID of the command is missing, longer than "
    "64 characters, or not digits and dots",
    UNKNOWN_CLASS: "the presentation context is not one of storage",
    NOT_AUTHORISED: "this machine may not send images",
    OUT_OF_RESOURCES: "no room on the disk, larger than `LARGEST_OBJECT_BYTES`, or the database is "
    "away: send it again later",
    DOES_NOT_MATCH: "a C-STORE without a data set",
    CANNOT_PROCESS: "an error of ours; the log has it",
}

STORAGE_CLASSES: dict[str, str] = {
    name: str(uid) for name, uid in sop_class._STORAGE_CLASSES.items()
}
_storage_uids = frozenset(STORAGE_CLASSES.values())
# PS3.5 9.1 wants no leading zeros either, but machines that write them are not turned away.
UID_TEXT = re.compile(r"[0-9.]{1,64}")

logger = logging.getLogger(__name__)


def store(landing: Landing, announced: Announced, caller: Caller, scribe: Scribe) -> int:
    """Keep the bytes as they came, have the row written, and say what to answer."""
    try:
        kept = landing.name("objects")
        scribe.enter(MachineArrival(kept, caller.ae_title, announced), landing.sync)
    except (DatabaseError, OSError) as why:
        logger.warning("Could not store an object from %s: %s", caller.ae_title, why)
        return OUT_OF_RESOURCES
    except Exception:
        logger.exception("Could not store an object from %s", caller.ae_title)
        return CANNOT_PROCESS
    finally:
        landing.discard()
    return SUCCESS


def refusal_of(caller: Caller | None, abstract_syntax: str) -> int | None:
    """The status for whoever may not store, or not in that presentation context."""
    if caller is None or not caller.may_store:
        return NOT_AUTHORISED
    return None if is_storage(abstract_syntax) else UNKNOWN_CLASS


def is_named(sop_class_uid: str, sop_instance_uid: str) -> bool:
    """Whether the command says what the object is."""
    return all(UID_TEXT.fullmatch(uid) for uid in (sop_class_uid, sop_instance_uid))


def handle_store(event: Event) -> int:
    """C-STORE in an association that asks for other services too, which pynetdicom serves."""
    request, call = cast(C_STORE, event.request), cast("Call", event.assoc)
    stream = request.DataSet
    try:
        if refusal := refusal_of(call.caller, event.context.abstract_syntax):
            return refusal
        if not isinstance(stream, LandingStream) or stream.landing is None or not call.caller:
            return DOES_NOT_MATCH  # a C-STORE without an object
        announced = Announced(
            sop_class_uid=str(request.AffectedSOPClassUID),
            sop_instance_uid=str(request.AffectedSOPInstanceUID),
            transfer_syntax=str(event.context.transfer_syntax),
        )
        return store(stream.landing, announced, call.caller, call.door.scribe)
    finally:
        if isinstance(stream, LandingStream):
            stream.discard()


def is_storage(abstract_syntax: str) -> bool:
    """A storage SOP class, or one that nobody knows: makers define storage classes of their own.

    What has a name that does not speak of storage, or that pynetdicom does not count as storage,
    is another service.
    """
    uid = UID(abstract_syntax)
    if uid in _storage_uids or uid.is_private or not uid.keyword:
        return True
    return "Storage" in uid.keyword and not hasattr(sop_class, uid.keyword)
