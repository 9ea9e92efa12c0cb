"""The three parts of a report, carried together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

LONGEST = 20_000  # signs in one part: some ten printed pages
PARTS = ("technique", "findings", "impression")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody writes about a study."""

    technique: str = ""
    findings: str = ""
    impression: str = ""

    @classmethod
    def of(cls, source: Any) -> Self:
        """From a report (its draft), a version or a template."""
        return cls(*(getattr(source, part) for part in PARTS))

    @classmethod
    def sent(cls, given: Mapping[str, Any]) -> Self:
        """As a form sends them: lines end in one way, nothing unprintable is kept."""
        return cls(*(tidy(str(given.get(part) or "")) for part in PARTS))

    @property
    def is_empty(self) -> bool:
        return not (self.technique.strip() or self.findings.strip() or self.impression.strip())

    @property
    def says_something(self) -> bool:
        """Technique alone is no report."""
        return bool(self.findings.strip() or self.impression.strip())

    def write_to(self, target: Any) -> None:
        for part in PARTS:
            setattr(target, part, getattr(self, part))

    def stripped(self) -> "Words":
        return Words(*(getattr(self, part).strip() for part in PARTS))


def tidy(text: str) -> str:
    """One kind of line end, no NUL, no more than fits."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")[:LONGEST]
