"""How messages are taken in, with every length bounded: the sender is a stranger until the end."""

import logging

from pynetdicom.association import Association
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import (
    C_STORE_RQ,
    N_ACTION_RQ,
    N_CREATE_RQ,
    N_SET_RQ,
    DIMSEMessage,
)
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.pdu_primitives import P_DATA

from gateway.dimse.landing import Landing, LandingStream
from gateway.dimse.storage import INVALID_OBJECT_INSTANCE, is_named
from gateway.dimse.upper_layer.messages import (
    LARGEST_COMMAND,
    LARGEST_IDENTIFIER,
    Unacceptable,
)
from studies.part10 import own_head

LARGEST_REPORT = 16 * 1024 * 1024  # a performed step or a commitment that lists every object

logger = logging.getLogger(__name__)


class Intake(DIMSEServiceProvider):
    """pynetdicom's message layer with limits, and with data sets that land on disk."""

    def __init__(self, assoc: Association) -> None:
        super().__init__(assoc)
        self._bytes = 0
        self.is_serving = False
        self.is_closing = False

    @property
    def is_busy(self) -> bool:
        """A message is half here, waits, or is being answered."""
        return self.message is not None or self.is_serving or not self.msg_queue.empty()

    def receive_primitive(self, primitive: P_DATA) -> None:
        """Take in one P-DATA-TF, fragment by fragment; one of them may end a message."""
        try:
            for context_id, fragment in primitive.presentation_data_value_list:
                single = P_DATA()
                single.presentation_data_value_list.append((context_id, fragment))
                self._take(single, context_id, fragment)
        except Exception as why:
            # Nothing a peer sends may kill the thread that reads it: Evt19 aborts in good order.
            logger.warning("%s broke the protocol: %s", self.assoc, type(why).__name__)
            self.abandon()
            self.dul.event_queue.put("Evt19")

    def _take(self, single: P_DATA, context_id: int, fragment: bytes) -> None:
        header = fragment[0]
        before = self.message
        if before is None and self.is_closing:
            raise Unacceptable  # between two messages is the best moment to part
        self._measure(header, len(fragment))
        if before is not None and header & 3 == 2 and _is_nameless(before):  # noqa: PLR2004
            self._answer_nameless(before, context_id)
            return
        super().receive_primitive(single)
        if header & 3 == 3 and self.message is not None:  # noqa: PLR2004 - command, last fragment
            self._prepare(self.message, context_id)
        if self.message is None:
            self._bytes = 0

    def _measure(self, header: int, length: int) -> None:
        """Commands and identifiers are held in memory, so they are short; objects are not."""
        self._bytes = self._bytes + length if self.message is not None else length
        if header & 1:
            is_too_long = self._bytes > LARGEST_COMMAND
        elif isinstance(self.message, N_CREATE_RQ | N_SET_RQ | N_ACTION_RQ):
            is_too_long = self._bytes > LARGEST_REPORT
        else:
            is_too_long = self._bytes > LARGEST_IDENTIFIER and not isinstance(
                self.message, C_STORE_RQ
            )
        if is_too_long:
            raise Unacceptable

    def _prepare(self, message: DIMSEMessage, context_id: int) -> None:
        """The command is complete and a data set follows: decide where that goes."""
        self._bytes = 0
        if context_id not in self.assoc._accepted_cx:
            raise Unacceptable
        if isinstance(message, C_STORE_RQ):
            is_kept = not _is_nameless(message)
            message.data_set = LandingStream(
                Landing(self._head_of(message, context_id)) if is_kept else None
            )

    def _head_of(self, message: DIMSEMessage, context_id: int) -> bytes:
        command = message.command_set
        return own_head(
            str(command.AffectedSOPClassUID),
            str(command.AffectedSOPInstanceUID),
            str(self.assoc._accepted_cx[context_id].transfer_syntax[0]),
            sender=self.assoc.requestor.ae_title.strip(),
        )

    def _answer_nameless(self, message: DIMSEMessage, context_id: int) -> None:
        """A C-STORE without usable UIDs cannot even be served; it is answered all the same."""
        self.abandon()
        answer = C_STORE()
        answer.MessageIDBeingRespondedTo = message.command_set.MessageID
        answer.Status = INVALID_OBJECT_INSTANCE
        self.send_msg(answer, context_id)

    def abandon(self) -> None:
        """Let go of what was half received."""
        message, self.message, self._bytes = self.message, None, 0
        if message is not None and isinstance(message.data_set, LandingStream):
            message.data_set.discard()


def _is_nameless(message: DIMSEMessage) -> bool:
    if not isinstance(message, C_STORE_RQ):
        return False
    words = ("AffectedSOPClassUID", "AffectedSOPInstanceUID")
    return not is_named(*(str(message.command_set.get(word, "")) for word in words))
