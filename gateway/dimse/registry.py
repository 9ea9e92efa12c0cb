"""What the door offers, as one table. docs/conformance.md says the same, and a test compares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)
from pynetdicom import evt, sop_class

from equipment.services import Caller
from gateway.dimse.storage import handle_store
from gateway.dimse.verification import handle_echo
from gateway.dimse.worklist import handle_find

VERIFICATION = UID("1.2.840.10008.1.1")
MODALITY_WORKLIST = UID("1.2.840.10008.5.1.4.31")
UNCOMPRESSED = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)
STORAGE_CLASSES: dict[str, str] = {
    name: str(uid) for name, uid in sop_class._STORAGE_CLASSES.items()
}
_storage_uids = frozenset(STORAGE_CLASSES.values())


@dataclass(frozen=True)
class Service:
    """One service of the network door, always as SCP.

    `sop_class` None: all of storage. `transfer_syntaxes` empty: whatever is proposed.
    `right` is the field of Caller that opens it; empty: every registered machine.
    """

    name: str
    sop_class: UID | None
    event: evt.InterventionEvent
    handler: Callable[[evt.Event], Any]
    right: str = ""
    transfer_syntaxes: tuple[UID, ...] = ()

    def offers(self, abstract_syntax: UID | None) -> bool:
        """Does this service answer for that SOP class?"""
        if abstract_syntax is None:
            return False
        if self.sop_class is None:
            return is_storage(abstract_syntax)
        return abstract_syntax == self.sop_class

    def is_open_to(self, caller: Caller) -> bool:
        return not self.right or bool(getattr(caller, self.right))

    def speaks(self, transfer_syntax: str) -> bool:
        return not self.transfer_syntaxes or transfer_syntax in self.transfer_syntaxes


def is_storage(abstract_syntax: str) -> bool:
    """A storage SOP class, or one that nobody knows: makers define storage classes of their own.

    What pynetdicom knows by name and does not count as storage is another service.
    """
    uid = UID(abstract_syntax)
    if uid in _storage_uids or uid.is_private:
        return True
    return not hasattr(sop_class, uid.keyword) if uid.keyword else True


SERVICES = (
    Service("Verification", VERIFICATION, evt.EVT_C_ECHO, handle_echo, "", UNCOMPRESSED),
    Service(
        "Modality Worklist",
        MODALITY_WORKLIST,
        evt.EVT_C_FIND,
        handle_find,
        "may_query_worklist",
        UNCOMPRESSED,
    ),
    Service("Storage", None, evt.EVT_C_STORE, handle_store, "may_store"),
)
