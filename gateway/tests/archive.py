"""A workstation of tests: it finds, gets, and has things moved."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pydicom
from pynetdicom import build_role, evt
from pynetdicom.association import Association

from gateway.calling.undisturbed import Undisturbed

PATIENT_ROOT, STUDY_ROOT = "1.2.840.10008.5.1.4.1.2.1", "1.2.840.10008.5.1.4.1.2.2"
EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"


def identifier(level: str, **keys: Any) -> pydicom.Dataset:
    """An identifier of these keywords."""
    data_set = pydicom.Dataset()
    data_set.QueryRetrieveLevel = level
    for name, value in keys.items():
        setattr(data_set, name, value)
    return data_set


@dataclass
class Received:
    """What came by C-STORE: bytes as they travelled."""

    objects: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    status: int = 0x0000
    requests: list[Any] = field(default_factory=list)

    def handle(self, event: evt.Event) -> int:
        request: Any = event.request
        encoded = request.DataSet.getvalue()
        uid = str(request.AffectedSOPInstanceUID)
        self.objects[uid] = (str(event.context.transfer_syntax), encoded)
        self.requests.append(request)
        return self.status

    def read(self, uid: str) -> pydicom.Dataset:
        """One of them as a data set; uncompressed ones only."""
        syntax, encoded = self.objects[uid]
        return pydicom.filereader.read_dataset(
            io.BytesIO(encoded), is_implicit_VR=syntax == IMPLICIT, is_little_endian=True
        )


@dataclass
class Workstation:
    """Calls the listener as TEST_SCU."""

    port: int
    calling: str = "TEST_SCU"

    def opened(
        self, *contexts: tuple[str, ...], received: Received | None = None, negotiation=()
    ) -> Association:
        entity = Undisturbed(ae_title=self.calling)
        for sop_class, *syntaxes in contexts:
            entity.add_requested_context(sop_class, list(syntaxes) or None)
        handlers: list[Any] = [(evt.EVT_C_STORE, received.handle)] if received else []
        return entity.associate(
            "127.0.0.1",
            self.port,
            ae_title="IMAGING_DEPT",
            evt_handlers=handlers,
            ext_neg=list(negotiation),
        )

    def find(self, keys: pydicom.Dataset, root: str = STUDY_ROOT, negotiation=()):
        """The final status and the answers with theirs."""
        association = self.opened((f"{root}.1",), negotiation=negotiation)
        assert association.is_established
        responses = list(association.send_c_find(keys, f"{root}.1"))
        association.release()
        *answers, (final, _nothing) = responses
        return final, [(status.Status, answer) for status, answer in answers]

    def get(
        self,
        keys: pydicom.Dataset,
        *pairs: tuple[str, ...],
        root: str = STUDY_ROOT,
        while_it_runs: Callable[[Association], None] | None = None,
    ):
        """All responses, and what was received."""
        received = Received()
        roles = [build_role(one, scp_role=True) for one in dict.fromkeys(p[0] for p in pairs)]
        association = self.opened((f"{root}.3",), *pairs, received=received, negotiation=roles)
        assert association.is_established
        responses = []
        for response in association.send_c_get(keys, f"{root}.3"):
            responses.append(response)
            if while_it_runs:
                while_it_runs(association)
        association.release()
        return responses, received

    def move(self, keys: pydicom.Dataset, to: str, root: str = STUDY_ROOT):
        """All responses."""
        association = self.opened((f"{root}.2",))
        responses = list(association.send_c_move(keys, to, f"{root}.2"))
        association.release()
        return responses
