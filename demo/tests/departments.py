"""A department on a loopback port that takes down what a played scanner tells it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from pydicom.dataset import Dataset
from pynetdicom import AE, build_role, evt
from pynetdicom.dimse_primitives import N_CREATE, N_SET
from pynetdicom.events import Event

from demo.modality.scanner import COMMITMENT, COMMITMENT_INSTANCE, PERFORMED_STEP, WORKLIST
from gateway.calling.undisturbed import Undisturbed

STORED = (
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.1",
    "1.2.840.10008.5.1.4.1.1.1.1",
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.3.1",
    "1.2.840.10008.5.1.4.1.1.4",
)
NOT_HERE = 0x0112


def entry(step_id: str, patient_id: str, code: str = "DX-CHEST", modality: str = "DX") -> Dataset:
    """One line of a worklist, as any department would give it."""
    kind = Dataset()
    kind.CodeValue, kind.CodingSchemeDesignator, kind.CodeMeaning = code, "99IMG", code.title()
    step = Dataset()
    step.Modality, step.ScheduledStationAETitle = modality, "DX01"
    step.ScheduledProcedureStepStartDate = "20261129"
    step.ScheduledProcedureStepStartTime = "000000"
    step.ScheduledProcedureStepDescription = "Chest two views, left"
    step.ScheduledProcedureStepID = step_id
    step.ScheduledProtocolCodeSequence = [kind]
    answer = Dataset()
    answer.SpecificCharacterSet = "ISO_IR 192"
    answer.PatientName, answer.PatientID = "Müller^Änne=山田^太郎", patient_id
    answer.IssuerOfPatientID, answer.PatientSex = "HOSPITAL", "F"
    answer.PatientBirthDate = "19800517"
    answer.AccessionNumber, answer.RequestedProcedureID = f"A{step_id}", f"R{step_id}"
    answer.StudyInstanceUID = f"1.2.3.{int(step_id[1:])}"
    answer.RequestedProcedureDescription = "Chest two views"
    answer.ReferringPhysicianName = "Doe^Jane"
    answer.ScheduledProcedureStepSequence = [step]
    return answer


@dataclass
class Department:
    """What came in, in order; and its own way of answering."""

    entries: list[Dataset]
    report_port: int = 0
    deeds: list[str] = field(default_factory=list)
    created: dict[str, Dataset] = field(default_factory=dict)
    changed: dict[str, Dataset] = field(default_factory=dict)
    stored: list[Dataset] = field(default_factory=list)
    asked: list[Dataset] = field(default_factory=list)
    step_status: int = 0x0000
    port: int = 0

    def find(self, event: Event) -> Iterator[tuple[int, Dataset | None]]:
        self.asked.append(event.identifier)
        yield from ((0xFF00, one) for one in self.entries)

    def create(self, event: Event) -> tuple[int, Dataset | None]:
        self.deeds.append("begin")
        uid = str(cast(N_CREATE, event.request).AffectedSOPInstanceUID)
        self.created[uid] = event.attribute_list
        return self.step_status, event.attribute_list

    def change(self, event: Event) -> tuple[int, Dataset | None]:
        self.deeds.append("end")
        uid = str(cast(N_SET, event.request).RequestedSOPInstanceUID)
        self.changed[uid] = event.modification_list
        return (0x0000 if uid in self.created else NOT_HERE), event.modification_list

    def store(self, event: Event) -> int:
        self.deeds.append("image")
        self.stored.append(event.dataset)
        return 0x0000

    def commit(self, event: Event) -> tuple[int, Dataset | None]:
        """Answer later, on an association of our own, as a department that is the SCP there."""
        self.deeds.append("commit")
        if self.report_port:
            threading.Thread(target=self._report, args=(event.action_information,)).start()
        return 0x0000, None

    def _report(self, request: Dataset) -> None:
        here = {str(one.SOPInstanceUID) for one in self.stored}
        told = Dataset()
        told.TransactionUID = request.TransactionUID
        told.ReferencedSOPSequence, failed = [], []
        for one in request.ReferencedSOPSequence:
            if one.ReferencedSOPInstanceUID in here:
                told.ReferencedSOPSequence.append(one)
            else:
                one.FailureReason = NOT_HERE
                failed.append(one)
        if failed:
            told.FailedSOPSequence = failed
        entity = Undisturbed(ae_title="IMAGING_DEPT")
        entity.add_requested_context(COMMITMENT)
        roles: list[Any] = [build_role(COMMITMENT, scp_role=True)]
        line = entity.associate("127.0.0.1", self.report_port, ae_title="DX01", ext_neg=roles)
        assert line.is_established
        event_type = 2 if failed else 1
        line.send_n_event_report(told, event_type, COMMITMENT, COMMITMENT_INSTANCE)
        line.release()


@contextmanager
def open_department(*entries: Dataset) -> Iterator[Department]:
    """A department that has these on its list."""
    department = Department(list(entries))
    entity = AE(ae_title="IMAGING_DEPT")
    for one in (WORKLIST, PERFORMED_STEP, *STORED):
        entity.add_supported_context(one)
    entity.add_supported_context(COMMITMENT, scu_role=True, scp_role=False)
    handlers: list[Any] = [
        (evt.EVT_C_FIND, department.find),
        (evt.EVT_N_CREATE, department.create),
        (evt.EVT_N_SET, department.change),
        (evt.EVT_C_STORE, department.store),
        (evt.EVT_N_ACTION, department.commit),
    ]
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
    assert server is not None
    department.port = int(server.server_address[1])
    yield department
    server.shutdown()
    server.server_close()
