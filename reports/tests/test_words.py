"""Words without a database: differences, documents, doubts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.differences import differences, pieces
from reports.document import Document
from reports.doubts import doubts_about
from reports.models import ReportVersion
from reports.words import LONGEST, Words
from worklist.models import ScheduledProcedure

text = st.text(alphabet="ab .\n3é", max_size=40)


@given(before=text, after=text)
def test_a_difference_contains_both_texts_whole(before, after):
    found = list(pieces(before, after))

    assert "".join(piece.text for piece in found if piece.kind != "ins") == before
    assert "".join(piece.text for piece in found if piece.kind != "del") == after


@given(same=text)
def test_equal_texts_have_no_difference(same):
    assert not any(piece.kind for piece in pieces(same, same))


def test_words_that_changed_together_are_one_change():
    found = [(piece.kind, piece.text) for piece in pieces("A nodule of 3 mm.", "A nodule of 5 cm.")]

    assert found == [("", "A nodule of "), ("del", "3 mm"), ("ins", "5 cm"), ("", ".")]


def test_parts_that_both_leave_empty_are_not_shown():
    shown = differences(Words(findings="a"), Words(findings="a", impression="b"))

    assert [(part.heading, part.is_changed) for part in shown] == [
        ("Findings", False),
        ("Impression", True),
    ]


def version(number: int, kind: str, findings: str) -> ReportVersion:
    return ReportVersion(number=number, kind=kind, findings=findings)


def test_a_document_is_the_last_whole_text_with_what_was_added_since():
    versions = [
        version(1, "PRELIMINARY", "first"),
        version(2, "FINAL", "second"),
        version(3, "ADDENDUM", "more"),
        version(4, "AMENDMENT", "new"),
        version(5, "ADDENDUM", "again"),
    ]

    at = {number: Document.at(versions, number) for number in (*range(1, 6), None)}
    said = [found.words.findings for found in at.values() if found]

    assert said == ["first", "second", "second\n\nmore", "new", *["new\n\nagain"] * 2]
    assert [found.later for found in at.values() if found] == [*[versions[-1]] * 4, None, None]
    assert Document.at(versions, 9) is None
    assert Document.at([]) is None


@pytest.mark.parametrize(
    ("side", "findings", "doubts"),
    [
        ("L", "The right knee is swollen.", 1),
        ("L", "Left knee swollen, right for comparison.", 0),
        ("L", "The knee is swollen.", 0),
        ("R", "LEFT knee swollen.", 1),
        ("B", "Left knee swollen.", 0),
        ("", "Left knee swollen.", 0),
        ("L", "A bright spot.", 0),
    ],
)
def test_the_other_side_is_asked_about(side, findings, doubts):
    words = Words(findings=findings, impression="See above.")

    assert len(doubts_about(words, [ScheduledProcedure(side=side)])) == doubts


def test_places_left_open_are_counted():
    words = Words("[contrast]", "Heart [size]. ____", "ok")

    assert doubts_about(words, []) == ["3 places are still to be filled in."]


def test_what_a_form_sends_is_tidied_and_has_an_end():
    sent = Words.sent({"findings": "a\r\nb\rc\0", "impression": "x" * (LONGEST + 1)})

    assert (sent.technique, sent.findings, len(sent.impression)) == ("", "a\nb\nc", LONGEST)
