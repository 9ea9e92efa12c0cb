"""Stored objects on their way out by C-STORE: in their own syntax where that is taken, bit for bit.

The data set's bytes go from the file to the wire as they lie there. Only when the receiver takes
no context with the stored syntax is the object rewritten (`studies.transcoding`), uncompressed or
else without loss, aside and whole, before the first byte of it is sent.
"""

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from pydicom.uid import UID
from pynetdicom.association import Association
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.presentation import PresentationContext, build_context

from common.files import absolute
from gateway.calling.line import MAX_PDU, MOST_CONTEXTS
from studies.transcoding import EVERY_TARGET, LOSSLESS, TARGETS, NotUsable, aside_as, data_set_start

MOST_QUEUED = 4 * 1024 * 1024  # bytes handed to the upper layer ahead of the wire
MEDIUM = 0  # priority (PS3.7 9.3.1.1)
LAST_MESSAGE_ID = 0xFFFF
# PS3.7 annex C and PS3.4 table B.2-1: it was taken, though something is to be said about it.
WARNINGS = frozenset({0x0001, 0x0107, 0x0116, 0xB000, 0xB006, 0xB007})


class Lost(Exception):
    """The association is gone; nothing more can be sent on it."""


class NotSent(Exception):
    """This object cannot be sent on this association; others can. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A stored object as sending needs it."""

    sop_class: str
    sop_instance: str
    transfer_syntax: str
    path: str


@dataclass(frozen=True, slots=True)
class Originator:
    """Whose C-MOVE this answers (PS3.7 9.1.1.1)."""

    ae_title: str
    message_id: int


def batches(pairs: Iterable[tuple[str, str]]) -> Iterator[dict[str, list[PresentationContext]]]:
    """Contexts for these SOP classes and their stored syntaxes, packed into as few associations
    as their number allows: what is proposed is what is sent, and no more.

    Each stored syntax has a context of its own, so that the receiver decides on each; one more
    offers the uncompressed ones, for what it does not take otherwise, and the last ones each of
    those that are compressed without loss, for who takes nothing else: not every image fits each.
    """
    stored: dict[str, set[str]] = {}
    for sop_class, syntax in pairs:
        stored.setdefault(sop_class, set()).add(syntax)
    batch: dict[str, list[PresentationContext]] = {}
    for sop_class in sorted(stored):
        contexts = _contexts(sop_class, sorted(stored[sop_class]))
        if sum(map(len, batch.values())) + len(contexts) > MOST_CONTEXTS:
            yield batch
            batch = {}
        batch[sop_class] = contexts
    if batch:
        yield batch


def _contexts(sop_class: str, syntaxes: list[str]) -> list[PresentationContext]:
    own = [build_context(sop_class, one) for one in syntaxes]
    makeable = (TARGETS, *((one,) for one in LOSSLESS))
    made = [[one for one in some if one not in syntaxes] for some in makeable]
    return own + [build_context(sop_class, rest) for rest in made if rest]


class Sender:
    """Sends objects one after the other on an association, ours or one that asked for them."""

    def __init__(self, association: Association, originator: Originator | None = None) -> None:
        self._association = association
        self._originator = originator
        self._message_id = originator.message_id if originator else 0
        self._takes: dict[tuple[str, str], int] = {
            (str(one.abstract_syntax), str(one.transfer_syntax[0])): int(one.context_id or 0)
            for one in association.accepted_contexts
            if one.as_scu
        }

    def send(self, one: Outgoing) -> int:
        """The status that the receiver answers. Raises NotSent, Lost."""
        with self._wrapped(one) as (place, context_id):
            try:
                start = data_set_start(place)
            except NotUsable as why:
                raise NotSent(_("The stored file cannot be read.")) from why
            return self._exchange(one, (place, start), context_id)

    @contextlib.contextmanager
    def _wrapped(self, one: Outgoing) -> Iterator[tuple[Path, int]]:
        """The file to send, and the context for it."""
        place = absolute(one.path)
        context_id = self._takes.get((one.sop_class, one.transfer_syntax))
        if context_id is not None:
            yield place, context_id
            return
        with contextlib.ExitStack() as kept:
            rewritten, target = self._rewritten(one, kept)
            yield rewritten, self._takes[one.sop_class, target]

    def _rewritten(self, one: Outgoing, kept: contextlib.ExitStack) -> tuple[Path, str]:
        """The object in the best syntax that is taken and in which it can be had; the file is
        there while `kept` is open."""
        place, identity = absolute(one.path), (one.sop_class, one.sop_instance)
        trouble: list[NotUsable] = []
        for target in EVERY_TARGET:
            if (one.sop_class, target) not in self._takes:
                continue
            try:
                return kept.enter_context(aside_as(place, target, identity)), target
            except NotUsable as why:
                trouble.append(why)
            except OSError as why:
                raise NotSent(_("There is no room here to convert it.")) from why
        if not trouble:
            raise NotSent(_("The receiver takes no %(kind)s.") % {"kind": UID(one.sop_class).name})
        raise NotSent(
            _("The receiver does not take %(syntax)s, and it cannot be converted: %(why)s")
            % {"syntax": UID(one.transfer_syntax).name, "why": trouble[0].sentence}
        ) from trouble[0]

    def _exchange(self, one: Outgoing, source: tuple[Path, int], context_id: int) -> int:
        association = self._association
        request = C_STORE()
        self._message_id = self._message_id % LAST_MESSAGE_ID + 1
        request.MessageID = self._message_id
        request.AffectedSOPClassUID = UID(one.sop_class)
        request.AffectedSOPInstanceUID = UID(one.sop_instance)
        request.Priority = MEDIUM
        if self._originator is not None:
            request.MoveOriginatorApplicationEntityTitle = self._originator.ae_title
            request.MoveOriginatorMessageID = self._originator.message_id
        request._dataset_path = source
        with _alone(association):
            self._post(request, context_id)
            _context, answer = association.dimse.get_msg(block=True)
        is_answer = isinstance(answer, C_STORE) and answer.is_valid_response
        if is_answer and answer.MessageIDBeingRespondedTo == request.MessageID:  # type: ignore[union-attr]
            return int(answer.Status or 0)  # type: ignore[union-attr]
        association.abort()
        raise Lost(_("The receiver did not answer."))

    def _post(self, request: C_STORE, context_id: int) -> None:
        """Hand a message to the upper layer, no faster than the wire takes it."""
        message = C_STORE_RQ()
        message.primitive_to_message(request)
        dul, dimse = self._association.dul, self._association.dimse
        pdu = min(dimse.maximum_pdu_size or MAX_PDU, MAX_PDU)
        most = max(MOST_QUEUED // pdu, 2)
        try:
            for piece in message.encode_msg(context_id, pdu):
                while dul.to_provider_queue.qsize() >= most and self._is_open:
                    time.sleep(0.001)
                if not self._is_open:
                    raise Lost(_("The receiver hung up."))
                dul.send_pdu(piece)
        except OSError as why:  # the file went away between two looks: the message is half sent
            self._association.abort()
            raise Lost(_("The stored file cannot be read.")) from why

    @property
    def _is_open(self) -> bool:
        return bool(self._association.is_established and self._association.dul.is_alive())


@contextlib.contextmanager
def _alone(association: Association) -> Iterator[None]:
    """The answer is left to us (see `undisturbed`); inside a handler we are that thread."""
    if threading.current_thread() is association:
        yield
        return
    association._reactor_checkpoint.clear()
    try:
        yield
    finally:
        association._reactor_checkpoint.set()
