"""The application entity: one port, one AE title, every service of the registry.

Every connection is met by a `Visit`, which reads what is asked for. Storage, verification and the
worklist it serves itself; whatever asks for more is handed over to pynetdicom (docs/decisions/0019,
0024).
"""

import logging
import os
import socket
import threading
import time
from typing import Any

from django.conf import settings
from pydicom import config as pydicom_config
from pynetdicom import AE, _config
from pynetdicom.transport import AddressInformation, ThreadedAssociationServer

from equipment.services import Caller
from gateway.dimse.admission import TOO_MANY
from gateway.dimse.association import Call
from gateway.dimse.clerk import Clerk, Clerks
from gateway.dimse.identity import IMPLEMENTATION_UID, IMPLEMENTATION_VERSION
from gateway.dimse.notebook import Notebook
from gateway.dimse.registry import SERVICES, answer
from gateway.dimse.scribe import Scribe
from gateway.dimse.tls import server_context
from gateway.dimse.transport import BoundedSocket
from gateway.dimse.upper_layer.visit import ARTIM_SECONDS, IDLE_SECONDS, MAX_PDU, Visit

AT_THE_DOOR = 32  # connections beyond the associations, to be told "not now"
FINDERS = 4  # worklist queries that are looked up at once
STOP_SECONDS = 8  # for what is being received; the supervisor grants ten

logger = logging.getLogger(__name__)

# Every storage class has one handler, whatever its UID; the registry decides who gets that far.
_config.UNRESTRICTED_STORAGE_SERVICE = True
# pynetdicom would write every message's content to its log, patients included.
_config.LOG_HANDLER_LEVEL = "none"
_config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = False


class Door(ThreadedAssociationServer):
    """The listening socket, and everybody who came in by it."""

    request_queue_size = 128

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.tls = server_context()
        self.clerk, self.finders = Clerk(), Clerks(FINDERS)
        self.scribe, self.notebook = Scribe(), Notebook()
        self.closing, self._closes = os.pipe()  # readable from the moment we close
        self.is_closing = False
        self._guests: list[Visit | Call] = []
        self._lock = threading.Lock()
        super().__init__(*args, **kwargs)

    def server_activate(self) -> None:
        super().server_activate()
        self.clerk.start()
        self.finders.start()
        self.scribe.start()
        self.notebook.start()

    # ── who is here ──────────────────────────────────────────────────────────────────────────────

    @property
    def calls(self) -> list[Visit | Call]:
        """Everybody who is connected, with an association or still without one."""
        with self._lock:
            self._guests = [guest for guest in self._guests if guest.is_alive()]
            return list(self._guests)

    def seat(self, visit: Visit, title: str) -> None:
        """Give a visitor one of the places for associations. Raises Refusal."""
        with self._lock:
            taken = [guest.title for guest in self._guests if guest.is_alive() and guest.title]
            is_full = len(taken) >= int(settings.DICOM_MAX_ASSOCIATIONS)
            if is_full or taken.count(title) >= int(settings.DICOM_MAX_ASSOCIATIONS_EACH):
                raise TOO_MANY
            visit.title = title

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Close at once when even the queue at the door is full.

        A quarter of it is out of the reach of a single address: who only connects and says
        nothing keeps nobody else out.
        """
        calls = self.calls
        places = int(settings.DICOM_MAX_ASSOCIATIONS) + AT_THE_DOOR
        silent = sum(not one.title and one.host == client_address[0] for one in calls)
        return len(calls) < places and silent < places - places // 4

    def process_request(self, request: Any, client_address: Any) -> None:
        """A connection becomes a visit."""
        visit = Visit(self, request, client_address)
        with self._lock:
            visit.start()
            self._guests.append(visit)

    def hand_over(
        self, visit: Visit, caller: Caller, connection: socket.socket, already_read: bytes
    ) -> None:
        """Let pynetdicom serve an association that asks for more than we serve ourselves."""
        call = Call(self.ae, caller, self)
        call._server = self
        call.name = f"Acceptor@{visit.address[0]}:{visit.address[1]}"
        call.set_socket(BoundedSocket(call, connection, already_read))
        call.acceptor.maximum_length = self.ae.maximum_pdu_size
        call.acceptor.ae_title = self.ae_title
        call.acceptor.address_info = AddressInformation.from_tuple(self.server_address)
        call.acceptor.implementation_class_uid = self.ae.implementation_class_uid
        call.acceptor.implementation_version_name = self.ae.implementation_version_name
        call.requestor.address_info = AddressInformation.from_tuple(visit.address)
        for event in {event for service in SERVICES for event, _ in service.handlers}:
            call.bind(event, answer)
        with self._lock:
            call.start()
            self._guests.append(call)
            visit.title = ""

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    def service_actions(self) -> None:
        """Nothing between two callers: Python collects its garbage itself."""

    def stop(self) -> None:
        """Take nobody new, let what is being received finish, then end the associations."""
        self.is_closing = True
        os.write(self._closes, b"!")
        self.shutdown()
        deadline = time.monotonic() + STOP_SECONDS
        calls = self.calls
        for call in calls:
            if isinstance(call, Call):
                _part_from(call, deadline)
        for visit in calls:
            visit.join(timeout=max(deadline - time.monotonic(), 0))
        for visit in calls:
            if isinstance(visit, Visit) and visit.is_alive():
                visit.cut()
        self.scribe.close()
        self.notebook.close()
        self.finders.close()
        self.clerk.close()
        os.close(self.closing)
        os.close(self._closes)


def _part_from(call: Call, deadline: float) -> None:
    call.dimse.is_closing = True
    while call.is_alive() and not call.is_quiet and time.monotonic() < deadline:
        time.sleep(0.01)
    call.abort(block=False)


def open_door(host: str, port: int) -> Door:
    """A bound server; run its `serve_forever`. Raises OSError when the port is taken."""
    # Values that break a rule are the sender's business; warnings would quote them in the log.
    pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
    pydicom_config.settings.writing_validation_mode = pydicom_config.IGNORE
    entity = AE(ae_title=settings.DICOM_AE_TITLE)
    entity.implementation_class_uid = IMPLEMENTATION_UID
    entity.implementation_version_name = IMPLEMENTATION_VERSION
    entity.maximum_pdu_size = MAX_PDU
    entity.acse_timeout = ARTIM_SECONDS
    entity.dimse_timeout = entity.network_timeout = IDLE_SECONDS
    door = entity.make_server((host, port), server_class=Door)
    entity._servers.append(door)  # pynetdicom's shutdown takes it out again
    assert isinstance(door, Door)  # noqa: S101 - pynetdicom types it more widely
    logger.info("%s listens on %s port %s", settings.DICOM_AE_TITLE, *door.server_address[:2])
    return door
