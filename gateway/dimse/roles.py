"""Who sends and who receives: role selection, which C-GET lives by (PS3.7 D.3.3.4)."""

from collections.abc import Iterator, Mapping, Sequence

from pydicom.uid import UID
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.presentation import PresentationContext

from equipment.services import Caller
from gateway.dimse.storage import is_storage
from studies.transcoding import TARGETS

ACCEPTED = 0x00  # PS3.8 9.3.3.2


class Roles:
    """The roles that a caller asks for, and what it gets: only storage is turned round."""

    def __init__(
        self, asked: Mapping[UID, SCP_SCU_RoleSelectionNegotiation], caller: Caller
    ) -> None:
        self._asked = {str(uid): item for uid, item in asked.items()}
        self.caller = caller

    def of(self, sop_class: str) -> tuple[bool, bool]:
        """Are we user (sending) and provider (receiving) of that SOP class?"""
        item = self._asked.get(sop_class)
        if item is None or not is_storage(sop_class):
            return False, True
        sends = bool(item.scp_role) and self.caller.may_retrieve
        receives = bool(item.scu_role) and self.caller.may_store
        return sends, receives or not sends

    def items(self) -> Iterator[SCP_SCU_RoleSelectionNegotiation]:
        """What is answered: never more than was asked for."""
        for uid, asked in self._asked.items():
            sends, receives = self.of(uid)
            item = SCP_SCU_RoleSelectionNegotiation()
            item.sop_class_uid = UID(uid)
            item.scu_role = bool(asked.scu_role) and receives
            item.scp_role = bool(asked.scp_role) and sends
            yield item

    def settled(
        self, answers: list[PresentationContext], proposed: Sequence[PresentationContext]
    ) -> list[PresentationContext]:
        """Spread the syntaxes of what we are to send: one a context, each at most once, and an
        uncompressed one among them if any is offered, because everything can be sent in that."""
        offered = {one.context_id: list(one.transfer_syntax) for one in proposed}
        taken: dict[str, set[str]] = {}
        for answer in _least_choice_first(answers, offered):
            used = taken.setdefault(str(answer.abstract_syntax), set())
            choices = [one for one in offered[answer.context_id] if one not in used]
            plain = [one for one in choices if one in TARGETS]
            needs_plain = plain and not used & set(TARGETS)
            syntax = (plain if needs_plain else choices or offered[answer.context_id])[0]
            answer.transfer_syntax = [syntax]
            used.add(str(syntax))
        return answers


def _least_choice_first(
    answers: Sequence[PresentationContext], offered: Mapping[int | None, Sequence[UID]]
) -> list[PresentationContext]:
    ours = [one for one in answers if one.result == ACCEPTED and one.as_scu]
    return sorted(ours, key=lambda one: len(offered[one.context_id]))
