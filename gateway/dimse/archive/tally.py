"""What became of the sub-operations of a retrieval, and the statuses that tell it."""

from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.dimse_primitives import C_GET, C_MOVE
from pynetdicom.dsutils import encode

from gateway.calling.storing import WARNINGS

# PS3.4 tables C.4-2 and C.4-3
SUCCESS = 0x0000
PENDING = 0xFF00
CANCELLED = 0xFE00
SOME_FAILED = 0xB000
ALL_FAILED = 0xA702

Request = C_GET | C_MOVE


@dataclass
class Tally:
    """Counts of one retrieval. What was not tried when it ended has failed."""

    remaining: int
    completed: int = 0
    failed: int = 0
    warned: int = 0
    failed_uids: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def count(self, status: int, sop_instance: str, reason: str = "") -> None:
        """One sub-operation has ended."""
        self.remaining -= 1
        if status == SUCCESS:
            self.completed += 1
        elif status in WARNINGS:
            self.warned += 1
        else:
            self.failed += 1
            self.failed_uids.append(sop_instance)
            self.reasons[reason or f"The receiver answers {status:04X}H."] += 1

    def give_up(self, untried: list[str], reason: str) -> None:
        """Nothing more can be sent."""
        for uid in untried:
            self.count(ALL_FAILED, uid, reason)

    @property
    def status(self) -> int:
        """The final status, when nobody cancelled."""
        if not self.failed and not self.warned:
            return SUCCESS
        return ALL_FAILED if not self.completed and not self.warned else SOME_FAILED

    @property
    def comment(self) -> str:
        """Why most of the failed ones failed, in what fits an Error Comment."""
        if not self.reasons:
            return ""
        [(reason, count)] = self.reasons.most_common(1)
        return f"{count}: {reason}"


def response_to(request: Request, status: int, tally: Tally, transfer_syntax: UID) -> Request:
    """A response with the counts (PS3.7 9.1.3.1, 9.1.4.1)."""
    answer = type(request)()
    answer.MessageIDBeingRespondedTo = request.MessageID
    answer.AffectedSOPClassUID = request.AffectedSOPClassUID
    answer.Status = status
    answer.NumberOfCompletedSuboperations = tally.completed
    answer.NumberOfFailedSuboperations = tally.failed
    answer.NumberOfWarningSuboperations = tally.warned
    if status in (PENDING, CANCELLED):
        answer.NumberOfRemainingSuboperations = tally.remaining
    elif tally.failed:
        _explain(answer, tally.comment)
    if status != PENDING and tally.failed_uids:
        answer.Identifier = _failed(tally.failed_uids, transfer_syntax)
    return answer


def refusal_of(
    request: Request, status: int, comment: str = "", offending: int | None = None
) -> Request:
    """A final response without any sub-operation."""
    answer = type(request)()
    answer.MessageIDBeingRespondedTo = request.MessageID
    answer.AffectedSOPClassUID = request.AffectedSOPClassUID
    answer.Status = status
    if comment:
        _explain(answer, comment)
    if offending is not None:
        answer.OffendingElement = [offending]  # type: ignore[assignment]
    return answer


def _explain(answer: Request, comment: str) -> None:
    """Error Comment is a long string of plain letters (PS3.7 E.2)."""
    answer.ErrorComment = comment.encode("ascii", "replace").decode()[:64]  # type: ignore[assignment]


def _failed(uids: list[str], syntax: UID) -> BytesIO:
    identifier = Dataset()
    identifier.FailedSOPInstanceUIDList = uids
    written = encode(identifier, syntax.is_implicit_VR, syntax.is_little_endian, syntax.is_deflated)
    return BytesIO(written or b"")
