"""What the door offers, as one table; docs/conformance.md is made from it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)
from pynetdicom import evt

from equipment.services import Caller
from gateway.committing import PUSH_MODEL
from gateway.dimse import (
    archive,
    commitment,
    performed,
    performed_retrieve,
    storage,
    worklist,
)
from gateway.dimse.archive import finding, moving, retrieving
from gateway.dimse.storage import handle_store, is_storage
from gateway.dimse.verification import handle_echo
from gateway.dimse.worklist import handle_find
from gateway.statuses import UNRECOGNISED_OPERATION

VERIFICATION = UID("1.2.840.10008.1.1")
MODALITY_WORKLIST = UID("1.2.840.10008.5.1.4.31")
UNCOMPRESSED = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)


@dataclass(frozen=True)
class Service:
    """One service of the network door, always as SCP.

    `sop_class` None: all of storage. `transfer_syntaxes` empty: whatever is proposed.
    `right` is the field of Caller that opens it; empty: every registered machine. `statuses`: what
    it answers, and what each status means here.
    """

    name: str
    sop_class: UID | None
    event: evt.InterventionEvent
    handler: Callable[[evt.Event], Any]
    right: str = ""
    transfer_syntaxes: tuple[UID, ...] = ()
    statuses: Mapping[int, str] = field(default_factory=dict)
    also: tuple[tuple[evt.InterventionEvent, Callable[[evt.Event], Any]], ...] = ()
    """Other messages of the same SOP class, each with its handler."""

    @property
    def handlers(self) -> list[tuple[evt.InterventionEvent, Callable[[evt.Event], Any]]]:
        return [(self.event, self.handler), *self.also]

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


def _of_archive(model: archive.Model) -> Iterator[Service]:
    """Find, move and get of one information model."""
    for operation, name, event, handler, statuses in (
        (archive.FIND, "Find", evt.EVT_C_FIND, archive.handle_archive_find, finding.STATUSES),
        (archive.MOVE, "Move", evt.EVT_C_MOVE, archive.handle_move, moving.STATUSES),
        (archive.GET, "Get", evt.EVT_C_GET, archive.handle_get, retrieving.STATUSES),
    ):
        sop_class = UID(model.sop_class(operation))
        yield Service(
            f"{model.name} {name}",
            sop_class,
            event,
            handler,
            "may_retrieve",
            UNCOMPRESSED,
            statuses,
        )


SERVICES = (
    Service("Verification", VERIFICATION, evt.EVT_C_ECHO, handle_echo, "", UNCOMPRESSED),
    Service(
        "Modality Worklist",
        MODALITY_WORKLIST,
        evt.EVT_C_FIND,
        handle_find,
        "may_query_worklist",
        UNCOMPRESSED,
        worklist.STATUSES,
    ),
    Service(
        "Storage",
        None,
        evt.EVT_C_STORE,
        handle_store,
        "may_store",
        statuses=storage.STATUSES,
    ),
    Service(
        "Modality Performed Procedure Step",
        performed.PERFORMED_STEP,
        evt.EVT_N_CREATE,
        performed.handle_create,
        "may_report_steps",
        UNCOMPRESSED,
        performed.STATUSES,
        also=((evt.EVT_N_SET, performed.handle_set),),
    ),
    Service(
        "Modality Performed Procedure Step Retrieve",
        performed_retrieve.RETRIEVE,
        evt.EVT_N_GET,
        performed_retrieve.handle_get,
        "may_report_steps",
        UNCOMPRESSED,
        performed_retrieve.STATUSES,
    ),
    Service(
        "Storage Commitment Push Model",
        PUSH_MODEL,
        evt.EVT_N_ACTION,
        commitment.handle_action,
        "may_ask_commitment",
        UNCOMPRESSED,
        commitment.STATUSES,
    ),
    *(service for model in archive.MODELS for service in _of_archive(model)),
)


def answer(event: evt.Event) -> Any:
    """Let the service whose SOP class was asked for answer: several share a kind of message."""
    asked = event.context.abstract_syntax
    service = next(one for one in SERVICES if one.offers(asked))
    handler = next((it for kind, it in service.handlers if kind == event.event), None)
    return handler(event) if handler else (UNRECOGNISED_OPERATION, None)
