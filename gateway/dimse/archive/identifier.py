"""Identifiers of Query/Retrieve: which level is asked, and whether the keys above it are there."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from pydicom.dataset import Dataset
from pynetdicom.events import Event

from gateway.dimse.archive.models import UNIQUE, UNIQUE_TAGS, Depth, Model, model_of
from worklist.dicom.identifier import NotAnswerable, read_identifier, text_of

LEVEL = 0x00080052
CHARACTER_SET = 0x00080005
OFFSET = 0x00080201
# About the query, not about what is asked for.
ABOUT = frozenset({LEVEL, CHARACTER_SET, OFFSET, 0x00080053})
_UID = re.compile(r"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A data set that came with a request, checked against its model."""

    model: Model
    depth: Depth
    keys: Dataset

    def value(self, depth: Depth) -> str:
        """The unique key of a level; "" when it is absent or universal."""
        tag = UNIQUE_TAGS[depth]
        text = text_of(self.keys, tag) if tag in self.keys else ""
        return "" if text == "*" else text


def identifier_of(event: Event, character_set: str, *, is_relational: bool) -> Identifier:
    """Read and check (PS3.4 C.4.1.2.2.1, C.4.2.1.4, C.4.3.1.3). Raises NotAnswerable."""
    encoded = cast(BytesIO | None, event.request.Identifier)  # type: ignore[union-attr]
    if encoded is None:
        raise NotAnswerable("There is no identifier.")
    keys = read_identifier(encoded, event.context.transfer_syntax, character_set)
    model = model_of(event.context.abstract_syntax)
    found = Identifier(model, _depth_of(keys, model), keys)
    if not is_relational:
        _check_above(found)
    return found


def _depth_of(keys: Dataset, model: Model) -> Depth:
    text = text_of(keys, LEVEL) if LEVEL in keys else ""
    if text not in model.levels:
        raise NotAnswerable(f"{text[:16] or 'No level'}: not a level of {model.name}.", LEVEL)
    return Depth(text)


def _check_above(found: Identifier) -> None:
    """Without relational queries every level above is named by one value (PS3.4 C.4.1.3.1.1)."""
    for depth in found.model.levels:
        if depth == found.depth:
            return
        value = found.value(depth)
        if not value or "\\" in value or "*" in value or "?" in value:
            raise NotAnswerable(
                f"{UNIQUE[depth]}: one value is needed, or relational queries.",
                UNIQUE_TAGS[depth],
            )


def uids_of(found: Identifier, depth: Depth) -> list[str]:
    """The UIDs that a level is asked for by. Raises NotAnswerable for what is no UID."""
    value = found.value(depth)
    uids = [one for one in value.split("\\") if one]
    if not all(_UID.fullmatch(one) for one in uids):
        raise NotAnswerable(f"{UNIQUE[depth]}: not a UID.", UNIQUE_TAGS[depth])
    return uids
