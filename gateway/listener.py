"""The application entity: one port, one AE title, every service of the registry."""

import logging
import time
from typing import Any, cast

from django.conf import settings
from pydicom import config as pydicom_config
from pynetdicom import AE, _config
from pynetdicom.transport import RequestHandler, ThreadedAssociationServer

from gateway.dimse.association import Call
from gateway.dimse.intake import IMPLEMENTATION_UID, IMPLEMENTATION_VERSION
from gateway.dimse.registry import SERVICES
from gateway.dimse.transport import BoundedSocket

MAX_PDU = 128 * 1024  # bytes; DCMTK sends 16 KiB unless it is offered more
NEGOTIATION_SECONDS = 15  # ARTIM (PS3.8 9.1.5)
IDLE_SECONDS = 120
AT_THE_DOOR = 32  # connections beyond the associations, to be told "not now"
STOP_SECONDS = 8  # for what is being received; the supervisor grants ten

logger = logging.getLogger(__name__)

# Every storage class has one handler, whatever its UID; the registry decides who gets that far.
_config.UNRESTRICTED_STORAGE_SERVICE = True
# pynetdicom would write every message's content to its log, patients included.
_config.LOG_HANDLER_LEVEL = "none"
_config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = False


class Arrival(RequestHandler):
    """A connection that became a call."""

    def _create_association(self) -> Call:
        call = Call(self.ae)
        call._server = self.server
        call.name = f"AcceptorThread@{self.client_address[0]}:{self.client_address[1]}"
        call.set_socket(BoundedSocket(call, self.request))
        call.acceptor.maximum_length = self.ae.maximum_pdu_size
        call.acceptor.ae_title = self.server.ae_title
        call.acceptor.address_info = self.local
        call.acceptor.implementation_class_uid = self.ae.implementation_class_uid
        call.acceptor.implementation_version_name = self.ae.implementation_version_name
        call.requestor.address_info = self.remote
        for service in SERVICES:
            call.bind(service.event, service.handler)
        return call


class Door(ThreadedAssociationServer):
    """The listening socket."""

    request_queue_size = 128
    daemon_threads = True

    @property
    def calls(self) -> list[Call]:
        """Everybody who is connected, with an association or still without one."""
        return cast(list[Call], self.active_associations)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Close at once when even the queue at the door is full: every caller costs two threads."""
        return len(self.calls) < int(settings.DICOM_MAX_ASSOCIATIONS) + AT_THE_DOOR

    def stop(self) -> None:
        """Take nobody new, let what is being received finish, then end the associations."""
        calls = self.calls
        for call in calls:
            call.dimse.is_closing = True
        self.shutdown()
        deadline = time.monotonic() + STOP_SECONDS
        for call in calls:
            while call.is_alive() and not call.is_quiet and time.monotonic() < deadline:
                time.sleep(0.01)
            call.abort(block=False)
        for call in calls:
            call.join(timeout=1)


def open_door(host: str, port: int) -> Door:
    """A bound server; run its `serve_forever`. Raises OSError when the port is taken."""
    # Values that break a rule are the sender's business; warnings would quote them in the log.
    pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
    pydicom_config.settings.writing_validation_mode = pydicom_config.IGNORE
    entity = AE(ae_title=settings.DICOM_AE_TITLE)
    entity.implementation_class_uid = IMPLEMENTATION_UID
    entity.implementation_version_name = IMPLEMENTATION_VERSION
    entity.maximum_pdu_size = MAX_PDU
    entity.acse_timeout = NEGOTIATION_SECONDS
    entity.dimse_timeout = entity.network_timeout = IDLE_SECONDS
    door = entity.make_server((host, port), server_class=Door, request_handler=Arrival)
    entity._servers.append(door)  # pynetdicom's shutdown takes it out again
    assert isinstance(door, Door)  # noqa: S101 - pynetdicom types it more widely
    logger.info("%s listens on %s port %s", settings.DICOM_AE_TITLE, *door.server_address[:2])
    return door
