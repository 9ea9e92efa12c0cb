"""A report as it is read: the text that counts at one version, with what was added to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import Report, ReportVersion
from reports.words import PARTS, Words

Kind = ReportVersion.Kind
HEADINGS: dict[str, str | Promise] = {
    "technique": gettext_lazy("Technique"),
    "findings": gettext_lazy("Findings"),
    "impression": gettext_lazy("Impression"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part under its heading."""

    part: str
    heading: str
    text: str


@dataclass
class Document:
    """The report as of `version`: the last whole text, and the addenda that follow it."""

    version: ReportVersion
    base: ReportVersion
    addenda: list[ReportVersion] = field(default_factory=list)
    later: ReportVersion | None = None

    @classmethod
    def at(cls, versions: Sequence[ReportVersion], number: int | None = None) -> "Document | None":
        """As of version `number` of these (in their order); the last one when not named."""
        upto = [v for v in versions if number is None or v.number <= number]
        if not upto or (number is not None and upto[-1].number != number):
            return None
        wholes = [v for v in upto if v.is_whole]
        base = wholes[-1] if wholes else upto[0]
        addenda = [v for v in upto if v.number > base.number and not v.is_whole]
        later = versions[-1] if versions[-1].number > upto[-1].number else None
        return cls(upto[-1], base, addenda, later)

    @cached_property
    def sections(self) -> list[Section]:
        return sections_of(self.base)

    @property
    def additions(self) -> list[tuple[ReportVersion, list[Section]]]:
        return [(addendum, sections_of(addendum)) for addendum in self.addenda]

    @property
    def is_preliminary(self) -> bool:
        return self.version.kind == Kind.PRELIMINARY

    @property
    def is_retracted(self) -> bool:
        return self.version.kind == Kind.RETRACTION

    @property
    def status_line(self) -> str:
        """How far these words may be trusted, in one line."""
        lines = {
            Kind.PRELIMINARY: _("Preliminary – not signed"),
            Kind.FINAL: _("Final report"),
            Kind.ADDENDUM: _("Final report with addendum"),
            Kind.AMENDMENT: _("Amended report"),
            Kind.CORRECTION: _("Corrected report"),
            Kind.RETRACTION: _("Entered in error – do not use"),
        }
        return lines[Kind(self.version.kind)]

    @property
    def words(self) -> Words:
        """Everything that is said, addenda at the end of their parts: for comparing versions."""
        joined = {}
        for part in PARTS:
            texts = [getattr(v, part) for v in (self.base, *self.addenda)]
            joined[part] = "\n\n".join(text for text in texts if text)
        return Words(**joined)


def sections_of(source: ReportVersion) -> list[Section]:
    """The parts that say something."""
    texts = [(part, getattr(source, part)) for part in PARTS]
    return [Section(part, str(HEADINGS[part]), text) for part, text in texts if text]


def text_to_amend(report: Report) -> Words:
    """What an amendment begins with: all that is signed."""
    document = Document.at(list(report.versions.all()))
    return document.words if document else Words()
