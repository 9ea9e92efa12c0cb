"""Questions that are asked again and again: built once, answered also where plans are forbidden."""

import pytest
from django.contrib.auth.models import Group
from django.db import ProgrammingError
from django.db.models import QuerySet

from common import questions
from common.questions import asked_again

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_asked_yet(monkeypatch):
    monkeypatch.setattr(questions, "_statements", {})
    monkeypatch.setattr(questions._Plans, "are_kept", True)


@pytest.fixture
def people():
    for name in ("ada", "grace"):
        Group.objects.create(name=name)


class Asker:
    """A question, and how often it was built."""

    def __init__(self, **narrowed):
        self.narrowed, self.built = narrowed, 0

    def __call__(self, name: str) -> "QuerySet":
        self.built += 1
        return Group.objects.filter(name=name, **self.narrowed).values_list("name")


def test_each_value_gets_its_own_answer_though_the_question_is_built_once(people):
    who = Asker()

    answers = [asked_again("who", who, name) for name in ("ada", "grace", "nobody", "ada")]

    assert answers == [("ada",), ("grace",), None, ("ada",)]
    assert who.built == 1


def test_whoever_may_see_less_is_never_answered_by_the_question_of_another(people):
    everybody, few = Asker(), Asker(name__startswith="g")

    assert asked_again(("who", 1), everybody, "ada") == ("ada",)
    assert asked_again(("who", 2), few, "ada") is None
    assert asked_again(("who", 2), few, "grace") == ("grace",)


def test_a_value_is_never_part_of_the_statement(people):
    assert asked_again("who", Asker(), "ada' OR '1'='1") is None
    assert asked_again("who", Asker(), "%s $1 {}") is None


def test_where_no_plans_are_kept_the_question_is_asked_in_full(people, monkeypatch):
    def forbidden(*_words):
        raise ProgrammingError("prepared statement does not exist")

    monkeypatch.setattr(questions, "_prepare", forbidden)

    assert asked_again("who", Asker(), "ada") == ("ada",)
    assert not questions._Plans.are_kept
    assert asked_again("who", Asker(), "grace") == ("grace",)
