"""One association with another machine: opened, used, and closed whatever happens."""

import contextlib
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from pydicom import config as pydicom_config
from pynetdicom import _config
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import A_ASSOCIATE
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.transport import T_CONNECT, AddressInformation, AssociationSocket

from equipment.models import Peer
from gateway.calling import refusals
from gateway.calling.tls import client_context
from gateway.calling.undisturbed import SteadySocket, Undisturbed
from gateway.dimse.identity import IMPLEMENTATION_UID, IMPLEMENTATION_VERSION

MAX_PDU = 128 * 1024
CONNECT_SECONDS = 10
NEGOTIATION_SECONDS = 15
ANSWER_SECONDS = 60  # for the answer to one message; an archive may have to look on a tape
SEND_SECONDS = 30
MOST_CONTEXTS = 128  # PS3.8 9.3.2.2: odd numbers from 1 to 255
FOR_NOW = 2  # PS3.8 table 9-21: rejected-transient

context = build_context

# Values that break a rule were made by others, and are taken and passed on as they are: pydicom's
# warnings would quote them in the log.
pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
pydicom_config.settings.writing_validation_mode = pydicom_config.IGNORE
# pynetdicom would write every message's content to its log, patients included.
_config.LOG_HANDLER_LEVEL = "none"
_config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = False


class NoAnswer(Exception):
    """No association came about, or it broke. `sentence` says why; `is_for_now`: try again."""

    def __init__(self, sentence: str, *, is_for_now: bool = True) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.is_for_now = is_for_now


@dataclass(frozen=True, slots=True)
class Line:
    """How a call is made beyond the usual: negotiation items, handlers, patience."""

    negotiation: Sequence[Any] = ()
    handlers: Sequence[tuple[Any, ...]] = ()
    answer_seconds: float = ANSWER_SECONDS
    connect_seconds: float = CONNECT_SECONDS


@contextlib.contextmanager
def calling(
    peer: Peer, contexts: Sequence[PresentationContext], line: Line | None = None
) -> Iterator[Association]:
    """An established association with `peer`, by TLS when it wants that; released at the end.

    Raises NoAnswer. Nothing is retried here: who calls knows what may be asked twice.
    """
    if not peer.can_be_called:
        raise NoAnswer(
            _("Nobody has registered where %(name)s listens: address and port are needed.")
            % {"name": peer},
            is_for_now=False,
        )
    association, wire = _opened(peer, contexts, line or Line())
    try:
        yield association
    except BaseException:
        _hang_up(association)
        raise
    else:
        if association.is_established:
            association.release()
    finally:
        wire.let_go()


def _opened(
    peer: Peer, contexts: Sequence[PresentationContext], line: Line
) -> tuple[Association, "Wire"]:
    entity = _Entity(peer, line)
    association = entity.associate(
        str(peer.address),
        int(peer.port or 0),
        contexts=list(contexts)[:MOST_CONTEXTS],
        ae_title=peer.ae_title,
        max_pdu=MAX_PDU,
        ext_neg=list(line.negotiation),
        evt_handlers=list(line.handlers),
    )
    wire = entity.wire
    assert wire is not None  # noqa: S101 - made by the line above
    if not association.is_established:
        trouble = _trouble(association, wire, peer)
        _hang_up(association)
        wire.let_go()
        raise trouble
    return association, wire


def _trouble(association: Association, wire: "Wire", peer: Peer) -> NoAnswer:
    """Why nothing came about."""
    if wire.trouble is not None:
        return NoAnswer(_sentence_of(wire.trouble, peer))
    answer = association.acceptor.primitive
    if association.is_rejected and isinstance(answer, A_ASSOCIATE):
        reason = refusals.why(
            int(answer.result_source or 0),
            int(answer.diagnostic or 0),
            ours=settings.DICOM_AE_TITLE,
            theirs=peer.ae_title,
        )
        return NoAnswer(
            _("%(name)s refuses: %(why)s.") % {"name": peer, "why": reason},
            is_for_now=answer.result == FOR_NOW,
        )
    if isinstance(answer, A_ASSOCIATE):
        sentence = _("%(name)s answers, but offers nothing of what we asked for.")
        return NoAnswer(sentence % {"name": peer}, is_for_now=False)
    return NoAnswer(_("%(name)s hung up, or did not answer in time.") % {"name": peer})


def _sentence_of(trouble: OSError, peer: Peer) -> str:
    if isinstance(trouble, ssl.SSLCertVerificationError):
        sentence = _("%(name)s shows a certificate that we do not trust: %(why)s.")
        return sentence % {"name": peer, "why": trouble.verify_message}
    if isinstance(trouble, ssl.SSLError):
        sentence = _("%(name)s does not answer by TLS: %(why)s.")
        return sentence % {"name": peer, "why": trouble.reason or trouble.strerror or trouble}
    if isinstance(trouble, TimeoutError):
        sentence = _("%(name)s does not answer at %(address)s port %(port)s.")
    elif isinstance(trouble, ConnectionRefusedError):
        sentence = _("Nothing listens at %(address)s port %(port)s.")
    else:
        sentence = _("%(name)s cannot be reached at %(address)s port %(port)s: %(why)s.")
    facts = {"name": peer, "address": peer.address, "port": peer.port}
    return sentence % {**facts, "why": trouble.strerror or trouble}


def _hang_up(association: Association) -> None:
    """Abort what is still open, and wait for its threads."""
    if association.is_established:
        association.abort()
    association.kill()


class _Entity(Undisturbed):
    """Us as the one who calls."""

    def __init__(self, peer: Peer, line: Line) -> None:
        super().__init__(ae_title=settings.DICOM_AE_TITLE)
        self.implementation_class_uid = IMPLEMENTATION_UID
        self.implementation_version_name = IMPLEMENTATION_VERSION
        self.acse_timeout = NEGOTIATION_SECONDS
        self.dimse_timeout = line.answer_seconds
        self.network_timeout = line.answer_seconds
        self.connection_timeout = line.connect_seconds
        self.wire: Wire | None = None
        self._tls = client_context() if peer.speaks_tls else None

    def _create_socket(
        self, assoc: Association, address: AddressInformation, tls_args: Any
    ) -> AssociationSocket:
        self.wire = Wire(assoc, address=address)
        if self._tls is not None:
            self.wire.tls_args = (self._tls, "")
        return self.wire


class Wire(SteadySocket):
    """pynetdicom's socket, that remembers why it did not connect and never sends for ever."""

    trouble: OSError | None = None

    def connect(self, primitive: T_CONNECT) -> None:
        """Connect, and shake hands where TLS is wanted."""
        # pynetdicom swallows what goes wrong, so the connection is made here and handed over.
        try:
            self.socket = self._connected(primitive.address_info.as_tuple[:2])
        except OSError as trouble:
            self.trouble = trouble
            primitive.result = "Evt17"
        else:
            local = self.socket.getsockname()
            self.assoc.requestor.address_info = AddressInformation.from_tuple(local)
            self._is_connected = True
            primitive.result = "Evt2"
        self.provider_queue.put(primitive)
        self._ready.set()

    def _connected(self, address: tuple[str, int]) -> socket.socket:
        self.let_go()  # the one that pynetdicom made is bound, not connected
        plain = socket.create_connection(address, timeout=self.assoc.connection_timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.tls_args:
            plain.settimeout(SEND_SECONDS)
            return plain
        try:
            secured = self.tls_args[0].wrap_socket(plain)
        except OSError:
            plain.close()
            raise
        secured.settimeout(SEND_SECONDS)
        return secured

    def let_go(self) -> None:
        """Close what is still open; a closed one stays so."""
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.close()
