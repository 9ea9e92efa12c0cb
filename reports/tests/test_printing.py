"""The report on paper: read back from the file, letter by letter."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from audit.models import Entry
from patients.tests.factories import PatientFactory
from reports import services
from reports.document import Document
from reports.models import Report
from reports.pdf import pdf_of
from reports.tests.factories import SAID, a_report
from reports.typefaces import BODY, JAPANESE, KOREAN, face_of, has_missing_signs, markup
from reports.words import Words

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(person):
    return person("Radiologist")


def printed(report: Report, number: int | None = None) -> bytes:
    report = Report.objects.with_page_details().get(pk=report.pk)
    document = Document.at(list(report.versions.with_people()), number)
    assert document is not None
    return pdf_of(report, document)


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def test_paper_says_who_what_and_who_signed(reader, settings):
    settings.DEPARTMENT_NAME, settings.DEPARTMENT_ADDRESS = "St Ada", "1 Hill Road\nSmalltown"
    report = a_report(patient=PatientFactory.create(name_alphabetic="Muster^Maria"))
    services.sign_report(report, by=reader, words=SAID)

    text = text_of(printed(report))

    patient, study = report.study.patient, report.study
    expected = ["St Ada", "1 Hill Road", "Muster, Maria", patient.patient_id, "Final report"]
    expected += [study.accession_number, "Bleeding?", SAID.findings, SAID.impression]
    expected += [f"Signed by {reader.get_full_name()}", "version 1"]
    for words in expected:
        assert words in text


def test_a_preliminary_report_says_that_it_is_not_signed(reader):
    report = a_report()
    services.sign_report(report, by=reader, words=SAID, kind="PRELIMINARY")

    text = text_of(printed(report))

    assert "Preliminary – not signed" in text
    assert "Signed by" not in text


def test_every_page_carries_identity_and_its_number(reader):
    report = a_report()
    long = Words(findings="\n\n".join(f"Segment {n} is not remarkable." for n in range(120)))
    services.sign_report(report, by=reader, words=long)

    pages = pages_of(printed(report))

    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert report.study.patient.patient_id in page


def test_the_same_version_is_the_same_file(reader):
    report = a_report(patient=PatientFactory.create(name_ideographic="山田^太郎"))
    services.sign_report(report, by=reader, words=SAID)

    assert printed(report) == printed(report)


def test_an_earlier_version_says_that_it_no_longer_counts(reader):
    report = a_report()
    services.sign_report(report, by=reader, words=SAID)
    services.sign_later(
        report, kind="AMENDMENT", by=reader, words=Words(findings="Bleeding."), reason="Seen again"
    )

    assert "version 2 counts now" in text_of(printed(report, 1))
    assert "Reason: Seen again" in text_of(printed(report, 2))


def test_an_addendum_stands_under_what_it_adds_to(reader):
    report = a_report()
    services.sign_report(report, by=reader, words=SAID)
    services.sign_later(
        report, kind="ADDENDUM", by=reader, words=Words(findings="Old rib."), reason="Asked"
    )

    text = text_of(printed(report))

    assert text.index(SAID.findings) < text.index("Addendum") < text.index("Old rib.")


@pytest.mark.parametrize(
    "name",
    ["Παπαδόπουλος", "Иванов", "Nguyễn", "Østergård", "山田", "やまだ", "김", "王晓"],
)
def test_names_of_many_scripts_are_printed_as_they_are(reader, name):
    report = a_report(patient=PatientFactory.create(name_alphabetic="", name_ideographic=name))
    services.sign_report(report, by=reader, words=SAID)

    assert name in text_of(printed(report))


def test_letters_that_run_from_the_right_have_a_face_and_keep_their_order_of_words():
    assert not has_missing_signs("محمد علي כהן")
    assert markup("Name محمد علي 3").split(">", 1)[1].startswith("Name علي محمد 3")


def test_a_sign_that_no_typeface_has_is_seen_to_be_missing(reader):
    report = a_report()
    services.sign_report(report, by=reader, words=Words(findings="ᠮᠣᠩᠭᠣᠯ"))

    text = text_of(printed(report))

    assert "□" in text
    assert "cannot be printed" in text


@pytest.mark.parametrize(
    ("sign", "face"), [("a", BODY), ("Ж", BODY), ("か", JAPANESE), ("김", KOREAN), ("ᠮ", "")]
)
def test_each_sign_is_drawn_by_a_face_that_has_it(sign, face):
    assert face_of(sign, bold=False) == face


def test_markup_in_words_is_only_words(reader):
    report = a_report()
    services.sign_report(report, by=reader, words=Words(findings="3 < 5 & <b>bold</b> <br"))

    assert "3 < 5 & <b>bold</b> <br" in text_of(printed(report))


def test_printing_is_recorded_with_its_version_and_kept_by_nobody(client, reader):
    report = a_report()
    services.sign_report(report, by=reader, words=SAID)
    client.force_login(reader)

    answer = client.get(reverse("reports:pdf", args=[report.study.study_instance_uid]))

    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    assert Entry.objects.get(verb="report.printed").details == {"how": "pdf", "version": 1}


@pytest.mark.parametrize("version", ["2", "x", "-1", "0"])
def test_a_version_that_does_not_exist_is_not_there(client, reader, version):
    report = a_report()
    services.sign_report(report, by=reader, words=SAID)
    client.force_login(reader)
    address = reverse("reports:pdf", args=[report.study.study_instance_uid])

    assert client.get(address, {"version": version}).status_code == 404
