"""C-STORE: say yes only once the object is on disk and in the database."""

import logging
from typing import TYPE_CHECKING, cast

from django.db import DatabaseError, connection
from pydicom.uid import UID
from pynetdicom import sop_class
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from gateway.dimse.intake import INVALID_OBJECT_INSTANCE
from gateway.dimse.landing import Landing
from studies.models import IncomingFile
from studies.services import Announced, receive

if TYPE_CHECKING:
    from gateway.dimse.association import Call

# PS3.4 table B.2-1 and PS3.7 annex C
SUCCESS = 0x0000
UNKNOWN_CLASS = 0x0122
NOT_AUTHORISED = 0x0124
OUT_OF_RESOURCES = 0xA700  # the sender keeps the object and tries again
DOES_NOT_MATCH = 0xA900
CANNOT_PROCESS = 0xC000
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

logger = logging.getLogger(__name__)


def handle_store(event: Event) -> int:
    """Keep the bytes as they came, write the row, answer."""
    request, call = cast(C_STORE, event.request), cast("Call", event.assoc)
    if call.caller is None or not call.caller.may_store:
        return NOT_AUTHORISED
    if not is_storage(event.context.abstract_syntax):
        return UNKNOWN_CLASS
    if not isinstance(request.DataSet, Landing):
        return DOES_NOT_MATCH  # a C-STORE without an object
    try:
        return _store(event, request.DataSet, call.caller.ae_title)
    except (DatabaseError, OSError) as why:
        logger.warning("Could not store an object from %s: %s", call, why)
        return OUT_OF_RESOURCES
    except Exception:
        logger.exception("Could not store an object from %s", call)
        return CANNOT_PROCESS
    finally:
        request.DataSet.discard()


def _store(event: Event, landing: Landing, sender: str) -> int:
    with connection.cursor():
        pass  # is the database there? Ask before a file gets its final name and then no row
    kept = landing.keep("objects")
    request = cast(C_STORE, event.request)
    receive(
        kept,
        source=IncomingFile.Source.DIMSE,
        sender=sender,
        announced=Announced(
            sop_class_uid=str(request.AffectedSOPClassUID),
            sop_instance_uid=str(request.AffectedSOPInstanceUID),
            transfer_syntax=str(event.context.transfer_syntax),
        ),
    )
    return SUCCESS


def is_storage(abstract_syntax: str) -> bool:
    """A storage SOP class, or one that nobody knows: makers define storage classes of their own.

    What pynetdicom knows by name and does not count as storage is another service.
    """
    uid = UID(abstract_syntax)
    if uid in _storage_uids or uid.is_private:
        return True
    return not hasattr(sop_class, uid.keyword) if uid.keyword else True
