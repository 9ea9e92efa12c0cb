"""The trail never shows a bare code: every verb of the code has words, and every word a verb."""

import ast

import pytest

from audit.kinds import KINDS, model_of
from audit.tests.verbs_in_code import Reading, modules
from audit.verbs import WORDS

IN_CODE = Reading(modules())


def test_every_verb_in_the_code_can_be_read():
    assert IN_CODE.unreadable == set()
    assert len(IN_CODE.verbs) > 30


def test_every_verb_has_words():
    assert {verb: at for verb, at in IN_CODE.verbs.items() if verb not in WORDS} == {}


def test_every_word_has_a_verb_that_somebody_writes():
    assert set(WORDS) - set(IN_CODE.verbs) == set()


@pytest.mark.parametrize(
    "source",
    [
        'record("noun.done", x, by=y)',
        'record(verb="noun.done", subject=x)',
        'VERB = "noun.done"\nrecord(VERB, x)',
        'record("noun.done" if a else "noun.done", x)',
        'def a(x):\n  verb = "noun.done" if x else "noun.done"\n  record(verb, x)',
        'VERBS = {1: "noun.done"}\ndef a(x): record(VERBS[x], x)',
        'def hand_on(x, verb): record(verb, x)\nhand_on(1, "noun.done")',
        'def a(word): record(word, 1)\ndef b(x, *, word): a(word)\nb(1, word="noun.done")',
        'class A:\n  def note(self, verb): record(verb, 1)\n  def b(self): self.note("noun.done")',
    ],
)
def test_a_verb_is_found_however_it_is_handed_on(source):
    assert set(Reading({"one": ast.parse(source)}).verbs) == {"noun.done"}


def test_a_verb_that_is_put_together_is_reported():
    made = Reading({"one": ast.parse('record(f"noun.{deed}", x)')})

    assert made.unreadable == {"one:1"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_record_exists(kind):
    assert model_of(kind) is not None
