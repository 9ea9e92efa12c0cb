"""The wire of a played scanner: each service on an association of its own, as scanners do."""

import contextlib
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, build_role, evt
from pynetdicom.association import Association

from gateway.calling.undisturbed import SteadySocket, Undisturbed

WORKLIST = "1.2.840.10008.5.1.4.31"
PERFORMED_STEP = "1.2.840.10008.3.1.2.3.3"
COMMITMENT, COMMITMENT_INSTANCE = "1.2.840.10008.1.20.1", "1.2.840.10008.1.20.1.1"
SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
PENDING = (0xFF00, 0xFF01)
SUCCESS, NO_SUCH_EVENT = 0x0000, 0x0113
ASK = 1  # PS3.4 table J.3-1: the only action
PATIENCE_SECONDS = 30


class Silence(Exception):
    """The department does not answer, or will not have us; says which."""


@dataclass
class Report:
    """What we were told of one request for commitment."""

    kept: int = 0
    failed: dict[str, int] = field(default_factory=dict)


class Wire(SteadySocket):
    """pynetdicom's socket, closed too when nothing answered at the other end."""

    def _shutdown_socket(self) -> None:
        super()._shutdown_socket()
        if self.socket is not None:
            self.socket.close()


class Console(Undisturbed):
    """The entity that calls."""

    kind_of_socket = Wire


class Scanner:
    """An AE title with an address to call, and a port of its own for what it is told later."""

    def __init__(self, title: str, host: str, port: int, called: str) -> None:
        self.title, self.host, self.port, self.called = title, host, port, called
        self._reports: dict[str, Report] = {}
        self._news = threading.Condition()

    @contextlib.contextmanager
    def listening(self, host: str, port: int) -> Iterator[int]:
        """Take reports on commitment; yields the port. Raises OSError when it is taken."""
        entity = AE(ae_title=self.title)
        # The caller is the SCP: it proposes that role, and we are its SCU (PS3.7 D.3.3.4).
        entity.add_supported_context(COMMITMENT, SYNTAXES, scu_role=False, scp_role=True)
        entity.add_supported_context("1.2.840.10008.1.1", SYNTAXES)
        handlers: list[Any] = [(evt.EVT_N_EVENT_REPORT, self._hear)]
        server = entity.start_server((host, port), block=False, evt_handlers=handlers)
        assert server is not None  # noqa: S101 - it does not block
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            server.server_close()

    def worklist(self, identifier: Dataset) -> list[Dataset]:
        """Every answer to a query. Raises Silence."""
        with self._calling(WORKLIST) as association:
            answers = list(association.send_c_find(identifier, WORKLIST))
        status = _number(answers[-1][0]) if answers else None
        if status != SUCCESS:
            raise Silence(f"The worklist was answered with {_spelled(status)}.")
        return [answer for _, answer in answers if answer is not None]

    def begin(self, uid: str, step: Dataset) -> int:
        """N-CREATE of a performed step; its status. Raises Silence."""
        with self._calling(PERFORMED_STEP) as association:
            return _heard(association.send_n_create(step, PERFORMED_STEP, uid)[0])

    def change(self, uid: str, step: Dataset) -> int:
        """N-SET of a performed step; its status. Raises Silence."""
        with self._calling(PERFORMED_STEP) as association:
            return _heard(association.send_n_set(step, PERFORMED_STEP, uid)[0])

    def send(self, images: Iterable[Dataset]) -> Iterator[int]:
        """C-STORE of each image; its status. Raises Silence."""
        several = list(images)
        if not several:
            return
        with self._calling(*dict.fromkeys(str(image.SOPClassUID) for image in several)) as line:
            for image in several:
                if not line.is_established:
                    raise Silence("The association broke while images were sent.")
                yield _heard(line.send_c_store(image))

    def ask_to_keep(self, request: Dataset) -> int:
        """N-ACTION: are these safe? Its status; the report comes later. Raises Silence."""
        self._reports.pop(str(request.TransactionUID), None)
        handlers = [(evt.EVT_N_EVENT_REPORT, self._hear)]
        with self._calling(COMMITMENT, handlers=handlers) as association:
            status, _ = association.send_n_action(request, ASK, COMMITMENT, COMMITMENT_INSTANCE)
            return _heard(status)

    def report_on(self, transaction: str, seconds: float) -> Report | None:
        """What came of it, if anything came in time."""
        with self._news:
            self._news.wait_for(lambda: transaction in self._reports, timeout=seconds)
            return self._reports.get(transaction)

    def _hear(self, event: evt.Event) -> tuple[int, None]:
        told = event.event_information
        report = Report(len(told.get("ReferencedSOPSequence") or []))
        for one in told.get("FailedSOPSequence") or []:
            report.failed[str(one.ReferencedSOPInstanceUID)] = int(one.FailureReason)
        with self._news:
            self._reports[str(told.get("TransactionUID", ""))] = report
            self._news.notify_all()
        return SUCCESS, None

    @contextlib.contextmanager
    def _calling(self, *classes: str, handlers: list[Any] | None = None) -> Iterator[Association]:
        entity = Console(ae_title=self.title)
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = PATIENCE_SECONDS
        entity.connection_timeout = PATIENCE_SECONDS
        for one in classes:
            entity.add_requested_context(one, SYNTAXES)
        roles: list[Any] = [build_role(COMMITMENT, scu_role=True)] if COMMITMENT in classes else []
        association = entity.associate(
            self.host, self.port, ae_title=self.called, ext_neg=roles, evt_handlers=handlers or []
        )
        try:
            yield _open(association, classes)
        finally:
            if association.is_established:
                association.release()


def _open(association: Association, classes: tuple[str, ...]) -> Association:
    if association.is_rejected:
        raise Silence("The department refuses the association: is this AE title registered?")
    if not association.is_established:
        raise Silence("The department does not answer at this address and port.")
    accepted = {str(one.abstract_syntax) for one in association.accepted_contexts}
    if missing := set(classes) - accepted:
        raise Silence(f"This AE title may not use {', '.join(sorted(missing))}.")
    return association


def _number(status: Dataset) -> int | None:
    value = status.get("Status")
    return None if value is None else int(value)


def _heard(status: Dataset) -> int:
    number = _number(status)
    if number is None:
        raise Silence("The association broke before the answer came.")
    return number


def _spelled(status: int | None) -> str:
    return "silence" if status is None else f"{status:04X}"
