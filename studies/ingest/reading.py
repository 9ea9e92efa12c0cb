"""What a worker knows of one received object once the limited child has read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.files import absolute
from studies import limited
from studies.facts import InstanceFacts, NotUsable
from studies.headers import pack
from studies.models import IncomingFile


@dataclass(frozen=True, slots=True)
class Reading:
    """A received object and its facts. `header` is DICOM JSON as it is kept (`studies.headers`)."""

    incoming: IncomingFile
    facts: InstanceFacts
    header: bytes

    @property
    def pk(self) -> int:
        return self.incoming.pk


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A received object that nothing could be made of, and why."""

    incoming: IncomingFile
    why: NotUsable

    @property
    def pk(self) -> int:
        return self.incoming.pk


def read(claimed: Sequence[IncomingFile]) -> tuple[list[Reading], list[Unreadable]]:
    """Read all of them in the limited child."""
    found = limited.read_many([absolute(incoming.path) for incoming in claimed])
    readings: list[Reading] = []
    failures: list[Unreadable] = []
    for incoming, facts in zip(claimed, found, strict=True):
        if isinstance(facts, NotUsable):
            failures.append(Unreadable(incoming, facts))
        else:
            readings.append(Reading(incoming, facts, pack(facts.header)))
    return readings, failures


def plain(text: str, length: int) -> str:
    """Text that fits its column: no null characters (PostgreSQL has none), cut where it must be."""
    return text.replace("\x00", "").strip()[:length]


def whole(number: int | None, most: int) -> int | None:
    """A number that fits its column; a number that does not is none at all."""
    return number if number is not None and -most <= number <= most else None
