"""What changed between two versions, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from reports.document import HEADINGS
from reports.words import PARTS, Words

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, came (`ins`) or went (`del`)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of the report, with what changed in it."""

    heading: str
    pieces: list[Piece]

    @property
    def is_changed(self) -> bool:
        return any(piece.kind for piece in self.pieces)


def differences(before: Words, after: Words) -> list[Difference]:
    """Part by part; parts that are empty on both sides are left out."""
    found = []
    for part in PARTS:
        old, new = getattr(before, part), getattr(after, part)
        if old or new:
            found.append(Difference(str(HEADINGS[part]), list(pieces(old, new))))
    return found


def pieces(before: str, after: str) -> Iterator[Piece]:
    """`before` and `after` as one text: what stayed, what went, what came."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for how, a, b, c, d in joined(matcher.get_opcodes(), old):
        if how == "equal":
            yield Piece("", "".join(old[a:b]))
            continue
        if b > a:
            yield Piece("del", "".join(old[a:b]))
        if d > c:
            yield Piece("ins", "".join(new[c:d]))


Step = tuple[str, int, int, int, int]


def joined(steps: Sequence[Step], old: list[str]) -> Iterator[Step]:
    """A lone space between two changes belongs to them: "3 mm" → "5 cm" is one change."""
    run: Step | None = None
    for place, (how, a, b, c, d) in enumerate(steps):
        is_gap = how == "equal" and not "".join(old[a:b]).strip() and "\n" not in old[a:b]
        is_inside = run is not None and place + 1 < len(steps)
        if how != "equal" or (is_gap and is_inside):
            run = ("replace", run[1] if run else a, b, run[3] if run else c, d)
            continue
        if run:
            yield run
            run = None
        yield (how, a, b, c, d)
    if run:
        yield run
