"""A report on paper: the same version of the same report is always the same file, byte for byte."""

import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, HRFlowable, Paragraph, SimpleDocTemplate, Table

from common.templatetags.ward import pn
from patients.models import Patient
from reports.document import Document, Section
from reports.models import Report, ReportVersion
from reports.typefaces import BODY, has_missing_signs, markup, prepare

MARGIN = 18 * mm
FOOT = 22 * mm


CLOSE = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
]


def style(name: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=BODY, fontSize=size, leading=size * 1.4, **more)


TEXT = style("text", 10, spaceAfter=2 * mm)
SMALL = style("small", 8)
HEAD = style("head", 15)
PART = style("part", 10, spaceBefore=3 * mm, spaceAfter=1 * mm)
STATUS = style("status", 11, spaceBefore=3 * mm, spaceAfter=2 * mm)


def pdf_of(report: Report, document: Document) -> bytes:
    """The whole document as PDF bytes."""
    prepare()
    stream = io.BytesIO()
    page = SimpleDocTemplate(
        stream,
        pagesize=A4,
        invariant=1,  # no time of printing inside: the same words make the same file
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=FOOT,
        title=_("Report %(accession)s") % {"accession": report.study.accession_number},
        author=settings.DEPARTMENT_NAME,
        lang="en",
    )
    identity = one_line(report.study.patient)
    page.build(
        list(content(report, document)),
        canvasmaker=lambda *words, **more: NumberedCanvas(identity, *words, **more),
    )
    return stream.getvalue()


def one_line(patient: Patient) -> str:
    """Two identifiers and the name, for the foot of each page."""
    born = formats.date_format(patient.birth_date, "j M Y") if patient.birth_date else _("unknown")
    return f"{patient.display_name} · {patient.patient_id} · {_('born')} {born}"


class NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Writes identity and "page 1 of 3" on each page, once it is known how many there are."""

    def __init__(self, identity: str, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self._identity = identity
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 — reportlab's own word
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.write_foot(number, len(self._pages))
            super().showPage()
        super().save()

    def write_foot(self, number: int, pages: int) -> None:
        width = A4[0] - 2 * MARGIN
        self.line(MARGIN, FOOT - 4 * mm, A4[0] - MARGIN, FOOT - 4 * mm)
        says = _("Page %(number)d of %(pages)d") % {"number": number, "pages": pages}
        foot = Table([[paragraph(self._identity, SMALL), paragraph(says, right_of(SMALL))]])
        foot._argW = [width * 0.78, width * 0.22]
        foot.wrapOn(self, width, FOOT)
        foot.drawOn(self, MARGIN, FOOT - 12 * mm)


def right_of(base: ParagraphStyle) -> ParagraphStyle:
    return ParagraphStyle(f"{base.name}-right", parent=base, alignment=2)


def paragraph(text: str, look: ParagraphStyle = TEXT, *, bold: bool = False) -> Paragraph:
    """Text in whatever script, each sign in a typeface that has it."""
    return Paragraph(markup(text, bold=bold), look)


def content(report: Report, document: Document) -> Iterator[Flowable]:
    yield paragraph(settings.DEPARTMENT_NAME, HEAD, bold=True)
    for line in settings.DEPARTMENT_ADDRESS.splitlines():
        yield paragraph(line, SMALL)
    yield HRFlowable(width="100%", thickness=1.2, color="#000000", spaceBefore=6, spaceAfter=6)
    yield facts(report)
    number = {"status": document.status_line, "number": document.version.number}
    yield paragraph(_("%(status)s · version %(number)d") % number, STATUS, bold=True)
    if document.later is not None:
        number = {"number": document.later.number}
        said = _("An earlier version: version %(number)d counts now.") % number
        yield paragraph(said, TEXT, bold=True)
    if document.version.reason:
        yield paragraph(_("Reason: %(reason)s") % {"reason": document.version.reason}, SMALL)
    yield from parts(document.sections)
    yield signature(document.base)
    for addendum, sections in document.additions:
        yield paragraph(_("Addendum"), PART, bold=True)
        yield from parts(sections, headed=False)
        yield signature(addendum)
    if has_missing_signs(spoken(report, document)):
        yield paragraph(_("□ stands for a sign that cannot be printed: see the screen."), SMALL)


def facts(report: Report) -> Table:
    """Who, what, when, asked by whom and why."""
    study, order, patient = report.study, report.study.order, report.study.patient
    rows = [(_("Patient"), names_of(patient)), (_("Record number"), patient.patient_id)]
    born = formats.date_format(patient.birth_date, "j M Y") if patient.birth_date else _("unknown")
    rows.append((_("Born, sex"), f"{born}, {patient.sex_word or _('unknown')}"))
    what = order.procedure_type.meaning if order else str(study)
    made = formats.date_format(study.study_date, "j M Y") if study.study_date else "–"
    rows += [(_("Examination"), f"{what}, {made}"), (_("Accession number"), study.accession_number)]
    if order:
        asked_by = pn(order.ordering_physician) or str(order.ordered_by or "–")
        rows += [(_("Asked by"), asked_by), (_("Question"), order.clinical_question or "–")]
    cells = [[paragraph(term, SMALL), paragraph(value, TEXT)] for term, value in rows]
    width = A4[0] - 2 * MARGIN
    return Table(cells, colWidths=[width * 0.2, width * 0.8], style=CLOSE)


def names_of(patient: Patient) -> str:
    own = pn(patient.name_ideographic) if patient.other_scripts else ""
    return f"{patient.display_name} {own}".strip()


def parts(sections: list[Section], *, headed: bool = True) -> Iterator[Flowable]:
    for section in sections:
        if headed:
            yield paragraph(section.heading, PART, bold=True)
        for block in section.text.split("\n\n"):
            yield paragraph(block, TEXT, bold=section.part == "impression" and headed)


def signature(version: ReportVersion) -> Paragraph:
    """Who answers for these words, and since when."""
    when = timezone.localtime(version.signed_at).strftime("%Y-%m-%d %H:%M %Z")
    person = version.signed_by.get_full_name() or version.signed_by.get_username()
    words = _("Signed by %(person)s, %(when)s (version %(number)d)")
    if version.kind == ReportVersion.Kind.PRELIMINARY:
        words = _("Written by %(person)s, %(when)s (version %(number)d, not signed)")
    said = {"person": person, "when": when, "number": version.number}
    return paragraph(words % said, SMALL)


def spoken(report: Report, document: Document) -> str:
    """Everything that is written out, to see whether a sign is missing."""
    words = document.words
    order = report.study.order
    question = order.clinical_question if order else ""
    return " ".join([names_of(report.study.patient), question, *asdict(words).values()])
